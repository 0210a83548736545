import type { IncomingMessage, ServerResponse } from 'node:http';

/** Text, or bytes that are written as they are. */
export type ResponseBody = string | readonly Uint8Array[];

/** Bytes as text that `latin1` makes the same bytes of. */
export function oneByteText(chunk: Uint8Array): string {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
}

/** Writes what follows the headers. A client that reads none of it for a time is cut off. */
export function writeAndEnd(
  response: ServerResponse,
  body: ResponseBody,
  encoding: 'utf8' | 'latin1',
  timeoutMs: number,
): void {
  if (typeof body === 'string') response.end(body, encoding);
  else {
    response.cork();
    for (const chunk of body) response.write(chunk);
    response.end();
  }
  // What went to the kernel at once needs no watching.
  if (response.writableLength > 0) response.setTimeout(timeoutMs, () => response.destroy());
}

/**
 * Writes an answer to a request that is still being sent. The response ends with the request, or when its
 * owner loses patience: a connection that ends at once takes the answer with it.
 */
export function writeAndLinger(request: IncomingMessage, response: ServerResponse, body: ResponseBody): void {
  if (typeof body === 'string') response.write(body);
  else for (const chunk of body) response.write(chunk);
  request.on('end', () => response.end());
  request.resume();
}
