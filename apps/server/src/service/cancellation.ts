import type { ProtocolError } from '@switchyard/open-inference';
import type { CancelListener, CancelSignal } from '../execution/model-executor.ts';

/** A signal without the price of an `AbortController`, which every call would pay for the few that end early. */
export class Cancellation implements CancelSignal {
  aborted = false;
  reason: ProtocolError | null = null;
  #listeners: readonly CancelListener[] = [];

  /** Nobody waits for the answer any more. */
  abort(reason: ProtocolError): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) {
      if (typeof listener === 'function') listener();
      else listener.handleEvent();
    }
  }

  addEventListener(_: 'abort', listener: CancelListener): void {
    if (!this.aborted) this.#listeners = [...this.#listeners, listener];
  }

  removeEventListener(_: 'abort', listener: CancelListener): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener);
  }
}
