import type { Socket } from 'node:net';
import { ProtocolError, type Problem } from '@switchyard/open-inference';
import { newestExchange } from './connection-state.ts';
import { MAX_TARGET_LENGTH } from './router.ts';

/** What Node's HTTP server tells of a request that is none. */
export interface ClientError extends Error {
  readonly code?: string;
  readonly rawPacket?: unknown;
}

/** For a client that does not read what it is told. */
const LAST_WORDS_MS = 1000;

const PHRASES: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [413, 'Payload Too Large'],
  [414, 'URI Too Long'],
  [417, 'Expectation Failed'],
  [431, 'Request Header Fields Too Large'],
]);

/** Answers what the parser refused in JSON, and ends the connection. */
export function answerClientError(error: ClientError, socket: Socket): void {
  // Of a handshake of TLS and of the socket itself nobody can be told.
  if (!/^(?:HPE|ERR_HTTP)_/.test(error.code ?? '')) {
    socket.destroy();
    return;
  }
  const refusal = refusalOf(error, socket);
  const exchange = newestExchange(socket);
  if (exchange === null) endWith(socket, refusal);
  else if (exchange.open && !exchange.request.complete) exchange.refuseBroken(refusal);
  // What was asked before is answered before: the error is about what followed it.
  else exchange.afterwards(() => endWith(socket, refusal));
}

/** Writes a refusal to a connection that has no response to write it to, and ends it. */
export function endWith(socket: Socket, refusal: ProtocolError, status: number = refusal.httpStatus): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ error: refusal.message });
  socket.setTimeout(LAST_WORDS_MS, () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${PHRASES.get(status) ?? 'Error'}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function refusalOf(error: ClientError, socket: Socket): ProtocolError {
  switch (error.code ?? '') {
    case 'HPE_HEADER_OVERFLOW':
      return isTargetTooLong(error, socket)
        ? refusal('uri-too-long', 'The request target is too long.')
        : refusal('headers-too-large', 'The headers are larger than this server takes.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal('body-timeout', 'The request did not come in time.');
    case 'HPE_INVALID_EOF_STATE':
      return refusal('cancelled', 'The client closed the connection before its request was complete.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refusal('too-large', 'The extensions of the chunks are larger than this server takes.');
    default:
      return refusal('invalid-argument', `The request is not valid HTTP: ${error.message}.`);
  }
}

/** Known where nothing but this request came over the connection. */
function isTargetTooLong(error: ClientError, socket: Socket): boolean {
  const packet = error.rawPacket;
  if (!Buffer.isBuffer(packet) || socket.bytesRead !== packet.length) return false;
  const end = packet.indexOf('\r\n');
  return end === -1 || end > MAX_TARGET_LENGTH;
}

function refusal(problem: Problem, message: string): ProtocolError {
  return new ProtocolError(problem, message);
}
