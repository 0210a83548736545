import { known, unknown } from './fact.ts';
import type { Fact } from './host-facts.ts';
import type { MachineFacts } from './machine-facts.ts';
import { nodeArchOf, type ProcessView } from './process-view.ts';

/** The facts of a platform that has no reader here: what Node itself tells, and the reason for the rest. */
export function readOtherFacts(platform: string, process: ProcessView): MachineFacts {
  const not = <T>(): Fact<T> => unknown(`there is no reader for the platform ${platform}`);
  return {
    os: {
      platform,
      arch: process.arch,
      name: not(),
      version: not(),
      build: not(),
      kernel: known(process.release(), 'os.release()'),
    },
    libc: not(),
    cpu: {
      model: not(),
      vendor: not(),
      machineArch: known(nodeArchOf(process.machine()), 'os.machine()'),
      logicalCores: known(process.availableParallelism(), 'os.availableParallelism()'),
      physicalCores: not(),
      features: not(),
    },
    memory: { totalBytes: not(), limitBytes: not() },
    environment: {
      rosetta: known(false, `the platform is ${platform}`),
      wsl: known(null, `the platform is ${platform}`),
      container: not(),
      vm: not(),
    },
    accelerators: not(),
    deviceNodes: not(),
    nvidia: { driverVersion: not(), gpus: not() },
    vulkanDrivers: not(),
    libraries: not(),
  };
}
