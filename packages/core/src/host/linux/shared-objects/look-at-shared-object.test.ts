import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { elfFile } from '../../../testing/elf-file.ts';
import {
  ldSoCacheBytes,
  machineTree,
  testProcess,
  type TreeEntries,
} from '../../__fixtures__/machine-tree.ts';
import { lookAtSharedObject, type LookAtSharedObjectOptions } from './look-at-shared-object.ts';
import type { SharedObjectLook } from './shared-object-look.ts';

const FILE = '/app/engine/libprovider.so';

async function look(tree: TreeEntries, options: LookAtSharedObjectOptions = {}): Promise<SharedObjectLook> {
  await using machine = await machineTree(tree);
  return await lookAtSharedObject(FILE, {
    root: machine.root,
    environment: {},
    process: testProcess(),
    ...options,
  });
}

async function places(...args: Parameters<typeof look>): Promise<readonly string[]> {
  const { libraries } = await look(...args);
  return libraries.map(({ name, neededBy, found, path, rule }) =>
    [name, neededBy, found, path ?? '-', rule ?? '-'].join(' '),
  );
}

const CUDART = 'libcudart.so.12';
const EVERYWHERE: TreeEntries = {
  [`/rpath/${CUDART}`]: elfFile(),
  [`/variable/${CUDART}`]: elfFile(),
  [`/app/engine/../lib/${CUDART}`]: elfFile(),
  [`/cached/${CUDART}`]: elfFile(),
  '/etc/ld.so.cache': ldSoCacheBytes([{ name: CUDART, path: `/cached/${CUDART}` }]),
  [`/usr/lib/x86_64-linux-gnu/${CUDART}`]: elfFile(),
};

function without(tree: TreeEntries, ...paths: readonly string[]): TreeEntries {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !paths.includes(path)));
}

