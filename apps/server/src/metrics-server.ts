import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProtocolError } from '@switchyard/open-inference';
import type { Gate } from './operation/admission.ts';
import type { Metrics } from './operation/metrics.ts';

/** A port for metrics alone, so that a scraper needs no way to the models. */
export interface MetricsServer {
  listen(host: string, port: number): Promise<AddressInfo>;
  close(): Promise<void>;
}

/** Makes the server of `/metrics`. */
export function createMetricsServer(metrics: Metrics, gate: Gate): MetricsServer {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== '/metrics') throw new ProtocolError('not-found', 'Not Found');
    if (request.method !== 'GET') throw new ProtocolError('method-not-allowed', 'Method Not Allowed');
    const apiKey = request.headers['x-api-key'];
    const credentials = {
      authorization: request.headers.authorization,
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
    };
    gate.admit('metrics', credentials, request.socket.remoteAddress ?? '');
    const text = await metrics.text();
    response.setHeader('content-type', metrics.contentType);
    response.end(text);
  };
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5000, maxHeaderSize: 8192 },
    (request, response) => {
      request.resume();
      answer(request, response).catch((error: unknown) => {
        const refusal = ProtocolError.isInstance(error)
          ? error
          : new ProtocolError('internal', 'internal error');
        response.statusCode = refusal.httpStatus;
        if (refusal.retryAfterSeconds !== null) response.setHeader('retry-after', refusal.retryAfterSeconds);
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ error: refusal.message }));
      });
    },
  );
  return {
    listen: (host, port) =>
      new Promise((listening, failed) => {
        server.once('error', failed);
        server.listen(port, host, () => {
          server.off('error', failed);
          listening(server.address() as AddressInfo);
        });
      }),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
