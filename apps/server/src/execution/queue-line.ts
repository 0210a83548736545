import type { QueueEntry } from './queue-entry.ts';

/** Requests one behind the other, each of which can leave at once. */
export class QueueLine {
  first: QueueEntry | null = null;
  last: QueueEntry | null = null;
  /** The line whose requests come after those of this one. */
  following: QueueLine | null = null;

  push(entry: QueueEntry): void {
    entry.line = this;
    entry.previous = this.last;
    entry.next = null;
    if (this.last === null) this.first = entry;
    else this.last.next = entry;
    this.last = entry;
  }

  unshift(entry: QueueEntry): void {
    entry.line = this;
    entry.previous = null;
    entry.next = this.first;
    if (this.first === null) this.last = entry;
    else this.first.previous = entry;
    this.first = entry;
  }

  remove(entry: QueueEntry): void {
    if (entry.previous === null) this.first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === null) this.last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.line = null;
    entry.next = null;
    entry.previous = null;
  }
}
