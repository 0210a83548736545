import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CATALOGUE, discover, findPackage, suggestBackends } from '@switchyard/composition';
import { askPredicate } from '@switchyard/core';
import { loadMachine, MACHINE_NAMES } from '@switchyard/core/machines';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../__fixtures__/cli.ts';
import { scriptedPlugin } from '../__fixtures__/scripted-plugin.ts';
import { CHECKSUMS } from '../acquisition/checksums.ts';
import { nativePart } from '../acquisition/native-part.ts';
import type { BackendListing, BackendsDocument } from '../backends/list-backends.ts';

async function list(
  words: readonly string[] = [],
  cwd: string = temporaryFolder(),
): Promise<BackendsDocument> {
  const { status, stdout } = await cli(['backends', ...words, '--json'], { cwd });
  expect(status).toBe(0);
  return JSON.parse(stdout) as BackendsDocument;
}

const find = ({ backends }: BackendsDocument, id: string): BackendListing =>
  backends.find(({ backend }) => backend === id)!;

describe('backends list', () => {
  it('has every backend with its engine and what both take on the disk', async () => {
    const document = await list(['list']);
    expect(document.backends.map(({ backend }) => backend).toSorted()).toEqual(
      ['cpu', ...CATALOGUE.map(({ id }) => id)].toSorted(),
    );
    const cpu = find(document, 'cpu');
    expect(cpu).toMatchObject({ package: { installed: true }, enabled: { answer: 'yes' }, install: null });
    expect(cpu.engine).toMatchObject({ name: 'onnxruntime-node', version: '1.30.0' });
    // Every platform's libraries come in one package.
    expect(cpu.engine!.bytes).toBeGreaterThan(100e6);
    expect(cpu.packageBytes).toBeGreaterThan(1000);
    expect(cpu.packageBytes).toBeLessThan(cpu.engine!.bytes);
    expect(find(document, 'openvino').engine).toMatchObject({ name: 'openvino-node', version: '2026.4.0' });
  });

  it('says which setting enables, and what selection says of the machine', async () => {
    const before = find(await list(), 'openvino');
    expect(before.enabled).toMatchObject({ answer: 'no', optIn: true });
    const cwd = temporaryFolder();
    const after = await list(['--enable', 'openvino', '--disable', 'webgpu'], cwd);
    expect(find(after, 'openvino').enabled).toMatchObject({
      answer: 'yes',
      sources: [{ layer: 'flag', detail: expect.stringContaining('--enable') }],
    });
    const report = JSON.parse(
      (await cli(['explain', '--enable', 'openvino', '--disable', 'webgpu', '--json'], { cwd })).stdout,
    ) as {
      candidates: { backend: string; gates: { eligible: string }; reasons: unknown[] }[];
    };
    for (const { backend, gates, reasons } of report.candidates) {
      const { eligible } = find(after, backend);
      expect(eligible.answer).toBe(gates.eligible === 'not-run' ? 'unknown' : gates.eligible);
      if (eligible.reason !== null) expect(reasons).toContainEqual(eligible.reason);
    }
    const { stdout } = await cli(['backends', '--enable', 'openvino'], { cwd });
    expect(stdout).toMatch(/^openvino +\S+ +yes \(--enable openvino\) /m);
  });

  it('shows third-party backends too', async () => {
    const plugin = find(await list([], temporaryFolder(scriptedPlugin('good'))), 'acme-npu');
    expect(plugin).toMatchObject({
      package: { version: '1.2.3' },
      eligible: { answer: 'yes' },
      engine: null,
    });
    expect(plugin.packageBytes).toBeGreaterThan(100);
  });

  it('with no backend but cpu, says what to install for the machine', async () => {
    const cwd = temporaryFolder({ 'package.json': '{}', 'pnpm-lock.yaml': '' });
    const words = ['backends', '--installed', 'cpu', '--host'];
    const nvidia = await cli([...words, 'linux-nvidia'], { cwd });
    expect(nvidia.stdout).toMatch(/^For this machine, .*`switchyard explain` decides:$/m);
    expect(nvidia.stdout).toMatch(
      /^ {2}CUDA \(NVIDIA GPUs\) +GA102.*\(gpu\) +-> pnpm add @switchyard\/backend-cuda$/m,
    );
    const intel = await list(['--installed', 'cpu', '--host', 'linux-intel-igpu-npu'], cwd);
    expect(intel.suggestions.map(({ backend, command }) => [backend, command])).toContainEqual([
      'openvino',
      'pnpm add @switchyard/backend-openvino openvino-node@2026.4.0',
    ]);
    const plain = await cli([...words, 'linux-plain'], { cwd });
    expect(plain.stdout).toMatch(/^For this machine: This machine shows no GPU and no NPU, so `cpu`/m);
    const alpine = await list(['--installed', 'cpu', '--host', 'linux-alpine'], cwd);
    expect(alpine.suggestions).toEqual([]);
    expect(alpine.suggestionsWhy).toMatch(/^`cpu` cannot run here: .*musl/);
    const disabled = await list(['--installed', 'cpu', '--host', 'linux-nvidia', '--disable', 'cuda'], cwd);
    expect(disabled.suggestions.map(({ backend }) => backend)).not.toContain('cuda');
  });

  it('suggests nothing that could not be used once what its backend names is put right', async () => {
    const folder = import.meta.dirname;
    const against: string[] = [];
    for (const name of MACHINE_NAMES) {
      const host = await loadMachine(name);
      for (const { entry } of suggestBackends(host)) {
        const { href } = new URL(`file://${findPackage(entry.package, folder)!.folder}/src/index.ts`);
        const module = (await import(href)) as Record<
          string,
          () => { predicate: Parameters<typeof askPredicate>[0] }
        >;
        const asked = askPredicate(module[entry.factory]!().predicate, host);
        const code = asked.ok && asked.answer.eligible === 'no' ? asked.answer.reasons[0]?.code : undefined;
        if (code !== undefined) against.push(`${name} ${entry.id} ${code}`);
      }
    }
    // An old macOS, and a container that was started without the GPU of its host.
    expect(against).toEqual([
      'mac-m1-macos13 mps-coreml platform-unsupported',
      'mac-m1-macos13 webgpu platform-unsupported',
      'linux-nvidia-container cuda hardware-absent',
      'linux-nvidia-container webgpu driver-mismatch',
    ]);
  });
});

