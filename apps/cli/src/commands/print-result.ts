import type { Tensors, ValueInfo } from '@switchyard/core';
import type { ModelSummary } from '@switchyard/onnx';
import type { Session } from '@switchyard/runtime';
import { formatOutputs, outputsToJson, type SavedFile } from '../outputs/index.ts';
import type { Invocation } from '../situation.ts';
import { formatBytes } from '../render-summary.ts';
import { styleFor } from '../terminal/style.ts';

/** One finished run. */
export interface RunResult {
  readonly model: ModelSummary;
  readonly session: Session;
  readonly outputs: Tensors;
  readonly saved: readonly SavedFile[];
  readonly timings: { readonly loadMilliseconds: number; readonly runMilliseconds: number };
  readonly top: number | undefined;
  readonly labels: readonly string[] | undefined;
}

/** Prints outputs on standard output; what was saved and how long it took go to standard error. */
export function printResult({ context, options }: Invocation, result: RunResult): void {
  if (options.json) {
    context.stdout.write(`${JSON.stringify(documentOf(result), null, 2)}\n`);
    return;
  }
  const { outputs, saved, session, timings, top, labels } = result;
  if (saved.length === 0) {
    const values: readonly ValueInfo[] = session.outputs;
    const text = formatOutputs(outputs, values, {
      top,
      labels,
      maxRows: 20,
      width: context.stdout.columns ?? 100,
    });
    context.stdout.write(`${text}\n`);
  }
  if (options.quiet) return;
  const style = styleFor(context.stderr, context.environment, options.color);
  for (const file of saved) {
    const place = file.path === '-' ? 'standard output' : file.path;
    context.stderr.write(
      style(
        'dim',
        `wrote   ${place}: ${file.outputs.join(', ')} as ${file.format}, ${formatBytes(file.bytes)}`,
      ),
    );
    context.stderr.write('\n');
  }
  const { loadMilliseconds, runMilliseconds } = timings;
  context.stderr.write(
    `${style('dim', `load ${loadMilliseconds.toFixed(1)} ms  run ${runMilliseconds.toFixed(1)} ms`)}\n`,
  );
}

function documentOf({ model, session, outputs, saved, timings }: RunResult): unknown {
  const all = outputsToJson(outputs);
  const withoutValues = Object.entries(all).map(([name, { dtype, shape }]) => [name, { dtype, shape }]);
  return {
    selection: session.selection,
    model: { path: model.path, bytes: model.fileBytes, inputs: session.inputs, outputs: session.outputs },
    device: session.device,
    executionProviders: session.executionProviders,
    // What went to a file is not said twice: it can be large.
    outputs: saved.length === 0 ? all : Object.fromEntries(withoutValues),
    saved,
    timings,
  };
}
