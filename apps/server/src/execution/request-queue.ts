import type { WaitingLine } from './form-batch.ts';
import type { ExecutorConfig, QueuePolicy } from './model-executor.ts';
import type { QueueEntry } from './queue-entry.ts';
import { QueueLine } from './queue-line.ts';

type QueueConfig = Pick<ExecutorConfig, 'priorityLevels' | 'defaultPriority' | 'queue' | 'queueByPriority'>;

interface Level {
  readonly policy: QueuePolicy;
  readonly fresh: QueueLine;
  /** Those that waited too long and may go on waiting; they come after the others of their level. */
  readonly delayed: QueueLine;
  size: number;
}

/**
 * Requests that wait, by priority and then by age. Each level is bounded and has a policy of its own.
 * Nothing here looks at a clock or holds a timer.
 */
export class RequestQueue implements WaitingLine<QueueEntry> {
  readonly #levels: readonly Level[];
  readonly #defaultLevel: number;
  readonly #firstLine: QueueLine;
  #size = 0;

  constructor({ priorityLevels, defaultPriority, queue, queueByPriority }: QueueConfig) {
    this.#levels = Array.from({ length: Math.max(1, priorityLevels) }, (_, at) => ({
      policy: (priorityLevels === 0 ? undefined : queueByPriority.get(at + 1)) ?? queue,
      fresh: new QueueLine(),
      delayed: new QueueLine(),
      size: 0,
    }));
    this.#defaultLevel = Math.min(Math.max(1, defaultPriority), this.#levels.length) - 1;
    this.#firstLine = this.#levels[0]!.fresh;
    const lines = this.#levels.flatMap(({ fresh, delayed }) => [fresh, delayed]);
    for (const [at, line] of lines.entries()) line.following = lines[at + 1] ?? null;
  }

  get size(): number {
    return this.#size;
  }

  /** Gives whether there was room. A priority that does not exist is the default one. */
  add(entry: QueueEntry): boolean {
    const { priority, queueTimeoutMicros } = entry.request;
    entry.level = priority >= 1 && priority <= this.#levels.length ? priority - 1 : this.#defaultLevel;
    const level = this.#levels[entry.level]!;
    const { policy } = level;
    if (level.size >= policy.maxSize) return false;
    let micros = policy.timeoutMicros;
    if (policy.allowTimeoutOverride && queueTimeoutMicros > 0) {
      micros = micros === 0 ? queueTimeoutMicros : Math.min(micros, queueTimeoutMicros);
    }
    if (micros > 0) entry.expiresAt = entry.since + micros / 1000;
    level.fresh.push(entry);
    level.size += 1;
    this.#size += 1;
    return true;
  }

  /** Takes one back that was served and is served again: it was accepted, so that it finds room and never expires. */
  putBack(entry: QueueEntry): void {
    entry.expiresAt = Infinity;
    const level = this.#levels[entry.level]!;
    level.fresh.unshift(entry);
    level.size += 1;
    this.#size += 1;
  }

  remove(entry: QueueEntry): void {
    entry.line!.remove(entry);
    this.#levels[entry.level]!.size -= 1;
    this.#size -= 1;
  }

  first(): QueueEntry | null {
    return firstOf(this.#firstLine);
  }

  after(entry: QueueEntry): QueueEntry | null {
    return entry.next ?? firstOf(entry.line!.following);
  }

  /**
   * Takes out who waited too long, by the policy of his level or by his own deadline, and gives the time
   * at which the next one will have.
   */
  expire(now: number, expired: (entry: QueueEntry, why: 'timeout' | 'deadline') => void): number {
    let next = Infinity;
    for (let entry = this.first(); entry !== null;) {
      const following = this.after(entry);
      if (entry.deadline <= now) {
        this.remove(entry);
        expired(entry, 'deadline');
      } else if (entry.expiresAt > now) next = Math.min(next, entry.expiresAt, entry.deadline);
      else if (this.#levels[entry.level]!.policy.timeoutAction === 'REJECT') {
        this.remove(entry);
        expired(entry, 'timeout');
      } else {
        const { delayed } = this.#levels[entry.level]!;
        entry.line!.remove(entry);
        entry.expiresAt = Infinity;
        delayed.push(entry);
        next = Math.min(next, entry.deadline);
      }
      entry = following;
    }
    return next;
  }
}

function firstOf(from: QueueLine | null): QueueEntry | null {
  for (let line = from; line !== null; line = line.following) if (line.first !== null) return line.first;
  return null;
}
