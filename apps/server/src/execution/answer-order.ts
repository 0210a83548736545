import type { QueueEntry } from './queue-entry.ts';

/** Lets requests be answered in the order in which they came. */
export class AnswerOrder {
  readonly #entries: QueueEntry[] = [];
  #answered = 0;

  add(entry: QueueEntry): void {
    this.#entries.push(entry);
  }

  /** The entry has its outcome. Gives those that may be answered now, in their order. */
  *ready(): Generator<QueueEntry> {
    for (;;) {
      const entry = this.#entries[this.#answered];
      if (entry === undefined || entry.outcome === null) break;
      this.#answered += 1;
      yield entry;
    }
    // Taking the first out of an array moves all the others.
    if (this.#answered < 1024 && this.#answered < this.#entries.length) return;
    this.#entries.splice(0, this.#answered);
    this.#answered = 0;
  }
}
