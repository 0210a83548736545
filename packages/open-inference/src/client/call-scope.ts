import type { CallOptions } from './inference-client.ts';
import { InferenceClientError } from './client-error.ts';

/** One call from its beginning to its end: the caller's signal and the time it has. */
export class CallScope {
  readonly signal: AbortSignal;
  private readonly protocol: 'rest' | 'grpc';
  private readonly controller: AbortController = new AbortController();
  private readonly outer: AbortSignal | undefined;
  private readonly timeoutMs: number | undefined;
  private readonly endsAt: number;
  private readonly timer: ReturnType<typeof setTimeout> | undefined;
  private timedOut: boolean = false;

  constructor(protocol: 'rest' | 'grpc', options: CallOptions) {
    this.protocol = protocol;
    this.signal = this.controller.signal;
    this.outer = options.signal;
    this.timeoutMs = options.timeoutMs;
    this.endsAt = options.timeoutMs === undefined ? Infinity : performance.now() + options.timeoutMs;
    if (this.outer?.aborted === true) this.abort();
    else this.outer?.addEventListener('abort', this.abort, { once: true });
    if (options.timeoutMs !== undefined) this.timer = setTimeout(this.timeOut, options.timeoutMs);
  }

  /** Milliseconds that are left, `Infinity` without a limit. */
  remainingMs(): number {
    return Math.max(0, this.endsAt - performance.now());
  }

  /** Why the call is over, or `null` while it is not. */
  ended(): InferenceClientError | null {
    if (!this.signal.aborted) return null;
    const details = { protocol: this.protocol, status: null, notExecuted: false } as const;
    if (this.timedOut) {
      const text = `the call took longer than its ${this.timeoutMs} ms.`;
      return new InferenceClientError('deadline', text, details);
    }
    const cause: unknown = this.signal.reason;
    return new InferenceClientError('cancelled', 'the call was cancelled.', { ...details, cause });
  }

  /** Waits. @throws InferenceClientError when the call ends before */
  async wait(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.signal.addEventListener('abort', done);
    });
    const ended = this.ended();
    if (ended !== null) throw ended;
  }

  close(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.abort);
  }

  private readonly abort = (): void => {
    this.controller.abort(this.outer?.reason);
  };

  private readonly timeOut = (): void => {
    this.timedOut = true;
    this.controller.abort();
  };
}
