import type { Socket } from 'node:net';
import type { Exchange } from './exchange.ts';

const STATE: unique symbol = Symbol('exchanges');

type TrackedSocket = Socket & { [STATE]?: Set<Exchange> };

/**
 * Remembers which exchanges a connection carries. A response that waits behind another one of the same
 * connection is never told that the connection closed, so the connection tells it.
 */
export function trackExchange(socket: TrackedSocket, exchange: Exchange): void {
  let exchanges = socket[STATE];
  if (exchanges === undefined) {
    const fresh = new Set<Exchange>();
    exchanges = fresh;
    socket[STATE] = fresh;
    socket.once('close', () => {
      for (const left of fresh) left.closed();
    });
  }
  exchanges.add(exchange);
}

export function forgetExchange(socket: TrackedSocket, exchange: Exchange): void {
  socket[STATE]?.delete(exchange);
}

/** The newest exchange that is not over, the only one whose body can still be coming. */
export function newestExchange(socket: TrackedSocket): Exchange | null {
  let newest: Exchange | null = null;
  for (const exchange of socket[STATE] ?? []) newest = exchange;
  return newest;
}
