import type { Spinner } from 'yocto-spinner';
import type { CliContext, GlobalOptions } from '../cli-context.ts';

/** Anything quicker than this passes without a sign. */
const PATIENCE_MILLISECONDS = 1000;

/**
 * Shows that something long is under way: on standard error, only on a terminal, and not with
 * `--quiet` or `--json`.
 */
export async function withProgress<Result>(
  text: string,
  context: CliContext,
  options: Pick<GlobalOptions, 'quiet' | 'json'>,
  work: (say: (phase: string) => void) => Promise<Result>,
): Promise<Result> {
  if (context.stderr.isTTY !== true || options.quiet || options.json) return work(() => {});
  let spinner: Spinner | undefined;
  let current = text;
  let over = false;
  const show = async (): Promise<void> => {
    const { default: makeSpinner } = await import('yocto-spinner');
    if (over) return;
    spinner = makeSpinner({ text: current, stream: context.stderr }).start();
  };
  const timer = setTimeout(() => {
    void show();
  }, PATIENCE_MILLISECONDS);
  try {
    return await work((phase) => {
      current = phase;
      if (spinner !== undefined) spinner.text = phase;
    });
  } finally {
    over = true;
    clearTimeout(timer);
    spinner?.stop();
  }
}
