import { readdirSync } from 'node:fs';
import { milliseconds, type Finding } from './figures.ts';
import { pause, startServer, until, type LiveServer } from './live-server.ts';
import { Load, type Outcome } from './load.ts';
import { requestIdOf } from './tagged.ts';
import { isAlive } from './vitals.ts';

/** A server that goes on for a moment after it was told to end, as an orchestrator needs it. */
export function startForEnd(folder: string): Promise<LiveServer> {
  return startServer({ models: [folder], flags: ['--shutdown-delay=500ms', '--log-level=verbose'] });
}

/** Sends SIGTERM to servers while clients ask them, and looks at what is left. */
export async function endUnderLoad(start: () => Promise<LiveServer>, rounds: number): Promise<Finding> {
  const broken: string[] = [];
  const totals = { right: 0, refused: 0, unsent: 0, lost: 0, wrong: 0, unread: 0 };
  const tookMs: number[] = [];
  const refusals = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    await using server = await start();
    const children = [...server.vitals.children()];
    const outcomes: Outcome[] = [];
    const load = new Load({
      httpPort: server.httpPort,
      grpcPort: server.grpcPort,
      model: 'busy',
      clients: 12,
      forms: ['json', 'binary', 'grpc'],
      onOutcome: (outcome) => outcomes.push(outcome),
    });
    await until('requests are answered', () => outcomes.some(({ kind }) => kind === 'right'));
    await pause((round * 31) % 100);
    const asked = performance.now();
    server.signal('SIGTERM');
    const how = await server.ended;
    tookMs.push(performance.now() - asked);
    await load.deserted;
    if (how !== 0) broken.push(`Round ${round + 1} ended with ${how}.`);
    // What the server has read is in its log, whatever became of it.
    const read = new Set(server.log().map((line) => line['requestId']));
    for (const outcome of outcomes) {
      const { form, status, text } = outcome;
      const isUnread = outcome.kind === 'lost' && form !== 'grpc' && !read.has(requestIdOf(outcome.tag));
      const kind = isUnread ? 'unread' : outcome.kind;
      totals[kind] += 1;
      if (kind === 'right' && form !== 'grpc' && !read.has(requestIdOf(outcome.tag))) {
        broken.push(`Round ${round + 1}: the log does not have request ${outcome.tag}, which was answered.`);
      }
      if (kind === 'refused') refusals.add(`${form} ${status} ${text}`);
      if (kind === 'lost' || kind === 'wrong') broken.push(`Round ${round + 1}: ${form} ${kind}: ${text}, ${milliseconds(outcome.sentAt - asked)} after the signal.`);
      if (kind === 'refused' && status !== 503 && status !== 14) broken.push(`Round ${round + 1}: ${form} ${status} ${text}`);
    }
    const orphans = children.filter((pid) => isAlive(pid));
    if (orphans.length > 0) broken.push(`Round ${round + 1} left ${orphans.length} processes.`);
    // Objects in shared memory have the process that made them in their name.
    const owners = [server.pid, ...children].map((pid) => `-${pid}-`);
    const left = readdirSync('/dev/shm').filter((name) => owners.some((owner) => name.includes(owner)));
    if (left.length > 0) broken.push(`Round ${round + 1} left ${left.join(', ')} in /dev/shm.`);
    const files = readdirSync(server.temporaryFolder);
    if (files.length > 0) broken.push(`Round ${round + 1} left ${files.join(', ')} in the temporary folder.`);
  }
  return {
    title: `SIGTERM under load, ${rounds} times`,
    rows: [
      ['answered', `${totals.right} right, ${totals.wrong} wrong`],
      ['accepted and lost', String(totals.lost)],
      ['refused', `${totals.refused}${refusals.size === 0 ? '' : `: ${[...refusals].join('; ')}`}`],
      ['never read', `${totals.unread}: on connections that the system had taken when the last one was`],
      ['found nobody any more', `${totals.unsent} clients`],
      ['from signal to exit', `longest ${milliseconds(Math.max(...tookMs))}`],
    ],
    broken,
  };
}
