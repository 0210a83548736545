import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { ProtocolError } from '@switchyard/open-inference';
import fastify, { type FastifyInstance } from 'fastify';
import { answerClientError, endWith } from './client-error.ts';
import { Connections } from './connection-limits.ts';
import { FrontEnd } from './front-end.ts';
import type { RestOptions } from './rest-options.ts';

/** Keys and certificates, as `node:tls` takes them. With `requestCert` clients must show one of `ca`. */
export type RestTls = Pick<
  https.ServerOptions,
  | 'key'
  | 'cert'
  | 'ca'
  | 'pfx'
  | 'passphrase'
  | 'requestCert'
  | 'rejectUnauthorized'
  | 'minVersion'
  | 'ciphers'
>;

/** What {@link createRestServer} needs beside what the routes do. */
export interface RestServerOptions extends RestOptions {
  /** `null` for plain HTTP. */
  readonly tls: RestTls | null;
}

/** The REST front end, listening by itself. */
export interface RestServer {
  /** @throws what the operating system says, as `EADDRINUSE` */
  listen(host: string, port: number): Promise<AddressInfo>;
  /** Connections that are open now. */
  connections(): number;
  /** From now on every answer ends its connection, and new ones are still taken. */
  startDraining(): void;
  /**
   * Takes no new connection, ends those where nothing is under way, lets requests come to their end, and
   * ends what is left after `graceMs`. May be called again, with a shorter time too.
   */
  close(graceMs: number): Promise<void>;
}

/** Time for a request to arrive over a connection that is open and has not said anything yet. */
const SILENCE_MS = 250;

/** Makes a server of its own for the routes, with the limits that a server on a network needs. */
export async function createRestServer(options: RestServerOptions): Promise<RestServer> {
  const frontEnd = new FrontEnd(options, '');
  const connections = new Connections(options.limits);
  const app = createApp(options, frontEnd, connections);
  await app.ready();
  let closed: Promise<void> | null = null;
  return {
    async listen(host, port) {
      await app.listen({ host, port });
      const address = app.server.address();
      if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
      return address;
    },
    connections: () => connections.size,
    startDraining() {
      frontEnd.draining = true;
    },
    async close(graceMs) {
      frontEnd.draining = true;
      const silent = setTimeout(() => connections.end('silent'), Math.min(SILENCE_MS, graceMs));
      const late = setTimeout(() => connections.end('all'), graceMs);
      closed ??= app.close();
      try {
        await closed;
      } finally {
        clearTimeout(silent);
        clearTimeout(late);
      }
    },
  };
}

function createApp(
  options: RestServerOptions,
  frontEnd: FrontEnd,
  connections: Connections,
): FastifyInstance {
  const { limits, tls } = options;
  const requestTimeout = limits.headersTimeoutMs + limits.bodyTimeoutMs;
  const settings: http.ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(30_000, Math.max(20, limits.headersTimeoutMs / 4)),
    // Node would answer a request without `Host` with an empty body.
    requireHostHeader: false,
    noDelay: true,
  };
  const handle: http.RequestListener = (request, response) => frontEnd.handle(request, response);
  const app: FastifyInstance = fastify({
    logger: false,
    requestTimeout,
    keepAliveTimeout: limits.keepAliveMs,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    genReqId: () => '',
    clientErrorHandler: answerClientError,
    // Every path is ours: Fastify listens, closes, and would only look up what our router looks up again.
    serverFactory: () => {
      const server =
        tls === null
          ? http.createServer(settings, handle)
          : (https.createServer(
              { ...settings, minVersion: 'TLSv1.2', ...tls, handshakeTimeout: limits.headersTimeoutMs },
              handle,
            ) as unknown as http.Server);
      harden(server, limits.maxBodyBytes);
      connections.watch(server);
      return server;
    },
  });
  return app;
}

/** Answers what Node leaves unanswered, or answers without JSON. */
function harden(server: http.Server, maxBodyBytes: number): void {
  server.on('connect', (_, socket: Socket) => {
    endWith(socket, new ProtocolError('method-not-allowed', 'Method Not Allowed'));
  });
  server.on('checkContinue', (request: http.IncomingMessage, response: http.ServerResponse) => {
    // Who asks before sending is not told to send what will be refused.
    if (!(Number(request.headers['content-length'] ?? 0) > maxBodyBytes)) response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request: http.IncomingMessage) => {
    endWith(
      request.socket,
      new ProtocolError('invalid-argument', 'The header `Expect` may ask for `100-continue` only.'),
      417,
    );
  });
}
