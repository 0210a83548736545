import { statusOfSelection } from '../exit-status.ts';
import { reportOf, situationOf, type Invocation, type Simulation } from '../situation.ts';
import { paintSelection } from '../terminal/paint-selection.ts';
import { styleFor } from '../terminal/style.ts';

/** `switchyard explain [MODEL]`: what would run a model here, and why. Starts nothing. */
export async function explain(
  invocation: Invocation,
  model: string | undefined,
  simulation: Simulation,
): Promise<number> {
  const { context, options } = invocation;
  const summary = model === undefined ? null : await summarize(model, invocation);
  const report = reportOf(await situationOf(invocation, simulation));
  if (options.json) {
    context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const style = styleFor(context.stdout, context.environment, options.color);
    if (summary !== null) context.stdout.write(`${summary}\n\n`);
    context.stdout.write(paintSelection(report, style));
  }
  return statusOfSelection(report);
}

async function summarize(model: string, invocation: Invocation): Promise<string> {
  const { readModel } = await import('../read-model.ts');
  const { summaryLines } = await import('../render-summary.ts');
  const summary = await readModel(model, invocation.context, invocation.options);
  return summaryLines(summary).join('\n');
}
