import type { Server } from 'node:net';
import type { Socket } from 'node:net';
import type { Limits } from '../operation/admission.ts';

/** The connections of one front end, over all the addresses that it listens on. */
export class Connections {
  readonly #limits: Limits;
  readonly #open: Set<Socket> = new Set();
  readonly #byAddress: Map<string, number> = new Map();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Counts the connections of a server, and ends those that are too many at once. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#take(socket));
  }

  /** Ends connections: those that never said anything, or all. */
  end(which: 'silent' | 'all'): void {
    for (const socket of this.#open) {
      if (which === 'all' || socket.bytesRead === 0) socket.destroy();
    }
  }

  #take(socket: Socket): void {
    const address = socket.remoteAddress;
    const ofAddress = address === undefined ? 0 : (this.#byAddress.get(address) ?? 0);
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (address === undefined || this.#open.size >= maxConnections || ofAddress >= maxConnectionsPerAddress) {
      socket.destroy();
      return;
    }
    this.#open.add(socket);
    this.#byAddress.set(address, ofAddress + 1);
    socket.once('close', () => this.#forget(socket, address));
  }

  #forget(socket: Socket, address: string): void {
    this.#open.delete(socket);
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }
}
