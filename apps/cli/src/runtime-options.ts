import { Option } from 'commander';

/** Flags about how a runtime works. Which command has which is said in `program.ts`. */
export type RuntimeFlag = 'trials' | 'verify' | 'strict' | 'isolation' | 'cache';

const GROUP = 'How it is run and proved:';
const MAKE: Readonly<Record<RuntimeFlag, () => Option>> = {
  trials: () =>
    new Option('--trials <which>', 'what an automatic choice proves first (default: all)').choices([
      'off',
      'placement',
      'all',
    ]),
  verify: () => new Option('--verify', 'try a backend that was asked for by name too; a failure refuses it'),
  strict: () => new Option('--strict', 'refuse the model unless every node runs on the device'),
  isolation: () =>
    new Option(
      '--isolation <kind>',
      'how the model is kept apart from this program (default: process, where the backends allow it)',
    ).choices(['inline', 'thread', 'process']),
  cache: () => new Option('--no-cache', 'neither read nor keep what is remembered of probes and trials'),
};

/** The options for these flags, in the order in which they are named. */
export function runtimeOptions(flags: readonly RuntimeFlag[]): readonly Option[] {
  return flags.map((flag) => MAKE[flag]().helpGroup(GROUP));
}
