import childProcess, { ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PLAIN } from './__fixtures__/linux-machines.ts';
import { machineTree, testProcess } from './__fixtures__/machine-tree.ts';
import { readHostFacts } from './read-host-facts.ts';

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

function refuse(what: string): () => never {
  return () => {
    throw new Error(`${what} was called.`);
  };
}

function expectFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  expect(Object.isFrozen(value)).toBe(true);
  for (const member of Object.values(value)) expectFrozen(member);
}

describe('readHostFacts', () => {
  it('reads the machine that it runs on', async () => {
    const facts = await readHostFacts();
    expect(facts.schema).toBe(1);
    expect(facts.provenance.kind).toBe('live');
    expect(facts.os.platform).toBe(process.platform);
    expect(facts.node).toEqual({ version: process.versions.node, napi: process.versions.napi });
    expect(facts.cpu.logicalCores).toMatchObject({ known: true });
  });

  it.runIf(process.platform === 'linux')('starts no process and loads nothing native on Linux', async () => {
    const prototype = ChildProcess.prototype as unknown as { spawn: () => void };
    vi.spyOn(prototype, 'spawn').mockImplementation(refuse('ChildProcess.spawn'));
    vi.spyOn(childProcess, 'spawnSync').mockImplementation(refuse('spawnSync'));
    vi.spyOn(childProcess, 'execFileSync').mockImplementation(refuse('execFileSync'));
    vi.spyOn(childProcess, 'execSync').mockImplementation(refuse('execSync'));
    vi.spyOn(process, 'dlopen').mockImplementation(refuse('process.dlopen'));
    syncBuiltinESMExports();
    // The guards themselves work.
    expect(() => childProcess.execFile('true')).toThrow('ChildProcess.spawn was called.');
    const facts = await readHostFacts();
    expect(facts.libc).toMatchObject({ known: true });
    expect(facts.memory.totalBytes).toMatchObject({ known: true });
  });

  it('gives facts that are frozen all the way down and survive JSON', async () => {
    const facts = await readHostFacts();
    expectFrozen(facts);
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });

  it('gives the same facts twice', async () => {
    await using machine = await machineTree(PLAIN);
    const options = {
      root: machine.root,
      platform: 'linux',
      process: testProcess(),
      environment: { PATH: '/bin' },
    };
    expect(await readHostFacts(options)).toEqual(await readHostFacts(options));
  });

  it('leaves the switch of the process report as it was', async () => {
    const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
    const before = report.excludeNetwork;
    await readHostFacts();
    expect(report.excludeNetwork).toBe(before);
  });

  it('says on a platform without a reader that there is none, and does not throw', async () => {
    const facts = await readHostFacts({ platform: 'freebsd', process: testProcess(), environment: {} });
    expect(facts.os.platform).toBe('freebsd');
    expect(facts.accelerators).toEqual({ known: false, why: 'there is no reader for the platform freebsd' });
    expect(facts.cpu.logicalCores).toMatchObject({ known: true, value: 4 });
  });
});
