import { knownId, type Registry } from '@switchyard/core';

/** The option with which backends over ONNX Runtime take a number of threads. */
const THREADS_OPTION = 'intraOpThreads';

/**
 * Threads for one of several instances that share cores: options by backend, for those whose schema has
 * one for that. The part is whole, and 1 at least.
 */
export function threadDefaults(
  registry: Registry,
  instances: number,
  cores: number,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const threads = Math.max(1, Math.floor(cores / instances));
  const defaults: [string, Readonly<Record<string, unknown>>][] = [];
  for (const known of registry.known()) {
    const id = knownId(known);
    const schema = registry.get(id)?.manifest.options;
    if (schema === undefined || !Object.hasOwn(schema, THREADS_OPTION)) continue;
    defaults.push([id, { [THREADS_OPTION]: threads }]);
  }
  return Object.fromEntries(defaults);
}
