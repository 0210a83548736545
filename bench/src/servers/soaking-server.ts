import type { Contender, OpenContender } from '../harness/benchmark.ts';
import { residentMegabytes } from '../contenders/resident-memory.ts';
import { askJson, perceptron } from './serve-load.ts';
import { startServer } from './start-server.ts';

const MINUTES = 10;

/** Ours under load that does not stop; every round is the next minute of it. */
export function soakingServer(name: string): Contender {
  return {
    name,
    async open({ quick }): Promise<OpenContender> {
      const minute = quick ? 300 : 60_000;
      const model = await perceptron.model();
      const server = await startServer('switchyard-server.ts', [model.path]);
      const ask = askJson(perceptron);
      await ask(server, model.name, minute / 2);
      const throughputs: number[] = [];
      const residents: number[] = [];
      return {
        async measure() {
          const { throughput, p99 } = await ask(server, model.name, minute);
          throughputs.push(throughput!);
          residents.push(residentMegabytes(server.pid));
          const resident = residents.at(-1)!;
          const sample = { throughput: throughput!, p99: p99!, resident };
          if (throughputs.length < (quick ? 2 : MINUTES)) return sample;
          return {
            ...sample,
            'last over first minute': throughput! / throughputs[0]!,
            'growth, minutes 5 to 10': resident - residents[Math.floor(residents.length / 2) - 1]!,
          };
        },
        async [Symbol.asyncDispose]() {
          await server[Symbol.asyncDispose]();
          await model.remove();
        },
      };
    },
  };
}
