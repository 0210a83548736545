export { describeMachines, type MachineDescription } from './describe-machines.ts';
export { loadMachine } from './load-machine.ts';
export { MACHINE_NAMES, isMachineName, type MachineName } from './machine-names.ts';
