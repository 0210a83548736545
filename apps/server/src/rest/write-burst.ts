import type { ServerResponse } from 'node:http';
import { writeAndEnd } from './response-writer.ts';

interface Held {
  readonly response: ServerResponse;
  /** Bytes as one-byte characters. */
  readonly body: string;
}

/**
 * Writes the answers that were made in one go, such as those of a batch, one right after the other. Making
 * the next answer between two writes gives a client on the same machine the time to fall asleep, and to
 * wake it again costs more than the write. What holds them is this list: Node opens every cork of a
 * connection at the end of a response.
 */
export class WriteBurst {
  readonly #timeoutMs: number;
  #held: Held[] = [];

  /** @param timeoutMs after which a client is cut off that reads none of its answer */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Ends a response, whose headers are set, when the answers of this turn are made. */
  end(response: ServerResponse, body: string): void {
    this.#held.push({ response, body });
    if (this.#held.length === 1) process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    const held = this.#held;
    this.#held = [];
    for (const { response, body } of held) writeAndEnd(response, body, 'latin1', this.#timeoutMs);
  };
}
