import { describe, expect, it } from 'vitest';
import {
  elfHeader,
  ldSoCacheBytes,
  machineTree,
  testProcess,
  type TreeEntries,
} from '../__fixtures__/machine-tree.ts';
import { known, unknown } from '../fact.ts';
import type { Fact, LibraryFacts } from '../host-facts.ts';
import { MachineFiles } from '../machine-files.ts';
import type { LibcFlavour } from './read-linux-libc.ts';
import { readLinuxLibraries } from './read-linux-libraries.ts';
import { isWantedLibrary } from './wanted-libraries.ts';

const GLIBC: Fact<LibcFlavour> = known('glibc', 'test');
const MUSL: Fact<LibcFlavour> = known('musl', 'test');

async function libraries(
  tree: TreeEntries,
  options: { readonly libc?: Fact<LibcFlavour>; readonly path?: string; readonly arch?: string } = {},
): Promise<Fact<readonly LibraryFacts[]>> {
  await using machine = await machineTree(tree);
  const files = new MachineFiles(machine.root);
  const environment = { LD_LIBRARY_PATH: options.path };
  const process = testProcess({ arch: options.arch ?? 'x64' });
  return await readLinuxLibraries({ files, process, environment }, options.libc ?? GLIBC);
}

async function paths(...args: Parameters<typeof libraries>): Promise<readonly string[]> {
  const fact = await libraries(...args);
  return fact.known ? fact.value.map(({ path }) => path) : [];
}

const CUDART = 'libcudart.so.12';

describe('readLinuxLibraries', () => {
  it('prefers LD_LIBRARY_PATH to the cache, and the cache to the default directories', async () => {
    const tree = {
      [`/first/${CUDART}`]: elfHeader(),
      [`/cached/${CUDART}`]: elfHeader(),
      [`/usr/lib/x86_64-linux-gnu/${CUDART}`]: elfHeader(),
      '/etc/ld.so.cache': ldSoCacheBytes([{ name: CUDART, path: `/cached/${CUDART}` }]),
    };
    expect(await paths(tree, { path: '/nowhere:/first' })).toEqual([`/first/${CUDART}`]);
    expect(await paths(tree)).toEqual([`/cached/${CUDART}`]);
    expect(await paths({ ...tree, '/etc/ld.so.cache': '' })).toEqual([`/usr/lib/x86_64-linux-gnu/${CUDART}`]);
  });

  it('goes on where the first file is for another machine, or not a library, or missing', async () => {
    const tree = {
      [`/a/${CUDART}`]: elfHeader(183),
      [`/b/${CUDART}`]: 'INPUT(-lcudart)\n',
      [`/c/${CUDART}`]: elfHeader(),
      '/etc/ld.so.cache': ldSoCacheBytes([{ name: CUDART, path: `/gone/${CUDART}` }]),
    };
    expect(await paths(tree, { path: '/a:/b:/c' })).toEqual([`/c/${CUDART}`]);
    expect(await paths(tree)).toEqual([]);
  });

  it('does not count a toolkit that the loader does not know of', async () => {
    expect(await paths({ [`/usr/local/cuda-12.8/lib64/${CUDART}`]: elfHeader() })).toEqual([]);
  });

  it('takes an empty entry for the working directory with glibc and for nothing with musl', async () => {
    const tree = { [`/home/me/${CUDART}`]: elfHeader() };
    expect(await paths(tree, { path: ':/nowhere' })).toEqual([`/home/me/${CUDART}`]);
    expect(await paths(tree, { path: ':/nowhere', libc: MUSL })).toEqual([]);
    expect(await paths(tree, { path: '.', libc: MUSL })).toEqual([`/home/me/${CUDART}`]);
  });

  it('names an entry that only the loader can expand', async () => {
    const fact = await libraries({}, { path: '$ORIGIN/lib' });
    expect(fact).toMatchObject({ known: true, value: [], source: expect.stringContaining('$ORIGIN/lib') });
  });

  it('passes over cache entries for other architectures and for certain processors', async () => {
    const tree = {
      '/etc/ld.so.cache': ldSoCacheBytes([
        { name: CUDART, path: '/hw/libcudart.so.12', hwcap: 1n << 62n },
        { name: CUDART, path: '/arm/libcudart.so.12', flags: 0x0a03 },
        { name: CUDART, path: '/plain/libcudart.so.12' },
      ]),
      '/hw/libcudart.so.12': elfHeader(),
      '/arm/libcudart.so.12': elfHeader(183),
      '/plain/libcudart.so.12': elfHeader(),
    };
    expect(await paths(tree)).toEqual(['/plain/libcudart.so.12']);
    expect(await paths(tree, { arch: 'arm64' })).toEqual(['/arm/libcudart.so.12']);
  });

  it('follows the path file of musl instead of its defaults', async () => {
    const tree = { '/lib/libvulkan.so.1': elfHeader(), '/opt/lib/libvulkan.so.1': elfHeader() };
    expect(await paths(tree, { libc: MUSL })).toEqual(['/lib/libvulkan.so.1']);
    const moved = { ...tree, '/etc/ld-musl-x86_64.path': '/nothing\n/opt/lib\n' };
    expect(await paths(moved, { libc: MUSL })).toEqual(['/opt/lib/libvulkan.so.1']);
  });

  it('does not know what a loader finds that it does not know', async () => {
    expect(await libraries({}, { libc: unknown('static') })).toMatchObject({ known: false });
    expect(await libraries({}, { arch: 'riscv64' })).toMatchObject({ known: false });
  });
});

describe('isWantedLibrary', () => {
  it.each([
    'libcuda.so',
    'libcuda.so.1',
    'libcudart.so.12.8.90',
    'libcublas.so.12',
    'libcublasLt.so.12',
    'libcudnn.so.9',
    'libcudnn_engines_precompiled.so.9',
    'libnvrtc-builtins.so.12.8',
    'libnvinfer_plugin.so.10',
    'libnvidia-ml.so.1',
    'libopenvino_intel_npu_plugin.so',
    'libtbb.so.12',
    'libOpenCL.so.1',
    'libze_loader.so.1',
    'libze_intel_npu.so.1',
  ])('wants %s', (name) => {
    expect(isWantedLibrary(name)).toBe(true);
  });

  it.each([
    'libcudadebugger.so.1',
    'libvulkan_lvp.so',
    'libcuda.a',
    'libcudart.so.12.debug-link.txt~',
    'cuda.so',
    'libtbb.txt',
  ])('does not want %s', (name) => {
    expect(isWantedLibrary(name)).toBe(false);
  });
});
