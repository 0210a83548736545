import type { Session } from '../session.ts';

interface Watched {
  readonly backend: string;
  readonly close: () => Promise<void>;
}

let registry: FinalizationRegistry<Watched> | undefined;

/**
 * Warns (`SWITCHYARD_LEAK`) when a session is forgotten without having been closed, and closes it then.
 * Gives the function that ends the watch.
 */
export function watchForLeak(session: Session, watched: Watched): () => void {
  registry ??= new FinalizationRegistry(({ backend, close }) => {
    process.emitWarning(
      `A session on \`${backend}\` was garbage-collected without having been closed. It is closed now; use \`await using\` or \`session.close()\`, because nothing says when this happens.`,
      { code: 'SWITCHYARD_LEAK' },
    );
    close().catch((error: unknown) => {
      process.emitWarning(`Closing it failed: ${String(error)}`, { code: 'SWITCHYARD_LEAK' });
    });
  });
  const token = {};
  const watching = registry;
  watching.register(session, watched, token);
  return () => void watching.unregister(token);
}
