import { describe, expect, it } from 'vitest';
import { machineTree, testProcess, type TreeEntries } from '../__fixtures__/machine-tree.ts';
import type { Fact } from '../host-facts.ts';
import { MachineFiles } from '../machine-files.ts';
import { readLinuxMemory } from './read-linux-memory.ts';

async function limitOf(tree: TreeEntries): Promise<Fact<number | null>> {
  await using machine = await machineTree({ '/proc/meminfo': 'MemTotal: 1024 kB\n' }, tree);
  const files = new MachineFiles(machine.root);
  return (await readLinuxMemory({ files, process: testProcess(), environment: {} })).limitBytes;
}

const V1 = '12:cpu,cpuacct:/\n4:memory:/docker/abc\n1:name=systemd:/docker/abc\n';

describe('readLinuxMemory', () => {
  it('reads the limit of a container with control groups of version 2', async () => {
    const limit = await limitOf({
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/memory.max': '536870912\n',
    });
    expect(limit).toMatchObject({ known: true, value: 536_870_912 });
  });

  it('takes the smallest limit of the group and its parents', async () => {
    const limit = await limitOf({
      '/proc/self/cgroup': '0::/system.slice/app.service\n',
      '/sys/fs/cgroup/system.slice/memory.max': '2000\n',
      '/sys/fs/cgroup/system.slice/app.service/memory.max': '3000\n',
    });
    expect(limit).toMatchObject({ known: true, value: 2000 });
  });

  it('knows that `max` is no limit', async () => {
    const limit = await limitOf({ '/proc/self/cgroup': '0::/a\n', '/sys/fs/cgroup/a/memory.max': 'max\n' });
    expect(limit).toMatchObject({ known: true, value: null });
  });

  it('knows that the largest number of version 1 is no limit', async () => {
    const limit = await limitOf({
      '/proc/self/cgroup': V1,
      '/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': '9223372036854771712\n',
    });
    expect(limit).toMatchObject({ known: true, value: null });
  });

  it('reads the limit of version 1 at the mount, where a container sees its own group', async () => {
    const limit = await limitOf({
      '/proc/self/cgroup': V1,
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '268435456\n',
    });
    expect(limit).toMatchObject({ known: true, value: 268_435_456 });
  });

  it('names no group in the source, for their names change with every container', async () => {
    const limit = await limitOf({
      '/proc/self/cgroup': V1,
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '1\n',
    });
    expect(limit).toMatchObject({ source: expect.not.stringContaining('abc') });
  });

  it('does not know the limit where a file has another form or the groups are not mounted', async () => {
    const odd = await limitOf({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': 'plenty\n' });
    expect(odd).toEqual({ known: false, why: '/sys/fs/cgroup/memory.max is neither a number nor `max`' });
    expect(await limitOf({ '/proc/self/cgroup': '0::/\n' })).toMatchObject({ known: false });
  });

  it('does not leave the mount for a group above its own', async () => {
    const limit = await limitOf({
      '/proc/self/cgroup': '0::/../../etc\n',
      '/sys/fs/cgroup/x': '',
      '/sys/etc/memory.max': '5\n',
    });
    expect(limit).toMatchObject({ known: true, value: null });
  });
});
