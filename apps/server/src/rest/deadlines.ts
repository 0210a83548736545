/** Something that must be over at a time of `performance.now()`. */
export interface Overdue {
  overdue(): void;
}

/** Deadlines of many things for the price of one timer, which exists while there is anything to watch. */
export class Deadlines {
  readonly #watched: Map<Overdue, number> = new Map();
  readonly #periodMs: number;
  #timer: NodeJS.Timeout | null = null;

  /** @param periodMs how often to look: how late a deadline may be noticed */
  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  watch(target: Overdue, deadline: number): void {
    this.#watched.set(target, deadline);
    this.#timer ??= setInterval(() => this.#look(), this.#periodMs).unref();
  }

  forget(target: Overdue): void {
    this.#watched.delete(target);
  }

  #look(): void {
    const now = performance.now();
    for (const [target, deadline] of this.#watched) {
      if (deadline <= now) {
        this.#watched.delete(target);
        target.overdue();
      }
    }
    if (this.#watched.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }
}
