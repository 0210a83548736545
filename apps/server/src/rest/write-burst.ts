import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Held {
  readonly socket: Socket;
  readonly response: ServerResponse;
}

/**
 * Writes the answers that were made in one go, such as those of a batch, one right after the other. Making
 * the next answer between two writes gives a client on the same machine the time to fall asleep, and to
 * wake it again costs more than the write.
 */
export class WriteBurst {
  readonly #timeoutMs: number;
  #held: Held[] = [];

  /** @param timeoutMs after which a client is cut off that reads none of its answer */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** What is written to the socket of the response from now on leaves when the answers of this turn are made. */
  hold(socket: Socket, response: ServerResponse): void {
    socket.cork();
    this.#held.push({ socket, response });
    if (this.#held.length === 1) process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    const held = this.#held;
    this.#held = [];
    for (const { socket, response } of held) {
      socket.uncork();
      // What went to the kernel at once needs no watching.
      if (socket.writableLength > 0) response.setTimeout(this.#timeoutMs, () => response.destroy());
    }
  };
}
