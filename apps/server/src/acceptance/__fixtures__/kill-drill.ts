import { busyModel, configure, parameter } from './drill-models.ts';
import { mebibytes, milliseconds, quantile, type Finding } from './figures.ts';
import { startServer, until, type LiveServer } from './live-server.ts';
import { Load, type Outcome } from './load.ts';
import { isAlive } from './vitals.ts';
import { withModels } from './with-server.ts';

/** What a client is told whose request ran in a process that was killed. */
const REFUSAL = "backend process for 'busy' ended (signal SIGKILL)";

/** A server where every request runs alone, or in a batch of up to 8. */
export function withKilledServer<Result>(isBatched: boolean, use: (server: LiveServer) => Promise<Result>): Promise<Result> {
  return withModels([busyModel(10_000)], async (folder) => {
    if (!isBatched) await configure(folder, 'busy', parameter('dynamic_batching', 'false'));
    await using server = await startServer({ models: [folder] });
    return await use(server);
  });
}

/** Kills the process of `busy` again and again while clients ask it, at no moment in particular. */
export async function killUnderLoad(server: LiveServer, kills: number, isBatched: boolean): Promise<Finding> {
  const before = await server.vitals.atRest();
  const broken: string[] = [];
  const failed: Outcome[] = [];
  const count = { right: 0, wrong: 0 };
  let lastRight: Outcome | null = null;
  const load = new Load({
    httpPort: server.httpPort,
    grpcPort: server.grpcPort,
    model: 'busy',
    clients: 12,
    forms: ['json', 'binary', 'grpc'],
    onOutcome(outcome) {
      if (outcome.kind === 'right') {
        count.right += 1;
        lastRight = outcome;
      } else if (outcome.kind === 'wrong') {
        count.wrong += 1;
        broken.push(`A wrong answer: ${outcome.text}`);
      } else failed.push(outcome);
    },
  });
  const killed: { readonly at: number; readonly pid: number }[] = [];
  const restoredMs: number[] = [];
  const answeredAfter = (moment: number): boolean => lastRight !== null && lastRight.sentAt > moment;
  await until('requests are answered', () => lastRight !== null);
  for (let round = 0; round < kills; round += 1) {
    const [pid] = server.vitals.children();
    // Anywhere in a run, and in the first one of a process too.
    await new Promise((next) => setTimeout(next, (round * 37) % 60));
    const at = performance.now();
    process.kill(pid!, 'SIGKILL');
    killed.push({ at, pid: pid! });
    await server.vitals.health();
    await until(`service is restored after kill ${round + 1}`, () => answeredAfter(at));
    restoredMs.push(performance.now() - at);
  }
  await load.stop();
  const perKill = killed.map(({ at }) => failed.filter((one) => one.sentAt <= at && one.doneAt >= at).length);
  for (const one of failed) {
    const isDocumented = (one.status === 500 || one.status === 13) && one.text.includes(REFUSAL);
    if (!isDocumented) broken.push(`${one.form} ${one.kind} ${one.status} ${one.text}`);
    if (!killed.some(({ at }) => one.sentAt <= at && one.doneAt >= at)) {
      broken.push(`Request ${one.tag} failed though no process was killed while it was under way.`);
    }
  }
  const most = Math.max(0, ...perKill);
  // Of a batch, whose requests are tried again alone, there may be several; a lone run takes one with it.
  const mostAllowed = isBatched ? 8 : 1;
  if (most > mostAllowed) broken.push(`${most} requests failed for one kill, and ${mostAllowed} may.`);
  await server.vitals.backTo(before).catch((error: unknown) => broken.push(String(error)));
  const leftOver = killed.filter(({ pid }) => isAlive(pid));
  if (leftOver.length > 0) broken.push(`${leftOver.length} killed processes are still there.`);
  return {
    title: `Kill -9 of a busy model process, ${kills} times, requests ${isBatched ? 'in batches' : 'one by one'}`,
    rows: [
      ['answers', `${count.right} right, ${count.wrong} wrong`],
      ['failed', `${failed.length} of ${count.right + failed.length}, at most ${most} for one kill`],
      ['told', [...new Set(failed.map(({ form, status, text }) => `${form} ${status} ${text}`))].join('; ') || 'nothing'],
      ['restored in', `median ${milliseconds(quantile(restoredMs, 0.5))}, longest ${milliseconds(Math.max(...restoredMs))}`],
      ['slowest health', milliseconds(server.vitals.slowestHealthMs)],
      ['resident memory', mebibytes(server.vitals.residentBytes())],
    ],
    broken,
  };
}
