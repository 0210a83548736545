import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ids of processes in a file that are still there after they had a while to go. */
export async function survivors(pids: string): Promise<readonly number[]> {
  for (let attempt = 0; ; attempt += 1) {
    const alive = recorded(pids).filter((pid) => isAlive(pid));
    if (alive.length === 0 || attempt === 200) return alive;
    await sleep(25);
  }
}

/** Ids that were recorded. */
export function recorded(pids: string): readonly number[] {
  return existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : [];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that ended and was not waited for is not alive.
    return !(process.platform === 'linux' && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  } catch {
    return false;
  }
}
