import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsPage, LIVE_FAULTS } from './__fixtures__/all-faults.ts';
import { startOddServer, warmUp, writeFaultModels, type Bench } from './__fixtures__/fault-bench.ts';
import { answerOf, fits } from './__fixtures__/fault-table.ts';
import { GrpcWire } from './__fixtures__/grpc-wire.ts';
import type { Holdings } from './__fixtures__/vitals.ts';

let bench: Bench;
let before: Holdings;
const folder = await mkdtemp(join(tmpdir(), 'switchyard-faults-'));

beforeAll(async () => {
  await writeFaultModels(folder);
  const server = await startOddServer(folder);
  bench = { server, grpc: new GrpcWire(server.grpcPort), folder };
  await warmUp(bench);
  before = await server.vitals.atRest();
}, 120_000);

afterAll(async () => {
  bench.grpc.close();
  const { vitals } = bench.server;
  process.stdout.write(
    `health after faults: ${vitals.healthChecks} times, slowest ${vitals.slowestHealthMs.toFixed(1)} ms\n`,
  );
  await bench.server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

describe.each(LIVE_FAULTS.map((row) => [row.fault, row] as const))('%s', (_, { cases }) => {
  it.each(cases.map((one) => [one.protocol, one.request, one] as const))(
    '%s: %s',
    async (_protocol, _request, one) => {
      const answer = answerOf(await one.ask(bench));
      expect(answer).toMatchObject({ status: one.status });
      if (!fits(answer.text, one.text)) expect(answer.text).toBe(one.text);
      // A promise of 100 ms on a machine that has nothing else to do; here others have something to do.
      expect(await bench.server.vitals.health()).toBeLessThan(2000);
      await bench.server.vitals.backTo(before);
    },
  );
});

it('the log has nothing that should not happen', () => {
  expect(bench.server.log().filter(({ msg }) => String(msg).includes('should not'))).toEqual([]);
});

it('the page of the reference is what was tried', () => {
  const words = (text: string): string => text.replaceAll(/[ \t\n]+|-{3,}/g, ' ').replaceAll(/ ?\| ?/g, '|');
  const page = readFileSync(new URL('../../../../docs/reference/server-faults.md', import.meta.url), 'utf8');
  expect(words(page)).toBe(words(faultsPage()));
});
