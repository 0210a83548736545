import { describe, expect, it } from 'vitest';
import { machineTree, testProcess, type TreeEntries } from '../__fixtures__/machine-tree.ts';
import { MachineFiles } from '../machine-files.ts';
import { readLinuxContainer } from './read-linux-container.ts';

const CASES: [
  what: string,
  engine: string | null,
  tree: TreeEntries,
  environment?: Record<string, string>,
][] = [
  ['/.dockerenv', 'docker', { '/.dockerenv': '' }],
  ['/run/.containerenv', 'podman', { '/run/.containerenv': 'engine="podman-5.2"\n' }],
  ['a variable', 'kubernetes', { '/.dockerenv': '' }, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }],
  [
    'the groups of a pod',
    'kubernetes',
    { '/.dockerenv': '', '/proc/1/cgroup': '1:memory:/kubepods/besteffort/pod1\n' },
  ],
  ['the groups of LXC', 'lxc', { '/proc/1/cgroup': '1:memory:/lxc.payload.web/init.scope\n' }],
  ['the groups of containerd', 'container', { '/proc/1/cgroup': '0::/system.slice/containerd-1.scope\n' }],
  ['systemd', 'systemd-nspawn', { '/run/systemd/container': 'systemd-nspawn\n' }],
  ['the variable of the first process', 'lxc', { '/proc/1/environ': 'TERM=linux\0container=lxc\0' }],
  ['an engine that does not say', 'container', { '/run/systemd/container': 'oci\n' }],
  ['WSL, which is not a container', null, { '/run/systemd/container': 'wsl\n' }],
  ['nothing', null, { '/proc/1/cgroup': '0::/init.scope\n' }],
  [
    'a group whose name only contains the word',
    null,
    { '/proc/1/cgroup': '0::/system.slice/mydocker.service\n' },
  ],
];

describe('readLinuxContainer', () => {
  it.each(CASES)('by %s: %s', async (_what, engine, tree, environment: Record<string, string> = {}) => {
    await using machine = await machineTree(tree);
    const files = new MachineFiles(machine.root);
    const fact = await readLinuxContainer({ files, process: testProcess(), environment });
    expect(fact).toMatchObject({ known: true, value: engine, source: expect.stringMatching(/\S/) });
  });
});
