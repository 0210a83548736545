import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('serialisation-echo-child.ts', import.meta.url));

/** A child process behind `child_process`'s own channel with `serialization: 'advanced'`. */
export interface SerialisationEcho extends AsyncDisposable {
  /** Sends `bytes` and resolves to those that came back. One call at a time. */
  send(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Starts the child. */
export async function openSerialisationEcho(): Promise<SerialisationEcho> {
  const child = fork(CHILD, [], { serialization: 'advanced' });
  const ended = once(child, 'exit');
  const echo: SerialisationEcho = {
    async send(bytes) {
      const answer = once(child, 'message');
      child.send(bytes);
      const [received] = (await answer) as [Uint8Array];
      return received;
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
  await echo.send(new Uint8Array(64));
  return echo;
}
