import type { CliContext } from '../cli-context.ts';
import { compose } from '../compose.ts';
import { discoverHere } from '../discover-here.ts';
import { importPeer } from '../import-peer.ts';

/**
 * `switchyard serve`: the program of `@switchyard/server`, with the backends that this one would use.
 *
 * @param argv words without `serve`
 */
export async function serve(context: CliContext, argv: readonly string[]): Promise<number> {
  const { environment, cwd, stdout, stderr } = context;
  const { runServer } = await importPeer({
    // An optional peer, because most who run a model serve none.
    name: '@switchyard/server',
    command: 'switchyard serve',
    cwd,
    load: () => import('@switchyard/server'),
  });
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
