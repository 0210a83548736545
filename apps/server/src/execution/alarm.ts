const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One timer for everything that becomes too late, whichever is the first. It keeps no program alive. */
export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | null = null;
  #due = Infinity;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings at this time of `performance.now()` at the latest; one that is set for earlier stays. */
  ringAt(due: number): void {
    if (due >= this.#due) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = due;
    const left = Math.ceil(due - performance.now());
    this.#timer = setTimeout(this.#onTimer, Math.min(Math.max(1, left), LONGEST_TIMER_MS));
    this.#timer.unref();
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#due = Infinity;
  }

  readonly #onTimer = (): void => {
    this.clear();
    this.#ring();
  };
}