describe('the native parts of the engines that are pinned here', () => {
  const here = discover(import.meta.dirname, import.meta.dirname);

  it('cuda: the archive and files of the install script of onnxruntime-node', () => {
    const part = nativePart('cuda', here, { platform: 'linux', arch: 'x64' });
    expect(part.archive).toBe('microsoft.ml.onnxruntime.gpu.linux.1.30.0.nupkg');
    expect(Object.keys(CHECKSUMS)).toContain(part.archive);
    expect(part.destination).toBe(join(part.engine.folder, 'bin/napi-v6/linux/x64'));
    expect(part.files.map(({ file }) => file).toSorted()).toEqual([
      'libonnxruntime_providers_cuda.so',
      'libonnxruntime_providers_shared.so',
      'libonnxruntime_providers_tensorrt.so',
    ]);
    expect(part.files.at(-1)!.file).toBe('libonnxruntime_providers_cuda.so');
  });

  it.each(['win32', 'darwin'])('cuda: none on %s', (platform) => {
    expect(() => nativePart('cuda', here, { platform, arch: 'x64' })).toThrow(/has no CUDA libraries for/);
  });

  it('openvino: the address that the install script of openvino-node makes', () => {
    const { platform, arch } = process;
    const part = nativePart('openvino', here, { platform, arch });
    const require = createRequire(join(part.engine.folder, 'package.json'));
    const Manager = require(join(part.engine.folder, 'scripts/lib/binary-manager.js')) as new (
      ...given: unknown[]
    ) => {
      getArchiveUrl(): string;
      getDestinationPath(): string;
    };
    const { binary, version } = require('./package.json') as { binary: unknown; version: string };
    const manager = new Manager(part.engine.folder, version, binary);
    expect(part.origin).toEqual({ kind: 'url', url: manager.getArchiveUrl() });
    expect(part.destination).toBe(manager.getDestinationPath());
    expect(Object.keys(CHECKSUMS)).toContain(part.archive);
  });

  it('openvino: none for Intel Macs', () => {
    expect(() => nativePart('openvino', here, { platform: 'darwin', arch: 'x64' })).toThrow(
      /has no runtime for/,
    );
  });
});
