import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a server does with the requests for one path. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback, with what it was asked. */
export interface FileServer {
  readonly origin: string;
  readonly requests: { readonly method: string; readonly url: string; readonly range: string | undefined }[];
  /** Paths with what they answer; everything else is 404. */
  readonly paths: Map<string, Answer>;
  close(): Promise<void>;
}

/** Starts a server on a free port of this machine. */
export async function startServer(): Promise<FileServer> {
  const paths = new Map<string, Answer>();
  const requests: FileServer['requests'] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, range: headers.range });
    const answer = paths.get(url);
    if (answer === undefined) response.writeHead(404).end('not here');
    else answer(request, response);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    paths,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** How a file is served. */
export interface Serving {
  /** (optional) Entity tag. Default: made from the bytes. */
  readonly etag?: string;
  /** (optional) Whether ranges are understood. Default: yes. */
  readonly ranges?: boolean;
  /** (optional) Bytes of a GET after which `then` happens. Default: all are sent. */
  readonly stopAfter?: number;
  /** (optional) What happens then. Default: nothing more comes. */
  readonly afterwards?: (response: ServerResponse) => void;
  /** (optional) Length that is claimed. Default: the true one. */
  readonly claim?: number;
}

/** Serves bytes like a file. */
export function serveFile(bytes: Uint8Array, serving: Serving = {}): Answer {
  const { ranges = true, stopAfter, afterwards, claim } = serving;
  const etag = serving.etag ?? `"${createHash('sha1').update(bytes).digest('hex')}"`;
  return ({ method, headers }, response) => {
    const { range } = headers;
    const wanted = /^bytes=(\d+)-$/.exec(range ?? '')?.[1];
    const partly = ranges && wanted !== undefined && headers['if-range'] === etag;
    const start = partly ? Number(wanted) : 0;
    if (partly && start >= bytes.byteLength) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.byteLength}` }).end();
      return;
    }
    const body = bytes.subarray(start);
    response.writeHead(partly ? 206 : 200, {
      etag,
      'content-length': claim ?? body.byteLength,
      ...(partly ? { 'content-range': `bytes ${start}-${bytes.byteLength - 1}/${bytes.byteLength}` } : {}),
    });
    if (method === 'HEAD') response.end();
    else if (stopAfter === undefined) response.end(body);
    else {
      response.write(body.subarray(0, stopAfter), () => afterwards?.(response));
    }
  };
}

/** Sends somewhere else. */
export function redirect(location: string, status = 302): Answer {
  return (_request, response) => response.writeHead(status, { location }).end();
}

/** Answers with a status and nothing of use. */
export function refuse(status: number): Answer {
  return (_request, response) => response.writeHead(status).end('no');
}
