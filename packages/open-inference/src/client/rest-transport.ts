import type { EncodedBody } from '../infer/codec-options.ts';
import type { CallScope } from './call-scope.ts';
import { InferenceClientError, problemOfHttp } from './client-error.ts';

/** What a client of REST is made of. */
export interface RestTarget {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'gzip' | 'deflate' | null;
}

/** One request of HTTP. */
export interface RestRequest {
  readonly method: 'GET' | 'POST';
  /** From `/v2` on, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: EncodedBody | null;
}

/** An answer whose status is one of success. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Codes of errors with which Node says that a connection did not come about, so that nothing was sent. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const LONGEST_ERROR_TEXT = 2000;

/** Sends one request and reads the whole answer. @throws InferenceClientError */
export async function sendRest(
  target: RestTarget,
  request: RestRequest,
  scope: CallScope,
): Promise<RestAnswer> {
  const url = `${target.baseUrl}${request.path}`;
  const headers: Record<string, string> = { ...target.headers, ...request.headers };
  let body: Uint8Array<ArrayBuffer> | null = null;
  if (request.body !== null) {
    headers['content-type'] = request.body.contentType;
    if (request.body.headerLength !== null) {
      headers['inference-header-content-length'] = String(request.body.headerLength);
    }
    if (target.compression !== null) headers['content-encoding'] = target.compression;
    body = await bytesOf(request.body, target.compression);
  }
  const answer = await fetchAnswer(target, url, { method: request.method, headers, body }, scope);
  const received = await readBody(answer, url, scope);
  if (answer.ok) return { status: answer.status, headers: answer.headers, body: received };
  throw refusal(answer, received, `${request.method} ${url}`);
}

async function fetchAnswer(
  target: RestTarget,
  url: string,
  init: RequestInit,
  scope: CallScope,
): Promise<Response> {
  try {
    // A redirect would turn a POST into a GET; it is an answer that a person has to read.
    return await target.fetch(url, { ...init, redirect: 'manual', signal: scope.signal });
  } catch (error) {
    throw (
      scope.ended() ??
      new InferenceClientError('unavailable', `no answer from ${url}: ${causeText(error)}`, {
        protocol: 'rest',
        status: null,
        notExecuted: codesOf(error).some((code) => NOT_CONNECTED.has(code)),
        cause: error,
      })
    );
  }
}

async function readBody(answer: Response, url: string, scope: CallScope): Promise<Uint8Array> {
  try {
    return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    throw (
      scope.ended() ??
      new InferenceClientError(
        'internal',
        `the answer of ${url} ended early or cannot be read: ${causeText(error)}`,
        { protocol: 'rest', status: answer.status, notExecuted: false, cause: error },
      )
    );
  }
}

function refusal(answer: Response, body: Uint8Array, what: string): InferenceClientError {
  const { status } = answer;
  const retryAfterSeconds = secondsOf(answer.headers.get('retry-after'));
  return new InferenceClientError(problemOfHttp(status), errorText(body) ?? `${what} answered ${status}.`, {
    protocol: 'rest',
    status,
    notExecuted: status === 503 || (status === 429 && retryAfterSeconds !== null),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  });
}

/** `{"error": text}` is the protocol's form; what proxies send in its place is text of any kind. */
function errorText(body: Uint8Array): string | null {
  const text = new TextDecoder().decode(body).trim();
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null && 'error' in document) {
      if (typeof document.error === 'string') return document.error;
    }
  } catch {
    // Not JSON: the text itself is all there is.
  }
  return text === '' ? null : text.slice(0, LONGEST_ERROR_TEXT);
}

/** Seconds of `Retry-After`, which is a number of them or a date; `null` for neither. */
function secondsOf(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

async function bytesOf(
  body: EncodedBody,
  compression: RestTarget['compression'],
): Promise<Uint8Array<ArrayBuffer>> {
  if (compression === null) {
    const bytes = new Uint8Array(body.byteLength);
    let position = 0;
    for (const chunk of body.chunks) {
      bytes.set(chunk, position);
      position += chunk.byteLength;
    }
    return bytes;
  }
  const source = new Blob(body.chunks as readonly Uint8Array<ArrayBuffer>[] as Uint8Array<ArrayBuffer>[]);
  const compressed = source.stream().pipeThrough(new CompressionStream(compression));
  return new Uint8Array(await new Response(compressed).arrayBuffer());
}

/** `fetch` says why only in causes, several of them where a name has several addresses. */
function codesOf(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const own = typeof code === 'string' ? [code] : [];
  const several = Array.isArray(errors) ? errors.flatMap((each) => codesOf(each)) : [];
  return [...own, ...several, ...codesOf(cause)];
}

function causeText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${causeText(error.cause)})`;
}
