import { busyModel, configure, parameter } from './drill-models.ts';
import { mebibytes, milliseconds, quantile, type Finding } from './figures.ts';
import { startServer, type LiveServer } from './live-server.ts';
import { readReply, taggedRequest } from './tagged.ts';
import { residentBytesOf } from './vitals.ts';
import { Wire } from './wire.ts';
import { withModels } from './with-server.ts';

const MEBIBYTE = 1024 * 1024;
/** What memory may grow by while ten times as much is asked for as can be done. */
const MOST_GROWTH = 256 * MEBIBYTE;
const TIMES = 10;

export interface OverloadOptions {
  readonly seconds: number;
  /** Whether times count as promises, which they do on a machine that has nothing else to do. */
  readonly timed: boolean;
}

/**
 * A server of one model that takes some ten milliseconds, one request at a time, and of which one may wait:
 * whoever wants an answer within three times its time lets no more wait than that.
 */
export function withBusyServer<Result>(use: (server: LiveServer) => Promise<Result>): Promise<Result> {
  return withModels([busyModel(20_000)], async (folder) => {
    await configure(folder, 'busy', parameter('max_queue_size', '1') + parameter('dynamic_batching', 'false'));
    await using server = await startServer({ models: [folder] });
    return await use(server);
  });
}

/** Asks `busy` for ten times as much as it can do, without waiting for answers. */
export async function overload(server: LiveServer, { seconds, timed }: OverloadOptions): Promise<Finding> {
  const before = await server.vitals.atRest();
  const broken: string[] = [];
  const unloaded: number[] = [];
  let tag = 0;
  const wires: Wire[] = [];
  const idle: Wire[] = [];
  const ask = async (onEnd: (status: number, took: number, retryAfter: string | undefined) => void): Promise<void> => {
    tag += 1;
    const mine = tag;
    let wire = idle.pop();
    if (wire === undefined || wire.isOver) {
      wire = new Wire(server.httpPort);
      wires.push(wire);
    }
    const start = performance.now();
    try {
      const reply = await wire.ask(taggedRequest(mine, 'json', 'busy'));
      onEnd(reply.status, performance.now() - start, reply.headers.get('retry-after'));
      if (reply.status === 200 && typeof readReply(reply, mine) === 'string') broken.push(`A wrong answer to ${mine}.`);
      idle.push(wire);
    } catch (error) {
      broken.push(`Request ${mine}: ${String(error)}`);
    }
  };
  for (let round = 0; round < 10 + 25 * seconds; round += 1) {
    await ask((_, took) => {
      if (round >= 10) unloaded.push(took);
    });
  }
  // Two at a time keep it busy without a pause.
  let done = 0;
  const capacityMs = Math.max(1000, seconds * 500);
  const start = performance.now();
  const pairs = Array.from({ length: 2 }, async () => {
    while (performance.now() - start < capacityMs) {
      await ask((status) => {
        if (status === 200) done += 1;
      });
    }
  });
  await Promise.all(pairs);
  const capacity = done / ((performance.now() - start) / 1000);

  const accepted: number[] = [];
  const refused: number[] = [];
  const others = new Map<string, number>();
  const health: number[] = [];
  const memory = (): number =>
    [server.pid, ...server.vitals.children()].reduce((sum, pid) => sum + residentBytesOf(pid), 0);
  const memoryBefore = memory();
  let memoryMost = memoryBefore;
  const over = new AbortController();
  const probe = (async () => {
    const wire = new Wire(server.httpPort);
    while (!over.signal.aborted) {
      const asked = performance.now();
      const reply = await wire.ask('GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n');
      if (reply.status !== 200) broken.push(`Health is ${reply.status}.`);
      health.push(performance.now() - asked);
      memoryMost = Math.max(memoryMost, memory());
      await new Promise((next) => setTimeout(next, 10));
    }
    wire.end();
  })();
  const running: Promise<void>[] = [];
  const begin = performance.now();
  let sent = 0;
  while (performance.now() - begin < seconds * 1000) {
    const due = Math.floor(((performance.now() - begin) / 1000) * capacity * TIMES);
    for (; sent < due; sent += 1) {
      running.push(
        ask((status, took, retryAfter) => {
          if (status === 200) accepted.push(took);
          else if (status === 503 && Number(retryAfter) >= 1) refused.push(took);
          else others.set(`${status}, Retry-After ${retryAfter}`, (others.get(`${status}, Retry-After ${retryAfter}`) ?? 0) + 1);
        }),
      );
    }
    await new Promise((next) => setTimeout(next, 2));
  }
  const took = (performance.now() - begin) / 1000;
  await Promise.all(running);
  over.abort();
  await probe;
  for (const wire of wires) wire.end();
  for (const [what, times] of others) broken.push(`${times} requests were answered with ${what}.`);
  if (accepted.length === 0) broken.push('No request was accepted.');
  if (refused.length === 0) broken.push('No request was refused.');
  if (memoryMost - memoryBefore > MOST_GROWTH) broken.push(`Memory grew by ${mebibytes(memoryMost - memoryBefore)}.`);
  await server.vitals.backTo(before).catch((error: unknown) => broken.push(String(error)));
  const [p99, base, healthP99] = [quantile(accepted, 0.99), quantile(unloaded, 0.99), quantile(health, 0.99)];
  if (timed && p99 > 3 * base) broken.push(`p99 of accepted requests is ${(p99 / base).toFixed(2)} times the unloaded one.`);
  if (timed && healthP99 >= 50) broken.push(`p99 of health is ${milliseconds(healthP99)}.`);
  return {
    title: `Overload: ${TIMES} times what can be done, for ${took.toFixed(1)} s`,
    rows: [
      ['capacity', `${capacity.toFixed(0)} requests a second`],
      ['asked', `${(sent / took).toFixed(0)} requests a second, ${sent} in all, over ${wires.length} connections`],
      ['accepted', `${accepted.length} (${(accepted.length / took).toFixed(0)} a second)`],
      ['refused', `${refused.length} with 503 and Retry-After, p99 ${milliseconds(quantile(refused, 0.99))}`],
      ['unloaded', `p50 ${milliseconds(quantile(unloaded, 0.5))}, p99 ${milliseconds(base)}`],
      ['accepted under overload', `p50 ${milliseconds(quantile(accepted, 0.5))}, p99 ${milliseconds(p99)}, ${(p99 / base).toFixed(2)} times the unloaded one`],
      ['health under overload', `p50 ${milliseconds(quantile(health, 0.5))}, p99 ${milliseconds(healthP99)}, of ${health.length}`],
      ['memory of all processes', `${mebibytes(memoryBefore)} before, ${mebibytes(memoryMost)} at most`],
    ],
    broken,
  };
}
