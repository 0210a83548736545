import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const ECHO = fileURLToPath(new URL('socket-echo-child.ts', import.meta.url));
const ENGINE = fileURLToPath(new URL('engine-child.ts', import.meta.url));

/** A child process that answers over a socket pair: the least that talking to another process costs. */
export interface SocketEcho extends AsyncDisposable {
  /** Writes `bytes` and resolves when as many have come back. Calls are answered in their order. */
  send(bytes: Uint8Array): Promise<void>;
}

/** What the child does: `echo` writes back what it reads. */
export type EchoKind =
  | 'echo'
  /**
   * Runs `y = Identity(x)` on it first, with no frames and no checks, for messages of one small size that are
   * handed to the engine one after the other, each when the one before was answered.
   */
  | 'engine'
  /** The same, with all messages handed to the engine that came together. */
  | 'engine at once';

/** Starts the child for messages of `messageBytes` each. */
export async function openSocketEcho(messageBytes: number, kind: EchoKind = 'echo'): Promise<SocketEcho> {
  const words =
    kind === 'echo' ? [ECHO] : [ENGINE, String(messageBytes), kind === 'engine' ? 'in turn' : 'at once'];
  const child = spawn(process.execPath, [...process.execArgv, ...words], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const ended = once(child, 'exit');
  const socket = child.stdio[3] as unknown as Socket;
  if (kind !== 'echo') await once(socket, 'data');
  const waiting: (() => void)[] = [];
  let received = 0;
  socket.on('data', (bytes: Buffer) => {
    received += bytes.length;
    for (; received >= messageBytes; received -= messageBytes) waiting.shift()?.();
  });
  const echo: SocketEcho = {
    send(bytes) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      socket.write(bytes);
      return promise;
    },
    async [Symbol.asyncDispose]() {
      socket.end();
      await ended;
    },
  };
  await echo.send(new Uint8Array(messageBytes));
  return echo;
}
