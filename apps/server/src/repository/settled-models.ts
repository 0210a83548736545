interface Seen {
  readonly fingerprint: string;
  readonly since: number;
}

/** Tells when a model's files have stopped changing, so that nothing half-written is loaded. */
export class SettledModels {
  readonly #settleMs: number;
  readonly #accepted = new Map<string, string>();
  readonly #seen = new Map<string, Seen>();

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /** What is loaded without waiting, as at start. */
  accept(name: string, fingerprint: string): void {
    this.#accepted.set(name, fingerprint);
  }

  /**
   * `changed` once for files that are other than those accepted last and were the same in two looks that
   * far apart; `waiting` until then.
   */
  see(name: string, fingerprint: string, now: number = performance.now()): 'same' | 'waiting' | 'changed' {
    if (this.#accepted.get(name) === fingerprint) {
      this.#seen.delete(name);
      return 'same';
    }
    const before = this.#seen.get(name);
    if (before?.fingerprint !== fingerprint) {
      this.#seen.set(name, { fingerprint, since: now });
      return 'waiting';
    }
    if (now - before.since < this.#settleMs) return 'waiting';
    this.#seen.delete(name);
    this.#accepted.set(name, fingerprint);
    return 'changed';
  }

  forget(name: string): void {
    this.#accepted.delete(name);
    this.#seen.delete(name);
  }
}
