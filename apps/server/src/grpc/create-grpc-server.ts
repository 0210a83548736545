import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { CallDesk } from './call-desk.ts';
import { FrontDoor } from './front-door.ts';
import type { GrpcContext } from './grpc-context.ts';
import type { GrpcOptions, GrpcServer, GrpcTls } from './grpc-options.ts';
import { WatchHealthCall } from './health-calls.ts';
import { addReflection } from './reflection.ts';
import { createRequestIds } from '../operation/request-ids.ts';
import { rpcTable } from './rpc-table.ts';

/** How often the clock looks for calls that take too long and for another state of health. */
const TICK_MS = 250;
const KEEPALIVE_TIMEOUT_MS = 20_000;
/** Of one stream; the 64 KiB of the protocol would make a picture wait for the network again and again. */
const WINDOW_BYTES = 256 * 1024;
/** What HTTP/2 itself may use of one connection's memory beside messages, in megabytes. */
const SESSION_MEGABYTES = 64;

/** The gRPC front end of the server: every call of the inference service, health and reflection. */
export function createGrpcServer(options: GrpcOptions): GrpcServer {
  const { limits } = options;
  let draining = false;
  const context: GrpcContext = {
    service: options.service,
    gate: options.gate,
    memory: options.memory,
    limits,
    tracer: options.tracer,
    requestId: createRequestIds(),
    maxStreamMessages: options.maxStreamMessages ?? 64,
    unexpected: options.unexpected,
    draining: () => draining,
  };
  const rpcs = rpcTable();
  const desk = new CallDesk(context, rpcs);
  const server = new Server({
    ...channelOptions(options),
    interceptors: [(method, call) => desk.called(method, call)],
  });
  for (const rpc of rpcs) server.register(rpc.path, notReached, same, same, rpc.kind);
  addReflection(server);
  const injector = server.createConnectionInjector(credentialsOf(options.tls ?? null));
  const http2 = http2ServerOf(server);
  http2.prependListener('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) =>
    desk.arrived(stream, headers),
  );
  http2.updateSettings({
    maxConcurrentStreams: limits.maxConcurrentStreams,
    maxHeaderListSize: limits.maxHeaderBytes,
    initialWindowSize: WINDOW_BYTES,
  });
  const door = new FrontDoor(
    limits,
    (socket) => injector.injectConnection(socket),
    (error) => options.unexpected(error, ''),
  );
  // The socket of TLS is another object than the one that came in; both have the same peer.
  http2.on('session', ({ socket }: ServerHttp2Session) => door.greeted(socket));
  const clock = setInterval(() => {
    const now = performance.now();
    for (const call of desk.open) {
      call.checkTime(now);
      if (call instanceof WatchHealthCall) call.update();
    }
  }, TICK_MS);
  clock.unref();

  let end = Infinity;
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    draining = true;
    door.stop();
    for (const call of desk.open) call.drain();
    while (desk.open.size > 0 && performance.now() < end) await oneMoment();
    // Connections are told to go; those that are idle are gone with that.
    server.tryShutdown(() => {});
    while (door.connections > 0 && performance.now() < end) await oneMoment();
    for (const call of desk.open) call.onCancel();
    door.destroyAll();
    server.forceShutdown();
    clearInterval(clock);
  };
  return {
    listen: (host, port) => door.listen(host, port),
    connections: () => door.connections,
    calls: () => desk.open.size,
    close: (graceMs) => {
      end = Math.min(end, performance.now() + graceMs);
      return (closing ??= close());
    },
  };
}

function oneMoment(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 5);
  });
}

function channelOptions(options: GrpcOptions): ServerOptions {
  const { limits } = options;
  const inFlightMegabytes = Math.ceil(limits.maxInFlightBytes / 1e6);
  return {
    'grpc.max_receive_message_length': limits.maxBodyBytes,
    // Looked at before, with a refusal of its own.
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': limits.maxConcurrentStreams,
    'grpc.max_connection_idle_ms': limits.keepAliveMs,
    'grpc.keepalive_time_ms': options.keepaliveMs ?? 60_000,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc-node.max_session_memory': inFlightMegabytes + SESSION_MEGABYTES,
    'grpc.enable_channelz': 0,
    ...(options.maxConnectionAgeMs
      ? {
          'grpc.max_connection_age_ms': options.maxConnectionAgeMs,
          'grpc.max_connection_age_grace_ms': limits.bodyTimeoutMs + limits.writeTimeoutMs,
        }
      : {}),
  };
}

function credentialsOf(tls: GrpcTls | null): ServerCredentials {
  if (tls === null) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(
    tls.ca === null ? null : Buffer.from(tls.ca),
    [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }],
    tls.requireClientCertificate,
  );
}

/**
 * The HTTP/2 server inside, which grpc-js does not hand out and without which neither the size of headers
 * nor a stream's unfinished message can be bounded. The version of grpc-js is pinned.
 */
function http2ServerOf(server: Server): Http2Server {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  const [http2] = http2Servers?.keys() ?? [];
  if (http2 === undefined) {
    throw new Error('This version of `@grpc/grpc-js` keeps its HTTP/2 server elsewhere; use the pinned one.');
  }
  return http2;
}

function same(bytes: Buffer): Buffer {
  return bytes;
}

/** The interceptor takes every call before grpc-js would come to its handler. */
function notReached(): never {
  throw new Error('A call of the inference service went past its interceptor.');
}
