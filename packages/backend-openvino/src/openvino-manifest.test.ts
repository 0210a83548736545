import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it, vi } from 'vitest';
import { LINUX } from './__fixtures__/host.ts';
import { OPENVINO_NODE_VERSION, VERSION } from './version.ts';

function read(file: string | URL): { version: string } {
  return JSON.parse(readFileSync(file, 'utf8')) as { version: string };
}

describe('manifest', () => {
  it('loads nothing native when it is imported, created, asked and looked at', async () => {
    const dlopen = vi.spyOn(process, 'dlopen').mockImplementation(() => {
      throw new Error('Something native was loaded.');
    });
    const { createOpenvinoBackend, OPENVINO_MANIFEST } = await import('./index.ts');
    const backend = createOpenvinoBackend();
    expect(backend.manifest).toBe(OPENVINO_MANIFEST);
    expect(backend.predicate(LINUX).eligible).toBe('yes');
    expect(await backend.doArtifacts?.(LINUX)).toHaveLength(2);
    expect(dlopen).not.toHaveBeenCalled();
    dlopen.mockRestore();
  });

  it('is opt-in, with the reason, and has no other names', async () => {
    const { OPENVINO_MANIFEST } = await import('./index.ts');
    expect(OPENVINO_MANIFEST).toMatchObject({ id: 'openvino', optIn: true, rank: 10 });
    expect(OPENVINO_MANIFEST.aliases).toBeUndefined();
    expect(OPENVINO_MANIFEST.optInReason).toContain('must never be chosen just because it can be installed');
    expect(OPENVINO_MANIFEST.isolation).toEqual({ minimum: 'process', recommended: 'process' });
    expect(JSON.parse(JSON.stringify(OPENVINO_MANIFEST))).toEqual(OPENVINO_MANIFEST);
  });

  it('carries the versions of package.json and of the openvino-node that it was written for', () => {
    expect(VERSION).toBe(read(new URL('../package.json', import.meta.url)).version);
    const installed = createRequire(import.meta.url).resolve('openvino-node/package.json');
    expect(OPENVINO_NODE_VERSION).toBe(read(installed).version);
  });
});
