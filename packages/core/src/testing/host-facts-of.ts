import type { Fact, HostFacts } from '../host/host-facts.ts';
import { deepFreeze } from '../util/deep-freeze.ts';

const unknown = <T>(why: string): Fact<T> => ({ known: false, why });
const known = <T>(value: T): Fact<T> => ({ known: true, value, source: 'made for a test' });

/** Facts of a plain Linux machine without accelerators, with some of them replaced. Frozen. */
export function hostFactsOf(changes: Partial<HostFacts> = {}): HostFacts {
  const facts: HostFacts = {
    schema: 1,
    provenance: { kind: 'documented', description: 'A machine made up for a test.' },
    os: {
      platform: 'linux',
      arch: 'x64',
      name: known('Debian GNU/Linux 12 (bookworm)'),
      version: known('12'),
      build: unknown('Debian has no build number.'),
      kernel: known('6.1.0-18-amd64'),
    },
    libc: known({ flavour: 'glibc', version: '2.36' }),
    node: { version: '24.21.0', napi: '10' },
    cpu: {
      model: known('Test CPU'),
      vendor: known('GenuineIntel'),
      machineArch: known('x64'),
      logicalCores: known(4),
      physicalCores: known(2),
      features: known(['avx2']),
    },
    memory: { totalBytes: known(8 * 1024 ** 3), limitBytes: known(null) },
    environment: { rosetta: known(false), wsl: known(null), container: known(null), vm: known(null) },
    accelerators: known([]),
    deviceNodes: known([]),
    nvidia: { driverVersion: known(null), gpus: known([]) },
    vulkanDrivers: known([]),
    libraries: known([]),
    variables: {},
  };
  return deepFreeze({ ...structuredClone(facts), ...structuredClone(changes) });
}
