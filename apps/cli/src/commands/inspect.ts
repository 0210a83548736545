import type { CliContext, GlobalOptions } from '../cli-context.ts';
import { inspectFile } from '../read-model.ts';
import { renderSummary } from '../render-summary.ts';

/** `switchyard inspect MODEL`: what a model says about itself. Runs nothing, reads no weights. */
export async function inspect(context: CliContext, options: GlobalOptions, model: string): Promise<number> {
  const summary = await inspectFile(model, context, options);
  context.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : renderSummary(summary));
  return 0;
}