describe('lookAtSharedObject', () => {
  it('follows the order of the loader', async () => {
    const environment = { LD_LIBRARY_PATH: '/nowhere:/variable' };
    const rpath = { ...EVERYWHERE, [FILE]: elfFile({ needed: [CUDART], rpath: '/rpath' }) };
    expect(await places(rpath, { environment })).toEqual([
      `${CUDART} libprovider.so yes /rpath/${CUDART} RPATH`,
    ]);
    const runpath = { ...EVERYWHERE, [FILE]: elfFile({ needed: [CUDART], runpath: '$ORIGIN/../lib' }) };
    expect(await places(runpath, { environment })).toEqual([
      `${CUDART} libprovider.so yes /variable/${CUDART} LD_LIBRARY_PATH`,
    ]);
    expect(await places(runpath)).toEqual([`${CUDART} libprovider.so yes /app/lib/${CUDART} RUNPATH`]);
    const plain = { ...EVERYWHERE, [FILE]: elfFile({ needed: [CUDART] }) };
    expect(await places(plain)).toEqual([`${CUDART} libprovider.so yes /cached/${CUDART} ld.so.cache`]);
    expect(await places(without(plain, '/etc/ld.so.cache'))).toEqual([
      `${CUDART} libprovider.so yes /usr/lib/x86_64-linux-gnu/${CUDART} default directory`,
    ]);
    expect(await places(plain, { loaded: [`/elsewhere/${CUDART}`], environment })).toEqual([
      `${CUDART} libprovider.so yes /elsewhere/${CUDART} loaded already`,
    ]);
  });

  it('asks what is loaded only where there is an object to look at', async () => {
    let asked = 0;
    const loaded = (): readonly string[] => {
      asked += 1;
      return [`/elsewhere/${CUDART}`];
    };
    expect((await look(EVERYWHERE, { loaded })).object).toEqual({ ok: false, why: 'it does not exist' });
    expect(asked).toBe(0);
    expect(await places({ ...EVERYWHERE, [FILE]: elfFile({ needed: [CUDART] }) }, { loaded })).toEqual([
      `${CUDART} libprovider.so yes /elsewhere/${CUDART} loaded already`,
    ]);
    expect(asked).toBe(1);
  });

  it('ignores RPATH beside RUNPATH, and hands RPATH down but not RUNPATH', async () => {
    const tree = {
      '/deep/libbelow.so.1': elfFile(),
      '/deep/libside.so.1': elfFile({ needed: ['libbelow.so.1'] }),
    };
    const both = { ...tree, [FILE]: elfFile({ needed: ['libside.so.1'], rpath: '/deep', runpath: '/none' }) };
    expect(await places(both)).toEqual(['libside.so.1 libprovider.so no - -']);
    const down = { ...tree, [FILE]: elfFile({ needed: ['libside.so.1'], rpath: '/deep' }) };
    expect(await places(down)).toEqual([
      'libside.so.1 libprovider.so yes /deep/libside.so.1 RPATH',
      'libbelow.so.1 libside.so.1 yes /deep/libbelow.so.1 RPATH',
    ]);
    const notDown = {
      ...tree,
      [FILE]: elfFile({ needed: ['libside.so.1'], runpath: '${ORIGIN}/../../deep' }),
    };
    expect(await places(notDown)).toEqual([
      'libside.so.1 libprovider.so yes /deep/libside.so.1 RUNPATH',
      'libbelow.so.1 libside.so.1 no - -',
    ]);
  });

  it('passes over what is for another machine, and says so', async () => {
    const tree = {
      [FILE]: elfFile({ needed: [CUDART] }),
      [`/a/${CUDART}`]: elfFile({ machine: 183 }),
      [`/b/${CUDART}`]: 'INPUT(-lcudart)\n',
      [`/c/${CUDART}`]: null,
    };
    const { libraries } = await look(tree, { environment: { LD_LIBRARY_PATH: '/a:/b:/c' } });
    expect(libraries).toEqual([
      {
        name: CUDART,
        neededBy: 'libprovider.so',
        found: 'unknown',
        path: null,
        rule: null,
        passedOver: [
          { path: `/a/${CUDART}`, why: 'it is for another processor (arm64)' },
          { path: `/b/${CUDART}`, why: 'it is no ELF file' },
          { path: `/c/${CUDART}`, why: `/c/${CUDART} cannot be read (no file)` },
        ],
      },
    ]);
  });

  it('does not call missing what may be in a place that only the loader knows', async () => {
    const tree = { [FILE]: elfFile({ needed: [CUDART], runpath: '/opt/$LIB' }) };
    const { libraries, notLookedAt } = await look(tree);
    expect(libraries.map(({ found }) => found)).toEqual(['unknown']);
    expect(notLookedAt).toEqual(['`/opt/$LIB` of RUNPATH, which only the loader can expand']);
    const broken = { [FILE]: elfFile({ needed: [CUDART] }), '/etc/ld.so.cache': 'nothing' };
    const found = await look(broken);
    expect(found.libraries.map((one) => one.found)).toEqual(['unknown']);
    expect(found.notLookedAt).toEqual([expect.stringContaining('/etc/ld.so.cache')]);
  });

  it('comes to an end where libraries need each other', async () => {
    const tree = {
      [FILE]: elfFile({ needed: ['liba.so', './libself.so'], runpath: '$ORIGIN' }),
      '/app/engine/liba.so': elfFile({ needed: ['libb.so'], runpath: '$ORIGIN' }),
      '/app/engine/libb.so': elfFile({ needed: ['liba.so', 'libprovider.so'], runpath: '$ORIGIN' }),
    };
    expect(await places(tree)).toEqual([
      'liba.so libprovider.so yes /app/engine/liba.so RUNPATH',
      './libself.so libprovider.so no - -',
      'libb.so liba.so yes /app/engine/libb.so RUNPATH',
      'libprovider.so libb.so yes /app/engine/libprovider.so RUNPATH',
    ]);
  });

  it.each([
    ['a file that is not there', {}, {}, 'it does not exist'],
    ['a directory', { [FILE]: null }, {}, `${FILE} cannot be read (no file)`],
    ['another processor', { [FILE]: elfFile({ machine: 183 }) }, {}, 'it is for another processor (arm64)'],
    ['one that is not known', { [FILE]: elfFile() }, { arch: 'mips' }, 'libraries for mips cannot be told'],
  ])('refuses %s', async (_what, tree, view, why) => {
    const found = await look(tree, { process: testProcess(view) });
    expect(found).toMatchObject({ object: { ok: false, why: expect.stringContaining(why) }, libraries: [] });
  });

  it('survives JSON', async () => {
    const found = await look({ ...EVERYWHERE, [FILE]: elfFile({ needed: [CUDART, 'libnone.so'] }) });
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  const LDD = '/usr/bin/ldd';
  const REAL = ['/usr/lib/x86_64-linux-gnu/libstdc++.so.6', '/usr/lib64/libstdc++.so.6'].find((path) =>
    existsSync(path),
  );

  it.runIf(process.platform === 'linux' && process.arch === 'x64' && existsSync(LDD) && REAL !== undefined)(
    'agrees with the loader of this machine',
    async () => {
      const printed = execFileSync(LDD, [REAL!], { encoding: 'utf8' });
      const expected = [...printed.matchAll(/^\t(\S+) => (\/\S+) /gm)].map(
        (match) => `${match[1]} ${match[2]}`,
      );
      const { libraries } = await lookAtSharedObject(REAL!);
      expect(expected.length).toBeGreaterThan(0);
      expect(libraries.map(({ name, path }) => `${name} ${path}`)).toEqual(expect.arrayContaining(expected));
    },
  );
});
