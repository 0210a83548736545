import { tensorValues } from '@switchyard/core';
import { createEchoBackend } from './echo-backend.ts';
import { createFaultBackend, FAULTS } from './fault-backend.ts';
import { fault, isAlive, openFixture, sharedFolders } from './open-fixture.ts';

export interface KillRounds {
  readonly rounds: number;
  /** Answers of the session beside, and those of them that were wrong or did not come. */
  readonly besideAnswers: number;
  readonly besideFailures: number;
  /** Runs behind the killed one that were not answered. */
  readonly lostBehind: number;
  readonly processes: number;
  readonly orphans: readonly number[];
  readonly folders: readonly string[];
  readonly milliseconds: number;
}

const LARGE = 200_000;

/**
 * Ends a run of one session in its middle, time after time: by a signal of the caller, by its time
 * limit, or by killing its process from outside, while another session answers all the time.
 */
export async function killRounds(rounds: number): Promise<KillRounds> {
  const start = performance.now();
  const victim = await openFixture(createFaultBackend(), 'process');
  const beside = await openFixture(createEchoBackend('uint8'), 'process');
  const pids = new Set<number>();
  let besideAnswers = 0;
  let besideFailures = 0;
  let lostBehind = 0;
  const state = { going: true };
  const answering = (async () => {
    const bytes = new Uint8Array(LARGE);
    while (state.going) {
      bytes.fill(besideAnswers % 256);
      const answer = await beside.doRun({ x: { dtype: 'uint8', shape: [LARGE], bytes } }).catch(() => ({}));
      const y = (answer as { y?: { bytes: Uint8Array } }).y;
      if (y === undefined || Buffer.compare(y.bytes, bytes) !== 0) besideFailures += 1;
      besideAnswers += 1;
      await new Promise((next) => setTimeout(next, 1));
    }
  })();
  for (let round = 0; round < rounds; round += 1) {
    const way = round % 3;
    const controller = new AbortController();
    const long = victim.doRun(fault(FAULTS.block, 60_000), {
      ...(way === 0 ? { signal: controller.signal } : {}),
      ...(way === 1 ? { timeoutMs: 10 } : {}),
    });
    const behind = [1, 2].map((value) => victim.doRun(fault(0, value)));
    // One that was there already, so that the process that is killed is the one that runs it.
    const pid = victim.isolation.pid;
    if (pid !== null) pids.add(pid);
    if (way === 0) setTimeout(() => controller.abort(), round % 7);
    else if (way === 2) setTimeout(() => pid !== null && process.kill(pid, 'SIGKILL'), round % 7);
    const outcome = await long.then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );
    if (outcome !== ['aborted', 'timed-out', 'run-failed'][way]) lostBehind += 1;
    for (const [at, run] of behind.entries()) {
      const value = await run.then(({ y }) => tensorValues(y!)[1]).catch(() => null);
      if (value !== at + 1) lostBehind += 1;
    }
  }
  state.going = false;
  await answering;
  for (const { isolation } of [victim, beside]) if (isolation.pid !== null) pids.add(isolation.pid);
  await Promise.all([victim[Symbol.asyncDispose](), beside[Symbol.asyncDispose]()]);
  await new Promise((next) => setTimeout(next, 200));
  return {
    rounds,
    besideAnswers,
    besideFailures,
    lostBehind,
    processes: pids.size,
    orphans: [...pids].filter((pid) => isAlive(pid)),
    folders: sharedFolders(process.pid),
    milliseconds: Math.round(performance.now() - start),
  };
}

