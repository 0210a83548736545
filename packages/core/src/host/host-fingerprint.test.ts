import { describe, expect, it } from 'vitest';
import { NVIDIA_DESKTOP, PLAIN } from './__fixtures__/linux-machines.ts';
import { machineTree, testProcess, type TreeEntries } from './__fixtures__/machine-tree.ts';
import type { HostFacts } from './host-facts.ts';
import { hostFingerprint } from './host-fingerprint.ts';
import { readHostFacts } from './read-host-facts.ts';

async function read(tree: TreeEntries): Promise<HostFacts> {
  await using machine = await machineTree(tree);
  return await readHostFacts({
    root: machine.root,
    platform: 'linux',
    process: testProcess(),
    environment: {},
  });
}

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

describe('hostFingerprint', () => {
  it('is sixteen hexadecimal digits, the same for the same machine and another for another one', async () => {
    const plain = hostFingerprint(await read(PLAIN));
    expect(plain).toMatch(/^[0-9a-f]{16}$/);
    expect(hostFingerprint(await read(PLAIN))).toBe(plain);
    expect(hostFingerprint(await read(NVIDIA_DESKTOP))).not.toBe(plain);
  });

  it('depends neither on the order of keys nor on provenance nor on a way through JSON', async () => {
    const facts = await read(NVIDIA_DESKTOP);
    const copy = JSON.parse(JSON.stringify(reversed(facts))) as HostFacts;
    const moved: HostFacts = { ...copy, provenance: { kind: 'documented', description: 'Another one.' } };
    expect(hostFingerprint(moved)).toBe(hostFingerprint(facts));
  });

  it('follows facts that change, also where only their surface is frozen', async () => {
    const facts = structuredClone(await read(PLAIN)) as HostFacts & { variables: Record<string, string> };
    Object.freeze(facts);
    const before = hostFingerprint(facts);
    facts.variables['CUDA_VISIBLE_DEVICES'] = '';
    expect(hostFingerprint(facts)).not.toBe(before);
  });
});
