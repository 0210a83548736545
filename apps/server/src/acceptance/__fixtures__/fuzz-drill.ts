import type { Finding } from './figures.ts';
import { mebibytes, milliseconds } from './figures.ts';
import { grpcCase, problemOfGrpc } from './fuzz-grpc.ts';
import { httpCase, problemOfHttp } from './fuzz-http.ts';
import { problemOfRest, restCase } from './fuzz-rest.ts';
import { GrpcWire } from './grpc-wire.ts';
import type { LiveServer } from './live-server.ts';
import { Random } from './random.ts';
import { Wire } from './wire.ts';

/** A request that takes longer hangs. */
const PATIENCE_MS = 60_000;
/** Requests of one lane, which one seed makes. */
const LANE = 500;
const PIPELINE = 16;
const MOST_SHOWN = 20;

interface Tally {
  readonly kinds: Map<string, number>;
  readonly statuses: Map<string, number>;
  readonly problems: string[];
  sent: number;
}

/**
 * Sends generated requests: of ten, seven over REST with bodies that nearly fit, two over gRPC, and one whose
 * HTTP itself may be wrong. Lane `n` of a seed is always the same requests, so that a problem, which names its
 * lane and place, can be repeated.
 */
export async function fuzz(server: LiveServer, seed: number, count: number): Promise<Finding> {
  const before = await server.vitals.atRest();
  const rssBefore = server.vitals.residentBytes();
  const children = [...server.vitals.children()];
  const tally: Tally = { kinds: new Map(), statuses: new Map(), problems: [], sent: 0 };
  const started = performance.now();
  const lanes = Math.ceil(count / LANE);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < lanes && tally.problems.length < MOST_SHOWN) {
      const lane = next;
      next += 1;
      await runLane(server, seed, lane, Math.min(LANE, count - lane * LANE), tally);
      if (lane % 20 === 0) await server.vitals.health();
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
  const seconds = (performance.now() - started) / 1000;
  const broken = [...tally.problems];
  await server.vitals.health();
  await server.vitals.backTo(before).catch((error: unknown) => broken.push(String(error)));
  if (String(children) !== String(server.vitals.children())) broken.push('A process of a model ended.');
  for (const line of server.log()) {
    if (line['level'] === 'error' || line['level'] === 50) broken.push(`The log has ${JSON.stringify(line)}.`);
  }
  const list = (map: ReadonlyMap<string, number>): string =>
    [...map.keys()]
      .toSorted((one, other) => one.localeCompare(other))
      .map((key) => `${key}: ${map.get(key)}`)
      .join(', ');
  return {
    title: `Fuzz: ${tally.sent} generated requests with seed ${seed}`,
    rows: [
      ['requests', `${tally.sent} in ${seconds.toFixed(1)} s, ${Math.round(tally.sent / seconds)} a second`],
      ['kinds', list(tally.kinds)],
      ['answers', list(tally.statuses)],
      ['slowest health', `${milliseconds(server.vitals.slowestHealthMs)} of ${server.vitals.healthChecks}`],
      ['resident memory', `${mebibytes(rssBefore)} before, ${mebibytes(server.vitals.residentBytes())} after`],
    ],
    broken,
  };
}

async function runLane(server: LiveServer, seed: number, lane: number, count: number, tally: Tally): Promise<void> {
  const random = new Random(Math.imul(seed, 0x9e37_79b1) ^ (lane * 0x85eb_ca6b));
  const kind = lane % 10;
  const label = (index: number): string => `seed ${seed}, lane ${lane}, request ${index}`;
  const count1 = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  const tell = (index: number, what: string, sent: Buffer): void => {
    if (tally.problems.length < MOST_SHOWN * 2) {
      tally.problems.push(`${label(index)}: ${what}\n      sent ${JSON.stringify(sent.toString('latin1').slice(0, 1500))}`);
    }
  };
  if (kind < 7) {
    let wire = new Wire(server.httpPort);
    await inParallel(count, PIPELINE, async (index) => {
      const { kind: name, bytes, expected } = restCase(random);
      count1(tally.kinds, name);
      tally.sent += 1;
      // A refusal of a large body ends the connection.
      if (wire.isOver) wire = new Wire(server.httpPort);
      try {
        const reply = await within(wire.ask(bytes));
        count1(tally.statuses, String(reply.status));
        const problem = problemOfRest(reply, expected);
        if (problem !== null) tell(index, problem, bytes);
      } catch (error) {
        tell(index, String(error), bytes);
      }
    });
    wire.end();
  } else if (kind < 9) {
    const grpc = new GrpcWire(server.grpcPort);
    await inParallel(count, PIPELINE, async (index) => {
      const one = grpcCase(random);
      count1(tally.kinds, one.kind);
      tally.sent += 1;
      const reply = await grpc.call('ModelInfer', one.bytes, { timeoutMs: PATIENCE_MS });
      count1(tally.statuses, `gRPC ${reply.code}`);
      const problem = problemOfGrpc(reply, one);
      if (problem !== null) tell(index, problem, one.bytes);
    });
    grpc.close();
  } else {
    await inParallel(count, 8, async (index) => {
      const bytes = httpCase(random);
      count1(tally.kinds, 'head of HTTP');
      tally.sent += 1;
      const wire = new Wire(server.httpPort);
      wire.send(bytes);
      try {
        await within(wire.closed);
      } catch (error) {
        tell(index, String(error), bytes);
        wire.end();
      }
      for (const { status } of wire.unasked) count1(tally.statuses, String(status));
      if (wire.unasked.length === 0) count1(tally.statuses, 'closed');
      const problem = problemOfHttp(wire.unasked);
      if (problem !== null) tell(index, problem, bytes);
    });
  }
}

async function inParallel(count: number, width: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await run(next - 1);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
}

async function within<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer in ${PATIENCE_MS} ms.`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
