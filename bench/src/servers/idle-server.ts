import { setTimeout as pause } from 'node:timers/promises';
import type { Contender, OpenContender } from '../harness/benchmark.ts';
import { proportionalMegabytes } from '../contenders/proportional-memory.ts';
import { descendants, residentMegabytes } from '../contenders/resident-memory.ts';
import { perceptron } from './serve-load.ts';
import { startServer } from './start-server.ts';

/** A server that has its model and nothing to do. */
export function idleServer(name: string, program: string): Contender {
  return {
    name,
    async open({ quick }): Promise<OpenContender> {
      const model = await perceptron.model();
      const server = await startServer(program, [model.path]);
      await (await fetch(`http://127.0.0.1:${server.port}/v2/health/live`)).arrayBuffer();
      await pause(quick ? 100 : 2000);
      return {
        measure: () => {
          const children = descendants(server.pid).map(proportionalMegabytes);
          const own = proportionalMegabytes(server.pid);
          const ofModel = children.reduce((sum, megabytes) => sum + megabytes, 0);
          return Promise.resolve({
            'all processes': own + ofModel,
            'server process': own,
            ...(children.length === 0 ? {} : { 'model process': ofModel }),
            'all processes, resident': residentMegabytes(server.pid),
          });
        },
        async [Symbol.asyncDispose]() {
          await server[Symbol.asyncDispose]();
          await model.remove();
        },
      };
    },
  };
}
