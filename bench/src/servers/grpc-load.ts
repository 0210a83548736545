import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import type { Sample } from '../harness/benchmark.ts';
import { quantile } from '../harness/statistics.ts';

export interface GrpcLoad {
  readonly port: number;
  /** Calls that are under way at once, spread over the connections. */
  readonly concurrency: number;
  readonly connections: number;
  readonly milliseconds: number;
  /** A `ModelInferRequest`, encoded. */
  readonly message: Uint8Array;
}

const HEADERS = {
  ':method': 'POST',
  ':path': '/inference.GRPCInferenceService/ModelInfer',
  'content-type': 'application/grpc',
  te: 'trailers',
} as const;

/** As `loadHttp`, over gRPC. It is written on HTTP/2, because a gRPC client in Node costs more than its server. */
export async function loadGrpc(load: GrpcLoad): Promise<Sample> {
  const frame = Buffer.alloc(5 + load.message.byteLength);
  frame.writeUInt32BE(load.message.byteLength, 1);
  frame.set(load.message, 5);
  const sessions = Array.from({ length: load.connections }, () => connect(`http://127.0.0.1:${load.port}`));
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + load.milliseconds;
  const lanes = Array.from({ length: load.concurrency }, async (_, lane) => {
    const session = sessions[lane % sessions.length]!;
    while (performance.now() < end) {
      const asked = performance.now();
      await call(session, frame);
      latencies.push(performance.now() - asked);
    }
  });
  try {
    await Promise.all(lanes);
  } finally {
    for (const session of sessions) session.destroy();
  }
  const seconds = (performance.now() - started) / 1000;
  const sorted = Float64Array.from(latencies).toSorted();
  return { throughput: latencies.length / seconds, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

function call(session: ClientHttp2Session, frame: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request(HEADERS);
    let status: string | undefined;
    let text: string | undefined;
    const read = (headers: IncomingHttpHeaders): void => {
      status ??= headers['grpc-status'] as string | undefined;
      text ??= headers['grpc-message'] as string | undefined;
    };
    // A call that fails before it has an answer says so in its first headers.
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('error', reject);
    stream.on('close', () => {
      if (status === '0') resolve();
      else reject(new Error(`The server answered with the status ${status} (${text}).`));
    });
    stream.resume();
    stream.end(frame);
  });
}
