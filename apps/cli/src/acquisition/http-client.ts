import { errorText } from '@switchyard/core';
import type { Dispatcher } from 'undici';
import { AcquireError } from './acquire-error.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** What a download may do, and how long it waits. */
export interface HttpWords {
  /** `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are read from here, in capitals or not. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Longest time without a byte, also before the first. */
  readonly stallMilliseconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** One answer, after redirects. */
export interface HttpAnswer {
  readonly url: string;
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** To be read to its end, or destroyed. */
  readonly body: Dispatcher.ResponseData['body'];
}

/** Asks servers, one after the other. */
export interface HttpClient {
  ask(method: 'GET' | 'HEAD', url: string, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** A client with the proxies of an environment. It follows redirects to https, and to http on this machine only. */
async function openHttp(words: HttpWords): Promise<HttpClient> {
  const { EnvHttpProxyAgent, request } = await import('undici');
  const { environment, stallMilliseconds, signal } = words;
  const variable = (name: string): string => environment[name.toLowerCase()] || environment[name] || '';
  // Given as texts, so that the library reads no variable itself.
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: variable('HTTP_PROXY'),
    httpsProxy: variable('HTTPS_PROXY'),
    noProxy: variable('NO_PROXY'),
    headersTimeout: stallMilliseconds,
    bodyTimeout: stallMilliseconds,
    connect: { timeout: stallMilliseconds },
  });
  return {
    async ask(method, url, headers = {}) {
      let current = checkedUrl(url, null);
      for (let redirects = 0; ; redirects += 1) {
        let answer: Dispatcher.ResponseData;
        try {
          answer = await request(current, {
            method,
            dispatcher,
            headers: { 'accept-encoding': 'identity', ...headers },
            ...(signal === undefined ? {} : { signal }),
          });
        } catch (error) {
          throw failedRequest(error, current.href, stallMilliseconds);
        }
        const header = (name: string): string | null => {
          const value = answer.headers[name];
          return typeof value === 'string' ? value : (value?.[0] ?? null);
        };
        const location = header('location');
        if (!REDIRECTS.includes(answer.statusCode) || location === null) {
          return { url: current.href, status: answer.statusCode, header, body: answer.body };
        }
        await answer.body.dump();
        if (redirects === MAX_REDIRECTS) {
          throw new AcquireError(
            'download-failed',
            `\`${url}\` was redirected ${MAX_REDIRECTS} times and then once more, to \`${location}\`.`,
            'Check the address, or name a mirror or a file with `--from`.',
          );
        }
        current = checkedUrl(location, current);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** Hands out one client, opened when it is first needed, and closes it. */
export async function withHttp<Result>(
  words: HttpWords,
  work: (client: () => Promise<HttpClient>) => Promise<Result>,
): Promise<Result> {
  let opened: Promise<HttpClient> | undefined;
  try {
    return await work(() => (opened ??= openHttp(words)));
  } finally {
    await (await opened)?.close();
  }
}

/** An address that may be asked. Bytes are checked in any case; nobody on the way need know what is fetched. */
function checkedUrl(text: string, from: URL | null): URL {
  const url = URL.canParse(text, from?.href) ? new URL(text, from?.href) : null;
  const way = from === null ? '' : ` \`${from.href}\` redirects there.`;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new AcquireError(
      'download-failed',
      `\`${text}\` is no address of http or https.${way}`,
      'Name a mirror, a folder or a file with `--from`.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
    throw new AcquireError(
      'download-failed',
      `The address of \`${url.href}\` holds a name or a password, which would be shown and remembered.${way}`,
      'Download the archive yourself and name the file with `--from`.',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new AcquireError(
      'download-failed',
      `\`${url.href}\` is not encrypted, and http is taken from this machine only.${way}`,
      'Use an address of https, or download the archive yourself and name the file with `--from`.',
    );
  }
  return url;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

const STALLS: readonly string[] = [
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** What a connection that failed means, in our words. An abort stays what it is. */
export function failedRequest(error: unknown, url: string, stallMilliseconds: number): unknown {
  if (!(error instanceof Error) || error.name === 'AbortError' || AcquireError.isInstance(error))
    return error;
  const { code } = error as NodeJS.ErrnoException;
  const stalled = code !== undefined && STALLS.includes(code);
  const what = stalled
    ? `Nothing came from \`${url}\` for ${stallMilliseconds / 1000} s.`
    : `\`${url}\` could not be read: ${sentenceOf(error)}.`;
  return new AcquireError(
    'download-failed',
    what,
    'Run it again; what arrived is kept and checked. Proxies are taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.',
    error,
  );
}

function sentenceOf(error: Error): string {
  const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : error;
  return errorText(inner).replace(/\.$/, '');
}
