import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generationModel } from './drill-models.ts';
import { milliseconds, quantile, type Finding } from './figures.ts';
import { pause, until, type LiveServer } from './live-server.ts';
import { Load, type Outcome } from './load.ts';
import { askOnce, post } from './wire.ts';

const SETTLE_MS = 100;

/** Flags of a server for this drill. */
export const RELOAD_FLAGS: readonly string[] = [`--settle-time=${SETTLE_MS}ms`];

/**
 * Changes the file of `simple` again and again in the ways in which people and programs do it, and sees that
 * every request is answered by a complete file, and never by an older one than was seen before.
 */
export async function reloadUnderLoad(server: LiveServer, folder: string, rounds: number): Promise<Finding> {
  const home = join(folder, 'simple');
  const file = join(home, '1', 'model.onnx');
  const config = join(home, 'config.pbtxt');
  const broken: string[] = [];
  const count = { right: 0, other: 0 };
  /** The newest generation seen so far, with the moment when that was. */
  const seen: { readonly generation: number; readonly at: number }[] = [{ generation: 0, at: 0 }];
  let written = 0;
  const newest = (): number => seen.at(-1)!.generation;
  const oldestAllowed = (moment: number): number => seen.findLast(({ at }) => at <= moment)?.generation ?? 0;
  const onOutcome = (outcome: Outcome): void => {
    const { kind, form, status, text, generation, sentAt, doneAt } = outcome;
    if (kind !== 'right') {
      count.other += 1;
      broken.push(`${form} ${kind} ${status} ${text}`);
      return;
    }
    count.right += 1;
    const oldest = oldestAllowed(sentAt);
    if (generation < oldest || generation > written) {
      broken.push(`The file ${generation} answered, though ${oldest} had, and ${written} is the newest.`);
    }
    if (generation > newest()) seen.push({ generation, at: doneAt });
  };
  const before = await server.vitals.atRest();
  const load = new Load({
    httpPort: server.httpPort,
    grpcPort: server.grpcPort,
    model: 'simple',
    clients: 6,
    forms: ['json', 'binary', 'grpc'],
    pauseMs: 5,
    onOutcome,
  });
  await until('requests are answered', () => count.right > 0);
  const swapMs: number[] = [];
  const plain = await readFile(config);
  for (let round = 1; round <= rounds; round += 1) {
    const bytes = generationModel(round);
    const stay = async (): Promise<void> => {
      await pause(SETTLE_MS * 3);
      if (newest() !== round - 1) broken.push(`The file ${newest()} answers in round ${round}, before there is one.`);
    };
    switch (round % 7) {
      case 0: {
        await writeFile(file, bytes.subarray(0, bytes.length / 2));
        await pause(SETTLE_MS / 3);
        break;
      }
      case 1: {
        // A writer that stalls: what is there counts as complete, and has to be refused.
        await writeFile(file, bytes.subarray(0, bytes.length / 2));
        await stay();
        break;
      }
      case 2: {
        await writeFile(file, 'this is no model');
        await stay();
        break;
      }
      case 3: {
        await rm(file);
        await stay();
        break;
      }
      case 4: {
        await writeFile(config, 'max_batch_size: "x"');
        await stay();
        await writeFile(config, plain);
        break;
      }
      case 5: {
        // Everything is written again, as a copy of a repository does.
        await writeFile(file, '');
        await writeFile(config, plain);
        await writeFile(join(home, 'notes.txt'), `round ${round}`);
        break;
      }
      default: {
        await writeFile(`${file}.new`, bytes);
      }
    }
    written = round;
    const start = performance.now();
    if (round % 7 === 6) await rename(`${file}.new`, file);
    else await writeFile(file, bytes);
    try {
      await until(`the file ${round} answers`, () => newest() === round);
    } catch (error) {
      const index = await askOnce(server.httpPort, post('/v2/repository/index', ''));
      const log = server.log().slice(-8).map((line) => JSON.stringify(line));
      broken.push(`${String(error)} The index is ${index.body.toString()}, and the log ends with ${log.join('\n')}`);
      break;
    }
    swapMs.push(performance.now() - start);
    await server.vitals.health();
  }
  await load.stop();
  await server.vitals.backTo(before).catch((error: unknown) => broken.push(String(error)));
  return {
    title: `Reload under load, ${rounds} times`,
    rows: [
      ['answers', `${count.right} right, ${count.other} other`],
      ['files that answered', `${seen.length}`],
      ['from a complete file to its first answer', `median ${milliseconds(quantile(swapMs, 0.5))}, longest ${milliseconds(Math.max(...swapMs))}, settle time ${SETTLE_MS} ms`],
      ['slowest health', milliseconds(server.vitals.slowestHealthMs)],
    ],
    broken: [...new Set(broken)],
  };
}
