import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Limits } from '../operation/admission.ts';

/**
 * Accepts connections for a gRPC server, as many as the limits allow in all and from one address.
 * grpc-js listens on sockets of its own without such a bound; it takes connections from others too.
 */
export class FrontDoor {
  readonly #server: Server;
  readonly #limits: Limits;
  readonly #enter: (socket: Socket) => void;
  readonly #report: (error: unknown) => void;
  readonly #sockets = new Set<Socket>();
  /** What ends a connection whose handshake does not come to its end, by its peer. */
  readonly #handshakes = new Map<string, NodeJS.Timeout>();
  readonly #byAddress = new Map<string, number>();

  constructor(limits: Limits, enter: (socket: Socket) => void, report: (error: unknown) => void) {
    this.#limits = limits;
    this.#enter = enter;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#report = report;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Resolves with the port. @throws the error of the system, as for a port in use */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        // Out of file descriptors, for example: the next connection may have more luck.
        this.#server.on('error', this.#report);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no more connections; those that are open stay. */
  stop(): void {
    if (this.#server.listening) this.#server.close();
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The handshake on the connection of a peer is done. */
  greeted(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void {
    const peer = peerOf(socket);
    clearTimeout(this.#handshakes.get(peer));
    this.#handshakes.delete(peer);
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const sameAddress = this.#byAddress.get(address) ?? 0;
    if (
      this.#sockets.size >= this.#limits.maxConnections ||
      sameAddress >= this.#limits.maxConnectionsPerAddress
    ) {
      socket.destroy();
      return;
    }
    // Whoever speaks on it hears of its errors and ends with them.
    socket.on('error', () => {});
    const peer = peerOf(socket);
    const late = setTimeout(() => socket.destroy(), this.#limits.headersTimeoutMs);
    late.unref();
    this.#sockets.add(socket);
    this.#handshakes.set(peer, late);
    this.#byAddress.set(address, sameAddress + 1);
    socket.once('close', () => {
      clearTimeout(late);
      if (this.#handshakes.get(peer) === late) this.#handshakes.delete(peer);
      this.#sockets.delete(socket);
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    });
    this.#enter(socket);
  }
}

/** Tells open connections apart: no two have the same peer. */
function peerOf({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`;
}
