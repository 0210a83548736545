import { FUZZ_MODELS } from './fuzz-reference.ts';
import { problemOfRefusal } from './fuzz-rest.ts';
import type { Random } from './random.ts';
import type { Reply } from './wire.ts';

const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'DELETE', 'PATCH', 'get', 'G\0T', 'POST ', '', 'PRI'];
const PATHS = [
  '/v2', '/v2/', '//v2', '/v2/health/live', '/v2/health/ready', '/v2/models/simple', '/v2/models/simple/infer', '/v2/models/simple/versions/1/infer',
  '/v2/models/simple/versions/v1', '/v2/models/simple/versions/0', '/v2/models/simple/versions/99999999999999999999', '/v2/models/../infer', '/v2/models/%2e%2e%2f/infer',
  '/v2/models/a%2fb/infer', '/v2/models/%00/infer', '/v2/models/%0d%0a/infer', '/v2/models/%zz/infer', '/v2/models//infer', '/v2/models/stats', '/v2/models/simple/stats',
  '/v2/models/simple/config', '/v2/repository/index', '/v2/logging', '/v2/trace/setting', '/v2/systemsharedmemory/status', '/v2/cudasharedmemory/status',
  '/v2/systemsharedmemory/region/r/register', '/v2/models/simple/generate', '/metrics', 'http://localhost/v2', '*', 'localhost:80', '', '/', `/v2/models/${'x'.repeat(4096)}/infer`, `/${'y'.repeat(9000)}`,
  '/v2/models/s\u00efmple/infer', '/v2/models/__proto__/infer', '/v2/models/constructor', '/v2/repository/models/simple/load', '/v2/repository/models/nothing/unload',
];
const HEADERS = [
  'Host: a', 'Host: b', 'Host: ', 'Content-Length: 5', 'Content-Length: 0', 'Content-Length: -1', 'Content-Length: 5, 5', 'Content-Length: 99999999999999999999', 'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: x', 'Content-Encoding: gzip', 'Content-Encoding: br', 'Content-Encoding: gzip, gzip', 'Inference-Header-Content-Length: 3',
  'Inference-Header-Content-Length: 4', 'Expect: 100-continue', 'Expect: x', 'Connection: close', 'Connection: upgrade', 'Upgrade: h2c', 'Upgrade: websocket', 'Accept-Encoding: gzip;q=0.5, br', 'Origin: http://x',
  'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'traceparent: x', 'X-Request-Id: a\tb', `X-Request-Id: ${'r'.repeat(500)}`, `X: ${'x'.repeat(17_000)}`, 'X\0: y', ' folded: y', 'X: \u0001',
  'Authorization: Bearer x', 'Authorization: Basic Og==', 'Content-Type: text/plain', 'Cookie: a=b', ': y', 'X', 'Trailer: X', 'Range: bytes=0-1', 'If-None-Match: *', 'Access-Control-Request-Method: POST',
];
const BODIES = ['', '{}', '[]', 'x', '0\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n', 'zz\r\nxx', '{"inputs":[]}', '\r\n', 'GET /v2 HTTP/1.1\r\nHost: a\r\n\r\n', '{"ready":1}', '{"log_info":false}', '{"log_file":"x"}'];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.9', 'http/1.1', ''];

/** A head and a body of which nothing has to be right. The client says nothing after it. */
export function httpCase(random: Random): Buffer {
  const method = random.chance(0.6) ? random.pick(['GET', 'POST']) : random.pick(METHODS);
  const path = random.chance(0.9) ? random.pick(PATHS) : `/v2/models/${random.pick(FUZZ_MODELS).name}`;
  const lines = [[method, path, random.pick(VERSIONS)].join(' ')];
  if (random.chance(0.8)) lines.push('Host: localhost');
  for (let left = random.below(5); left > 0; left -= 1) lines.push(random.pick(HEADERS));
  const text = `${lines.join(random.chance(0.97) ? '\r\n' : '\n')}\r\n\r\n${random.pick(BODIES)}`;
  const bytes = Buffer.from(text, random.chance(0.9) ? 'utf8' : 'latin1');
  if (random.chance(0.2)) {
    for (let left = 1 + random.below(4); left > 0; left -= 1) bytes[random.below(bytes.length)] = random.below(256);
  }
  return random.chance(0.1) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

/** Statuses that the documents have, for anything that can be asked. */
const STATUSES: ReadonlySet<number> = new Set([200, 400, 401, 403, 404, 405, 408, 413, 414, 415, 417, 431, 501, 503]);

/** `null` for replies that are documented, otherwise what is wrong. */
export function problemOfHttp(replies: readonly Reply[]): string | null {
  for (const reply of replies) {
    if (!STATUSES.has(reply.status)) return `${reply.status} ${reply.body.toString('latin1').slice(0, 300)}`;
    // An answer to HEAD has a length, and no body.
    if (reply.status !== 200 && reply.body.length > 0) {
      const problem = problemOfRefusal(reply);
      if (problem !== null) return problem;
    }
  }
  return null;
}
