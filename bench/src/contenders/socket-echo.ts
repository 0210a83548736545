import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const CHILDREN = {
  echo: fileURLToPath(new URL('socket-echo-child.ts', import.meta.url)),
  engine: fileURLToPath(new URL('engine-child.ts', import.meta.url)),
};

/** A child process that echoes over a socket pair: the least that talking to another process costs. */
export interface SocketEcho extends AsyncDisposable {
  /** Writes `bytes` and resolves when as many have come back. One call at a time. */
  send(bytes: Uint8Array): Promise<void>;
}

/**
 * Starts the child. `echo` writes back what it reads; `engine` runs `y = Identity(x)` on it first, with no
 * frames, no checks and room for one small message.
 */
export async function openSocketEcho(kind: 'echo' | 'engine' = 'echo'): Promise<SocketEcho> {
  const child = spawn(process.execPath, [...process.execArgv, CHILDREN[kind]], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const ended = once(child, 'exit');
  const socket = child.stdio[3] as unknown as Socket;
  let missing = 0;
  if (kind === 'engine') await once(socket, 'data');
  let done: (() => void) | null = null;
  socket.on('data', (bytes: Buffer) => {
    missing -= bytes.length;
    if (missing === 0) done?.();
  });
  const echo: SocketEcho = {
    send(bytes) {
      const { promise, resolve } = Promise.withResolvers<void>();
      missing = bytes.length;
      done = resolve;
      socket.write(bytes);
      return promise;
    },
    async [Symbol.asyncDispose]() {
      socket.end();
      await ended;
    },
  };
  await echo.send(new Uint8Array(64));
  return echo;
}
