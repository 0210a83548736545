import type { CliContext } from '../cli-context.ts';
import { compose } from '../compose.ts';
import { discoverHere } from '../discover-here.ts';
import { UsageError } from '../usage-error.ts';

/** Package that serves; it is an optional peer, because most who run a model serve none. */
const SERVER = '@switchyard/server';

/**
 * `switchyard serve`: the program of `@switchyard/server`, with the backends that this one would use.
 *
 * @param argv words without `serve`
 */
export async function serve(context: CliContext, argv: readonly string[]): Promise<number> {
  const { runServer } = await loadServer(context.cwd);
  const { environment, cwd, stdout, stderr } = context;
  return runServer({
    argv,
    environment,
    cwd,
    stdout,
    stderr,
    program: 'switchyard serve',
    composition: { discover: discoverHere, compose },
  });
}

/** The server's package, if it is there. */
async function loadServer(cwd: string): Promise<typeof import('@switchyard/server')> {
  try {
    return await import('@switchyard/server');
  } catch (error) {
    // Something that the server itself needs is another matter, and the error names it.
    if (!isMissing(error)) throw error;
    const { installCommand } = discoverHere(cwd);
    throw new UsageError(
      `\`switchyard serve\` needs \`${SERVER}\`, which is not installed here.`,
      `${installCommand} ${SERVER}`,
    );
  }
}

function isMissing(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' && String(message).includes(`'${SERVER}`);
}
