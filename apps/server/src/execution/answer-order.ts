import type { QueueEntry } from './queue-entry.ts';

/** Lets requests be answered in the order in which they came. */
export class AnswerOrder {
  #entries: (QueueEntry | null)[] = [];
  #answered = 0;

  add(entry: QueueEntry): void {
    this.#entries.push(entry);
  }

  /** The next that may be answered, because it has its outcome and none before it waits for one. */
  next(): QueueEntry | null {
    const entry = this.#entries[this.#answered] ?? null;
    if (entry === null || entry.outcome === null) return null;
    // Nothing of an answer is kept once it is given.
    this.#entries[this.#answered] = null;
    this.#answered += 1;
    // Taking the first out of an array moves all the others.
    if (this.#answered === this.#entries.length || this.#answered === 1024) {
      this.#entries = this.#entries.slice(this.#answered);
      this.#answered = 0;
    }
    return entry;
  }
}
