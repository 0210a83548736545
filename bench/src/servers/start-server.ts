import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own, on loopback. */
export interface BenchServer extends AsyncDisposable {
  readonly port: number;
  /** `null` where it speaks no gRPC. */
  readonly grpcPort: number | null;
  readonly pid: number;
}

/** Starts one of the programs beside this module. */
export async function startServer(program: string, words: readonly string[] = []): Promise<BenchServer> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [...words], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`\`${program}\` ended with status ${code} before it listened.`);
    }),
  ])) as [{ readonly port: number; readonly grpcPort?: number }];
  return {
    port: message.port,
    grpcPort: message.grpcPort ?? null,
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
