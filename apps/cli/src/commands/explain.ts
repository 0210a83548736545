import { resolve } from 'node:path';
import type { SelectionReport } from '@switchyard/core';
import { explainHere, isSimulated } from '../explain-here.ts';
import { statusOfSelection } from '../exit-status.ts';
import { openRuntime, type RuntimeWords } from '../open-runtime.ts';
import { situationOf, type Invocation, type Simulation } from '../situation.ts';
import { paintSelection } from '../terminal/paint-selection.ts';
import { withProgress } from '../terminal/progress.ts';
import { styleFor } from '../terminal/style.ts';
import { UsageError } from '../usage-error.ts';

/** What `explain` was told besides the model and the machine. */
export interface ExplainWords extends RuntimeWords {
  /** Try the backends, and with a model the choice, in place of telling what is remembered. */
  readonly probe?: boolean;
}

/** `switchyard explain [MODEL]`: what would run a model here, and why. Starts nothing without `--probe`. */
export async function explain(
  invocation: Invocation,
  model: string | undefined,
  simulation: Simulation,
  words: ExplainWords,
): Promise<number> {
  const { context, options } = invocation;
  if (words.probe === true && isSimulated(simulation)) {
    throw new UsageError(
      '`--probe` tries the backends of this machine, and `--host` and `--installed` ask about another one.',
      'Leave one of them out.',
    );
  }
  const summary = model === undefined ? null : await summarize(model, invocation);
  const report = await reportFor(invocation, model, simulation, words);
  if (options.json) {
    context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const style = styleFor(context.stdout, context.environment, options.color);
    if (summary !== null) context.stdout.write(`${summary}\n\n`);
    context.stdout.write(paintSelection(report, style));
  }
  return statusOfSelection(report);
}

async function reportFor(
  invocation: Invocation,
  model: string | undefined,
  simulation: Simulation,
  words: ExplainWords,
): Promise<SelectionReport> {
  const situation = await situationOf(invocation, simulation);
  if (isSimulated(simulation) || (model === undefined && words.probe !== true)) {
    return explainHere(situation, invocation, simulation, words);
  }
  const { context, options } = invocation;
  const runtime = await openRuntime(situation, context, words);
  try {
    const request = {
      verify: words.verify === true,
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    };
    const path = model === undefined ? undefined : resolve(context.cwd, model);
    if (words.probe !== true) return await runtime.explain(request, path);
    return await withProgress('Trying backends', context, options, async (say) => {
      const { probeReports } = await import('../probe-reports.ts');
      await probeReports(runtime, context, { refresh: true, say });
      if (path === undefined) return runtime.explain(request);
      return runtime.prove(path, { ...request, onProgress: say });
    });
  } finally {
    await runtime.close();
  }
}

async function summarize(model: string, invocation: Invocation): Promise<string> {
  const { readModel } = await import('../read-model.ts');
  const { summaryLines } = await import('../render-summary.ts');
  const summary = await readModel(model, invocation.context, invocation.options);
  return summaryLines(summary).join('\n');
}
