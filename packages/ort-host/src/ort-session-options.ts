import { devNull } from 'node:os';
import {
  SettingsError,
  checkOptions,
  deepFreeze,
  type OptionSchemaV1,
  type OptionValuesV1,
} from '@switchyard/core';
import type { OrtProvider } from './ort-provider.ts';

const SEVERITIES = ['verbose', 'info', 'warning', 'error', 'fatal'] as const;

/**
 * Session options that every backend over ONNX Runtime shares: those of the binding that were seen to
 * have an effect with onnxruntime-node 1.30.0. A backend spreads them into its own schema.
 */
export const ORT_SESSION_OPTIONS: OptionSchemaV1 = deepFreeze({
  intraOpThreads: {
    type: 'integer',
    minimum: 1,
    maximum: 1024,
    unit: 'threads',
    description:
      'Threads that one operator may use, the calling one included. More than the physical cores seldom helps; by default ONNX Runtime counts them itself.',
  },
  interOpThreads: {
    type: 'integer',
    minimum: 1,
    maximum: 1024,
    unit: 'threads',
    description:
      'Threads that run independent operators side by side. Needs `executionMode: parallel`, and is refused without it.',
  },
  executionMode: {
    type: 'enum',
    values: ['sequential', 'parallel'],
    default: 'sequential',
    description:
      'Whether independent operators may run side by side. `parallel` helps only graphs with wide branches, and costs a second pool of threads.',
  },
  graphOptimization: {
    type: 'enum',
    values: ['disabled', 'basic', 'extended', 'layout', 'all'],
    default: 'all',
    description:
      'How far the graph is rewritten before the first run. Less opens faster and keeps the nodes of the file, more runs faster.',
  },
  allowSpinning: {
    type: 'boolean',
    default: true,
    description:
      'Whether idle threads keep polling for work. `false` saves processor time between runs and costs some latency.',
  },
  logSeverity: {
    type: 'enum',
    values: SEVERITIES,
    default: 'fatal',
    description:
      'The least severe message that the session writes to standard error. Errors reach the caller as exceptions at every level.',
  },
  strictProvider: {
    type: 'boolean',
    default: false,
    description:
      'Refuses to open when a node of the main graph would run on the CPU provider instead of the one asked for. Nodes inside `If` and `Loop` are not looked at by the engine, and small shape computations are refused too.',
  },
});

/**
 * Checks the values and writes them as the binding reads them. Throws a `SettingsError` for what is
 * unknown, and for what the engine would take and ignore.
 */
export function engineOptions(
  values: OptionValuesV1,
  provider: OrtProvider,
  backend: string,
  externalData: 'beside-model' | 'none' = 'beside-model',
): Readonly<Record<string, unknown>> {
  const subject = `the session options of backend \`${backend}\``;
  const checked = checkOptions(ORT_SESSION_OPTIONS, values, subject);
  if (checked['interOpThreads'] !== undefined && checked['executionMode'] !== 'parallel') {
    throw new SettingsError(
      'invalid-value',
      'The option `interOpThreads` has no effect unless operators may run side by side.',
      { source: subject, remedy: 'Set `executionMode` to `parallel` too, or leave `interOpThreads` out.' },
    );
  }
  if (checked['strictProvider'] === true && provider.name === 'cpu') {
    throw new SettingsError(
      'invalid-value',
      'The option `strictProvider` keeps nodes off the CPU provider, which is the one that was asked for.',
      { source: subject, remedy: 'Leave it out.' },
    );
  }
  const session: Record<string, unknown> = {};
  if (checked['allowSpinning'] !== undefined) {
    session['intra_op'] = { allow_spinning: checked['allowSpinning'] === true ? '1' : '0' };
  }
  if (checked['strictProvider'] === true) session['disable_cpu_ep_fallback'] = '1';
  // A model in memory has no folder, and the engine would look in the working directory of the process.
  if (externalData === 'none') session['model_external_initializers_file_folder_path'] = devNull;
  return {
    // One provider and nothing behind it: the binding's own list would drop an unknown name with a warning.
    executionProviders: [{ ...provider.options, name: provider.name }],
    logSeverityLevel: SEVERITIES.indexOf((checked['logSeverity'] ?? 'fatal') as (typeof SEVERITIES)[number]),
    ...(checked['intraOpThreads'] === undefined ? {} : { intraOpNumThreads: checked['intraOpThreads'] }),
    ...(checked['interOpThreads'] === undefined ? {} : { interOpNumThreads: checked['interOpThreads'] }),
    ...(checked['executionMode'] === undefined ? {} : { executionMode: checked['executionMode'] }),
    ...(checked['graphOptimization'] === undefined
      ? {}
      : { graphOptimizationLevel: checked['graphOptimization'] }),
    ...(Object.keys(session).length === 0 ? {} : { extra: { session } }),
  };
}
