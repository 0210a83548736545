import { deepFreeze, type OptionSchemaV1, type OptionValuesV1, checkOptions } from '@switchyard/core';
import { ID } from './wasm-facts.ts';

const SEVERITIES = ['verbose', 'info', 'warning', 'error', 'fatal'] as const;

/**
 * The options of onnxruntime-web 1.30.0 that were seen to have an effect in Node.js, under the names that the
 * `cpu` backend gives to the same things. There is no switch for SIMD, because its one build needs it.
 */
export const WASM_OPTIONS: OptionSchemaV1 = deepFreeze({
  intraOpThreads: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    unit: 'threads',
    description:
      'Threads that one operator may use, the calling one included; each further one is a worker with a JavaScript engine of its own. By default onnxruntime-web takes half of the logical processors, at most 4. One value per process or thread that loads the engine.',
  },
  graphOptimization: {
    type: 'enum',
    values: ['disabled', 'basic', 'extended', 'layout', 'all'],
    default: 'all',
    description:
      'How far the graph is rewritten before the first run. Less opens faster and keeps the nodes of the file, more runs faster.',
  },
  logSeverity: {
    type: 'enum',
    values: SEVERITIES,
    default: 'fatal',
    description:
      'The least severe message that the session writes to standard error. Errors reach the caller as exceptions at every level.',
  },
});

/** Options checked and named as the engine names them. */
export interface EngineOptions {
  /** Threads of the whole engine; `null` where the engine may choose. */
  readonly threads: number | null;
  readonly session: Readonly<Record<string, unknown>>;
  /** Log level of the engine, for the session and for each run. */
  readonly logSeverityLevel: number;
}

/** @throws SettingsError `invalid-value` */
export function engineOptions(values: OptionValuesV1): EngineOptions {
  const checked = checkOptions(WASM_OPTIONS, values, `backend \`${ID}\``);
  const { intraOpThreads = null, graphOptimization, logSeverity = 'fatal' } = checked;
  const logSeverityLevel = SEVERITIES.indexOf(logSeverity as (typeof SEVERITIES)[number]);
  return {
    threads: intraOpThreads as number | null,
    session: {
      executionProviders: ['wasm'],
      logSeverityLevel,
      ...(graphOptimization === undefined ? {} : { graphOptimizationLevel: graphOptimization }),
    },
    logSeverityLevel,
  };
}
