import { knownId, type Registry } from '@switchyard/core';

/** The options with which backends over ONNX Runtime take a number of threads, and what those do between runs. */
const THREADS_OPTION = 'intraOpThreads';
const SPINNING_OPTION = 'allowSpinning';

/** Options of one backend, by name. */
type OptionDefaults = Readonly<Record<string, unknown>>;

/**
 * Options by backend for an instance of a server, for those whose schema has them. Idle threads sleep: the
 * cores that they would poll on answer requests meanwhile.
 *
 * @param threads what one instance may use of shared cores, `null` to leave that to the engine
 */
export function engineDefaults(registry: Registry, threads: number | null): Record<string, OptionDefaults> {
  const defaults: [string, OptionDefaults][] = [];
  for (const known of registry.known()) {
    const id = knownId(known);
    const schema = registry.get(id)?.manifest.options;
    if (schema === undefined) continue;
    const options: Record<string, boolean | number> = {};
    if (threads !== null && Object.hasOwn(schema, THREADS_OPTION)) options[THREADS_OPTION] = threads;
    if (Object.hasOwn(schema, SPINNING_OPTION)) options[SPINNING_OPTION] = false;
    defaults.push([id, options]);
  }
  return Object.fromEntries(defaults);
}

/** The whole part of the cores that one of several instances may use, 1 at least. */
export function threadsOfInstance(instances: number, cores: number): number {
  return Math.max(1, Math.floor(cores / instances));
}
