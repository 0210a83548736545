import { describe, expect, it } from 'vitest';
import { machineTree, testProcess, type TreeEntries } from '../__fixtures__/machine-tree.ts';
import type { Fact, LibcFacts } from '../host-facts.ts';
import { MachineFiles } from '../machine-files.ts';
import type { LinuxHost } from './linux-host.ts';
import { readLibcFlavour, readLinuxLibc } from './read-linux-libc.ts';

async function libcOf(tree: TreeEntries, version: string | null): Promise<Fact<LibcFacts>> {
  await using machine = await machineTree(tree);
  const files = new MachineFiles(machine.root);
  return await read({ files, process: testProcess({ glibcVersion: () => version }), environment: {} });
}

async function read(host: LinuxHost): Promise<Fact<LibcFacts>> {
  return await readLinuxLibc(host, await readLibcFlavour(host));
}

const MAPS = '/proc/self/maps';

describe('readLinuxLibc', () => {
  it('says that a version is unknown rather than guessing it', async () => {
    const glibc = await libcOf({ [MAPS]: '1-2 r-xp 0 0 1 /lib64/ld-linux-x86-64.so.2\n' }, null);
    expect(glibc).toMatchObject({ known: true, value: { flavour: 'glibc', version: 'unknown' } });
    const musl = await libcOf({ [MAPS]: '1-2 r-xp 0 0 1 /lib/ld-musl-aarch64.so.1\n' }, null);
    expect(musl).toMatchObject({ known: true, value: { flavour: 'musl', version: 'unknown' } });
  });

  it('does not take the version of another package of Alpine', async () => {
    const libc = await libcOf(
      {
        [MAPS]: '1-2 r-xp 0 0 1 /lib/ld-musl-x86_64.so.1\n',
        '/lib/apk/db/installed': 'P:musl-utils\nV:9.9.9-r1\n\n',
      },
      null,
    );
    expect(libc).toMatchObject({ value: { version: 'unknown' } });
  });

  it('uses the process report where the maps cannot be read', async () => {
    expect(await libcOf({}, '2.28')).toMatchObject({
      known: true,
      value: { flavour: 'glibc', version: '2.28' },
    });
  });

  it('does not know the C library of a static build', async () => {
    const libc = await libcOf({ [MAPS]: '1-2 r-xp 0 0 1 /usr/local/bin/node\n' }, null);
    expect(libc).toMatchObject({ known: false, why: expect.stringContaining('static build') });
  });

  it.runIf(process.platform === 'linux')('agrees with the process report about this process', async () => {
    const own = await read({
      files: new MachineFiles('/'),
      process: testProcess({ glibcVersion: () => '0.0' }),
      environment: {},
    });
    const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
    expect(own).toMatchObject({
      value: { flavour: header.glibcVersionRuntime === undefined ? 'musl' : 'glibc' },
    });
  });
});
