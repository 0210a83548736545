import type { IncomingMessage } from 'node:http';
import { ProtocolError } from '@switchyard/open-inference';

const EXPOSED =
  'Inference-Header-Content-Length, X-Request-Id, Retry-After, Switchyard-Backend, Switchyard-Device, Switchyard-Fallback';
const REQUEST_HEADERS =
  'authorization, content-encoding, content-type, inference-header-content-length, traceparent, tracestate, x-api-key, x-request-id';

/** What pages of other origins may do. */
export interface Cors {
  /** Appends what a page of an allowed origin needs to read the answer. */
  addHeaders(headers: string[], request: IncomingMessage): void;
  /**
   * Refuses what a page of another origin sends without having been allowed. A browser asks first for
   * some requests only, and as no content type matters here, none of ours is among them.
   *
   * @throws ProtocolError permission-denied
   */
  check(request: IncomingMessage): void;
  /** Headers of the answer to a browser's question; `null` when the request is none that may be answered. */
  preflight(request: IncomingMessage, methods: readonly string[]): readonly string[] | null;
}

/** @param origins as browsers write them: scheme, host and port, without a slash at the end */
export function createCors(origins: readonly string[]): Cors {
  const allowed = new Set(origins);
  return {
    addHeaders(headers, request) {
      if (allowed.size === 0) return;
      headers.push('Vary', 'Origin');
      const { origin } = request.headers;
      if (origin === undefined || !allowed.has(origin)) return;
      headers.push('Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', EXPOSED);
    },
    check(request) {
      const { origin, host } = request.headers;
      if (origin === undefined || request.method === 'GET' || allowed.has(origin)) return;
      if (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)) return;
      throw new ProtocolError(
        'permission-denied',
        'A page of another origin may not call this server. Its operator can allow the origin.',
      );
    },
    preflight(request, methods) {
      const { origin } = request.headers;
      if (methods.length === 0 || origin === undefined || !allowed.has(origin)) return null;
      if (request.headers['access-control-request-method'] === undefined) return null;
      return [
        'Access-Control-Allow-Methods',
        methods.join(', '),
        'Access-Control-Allow-Headers',
        REQUEST_HEADERS,
        'Access-Control-Max-Age',
        '600',
      ];
    },
  };
}
