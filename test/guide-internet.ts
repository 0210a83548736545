import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** Hosts that exist on this machine only. */
export interface Internet extends AsyncDisposable {
  /** Variables with which a program goes there, and nowhere else. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Serves files under addresses of https on this machine: behind a proxy that knows those hosts and lets nobody out,
 * with a certificate that `openssl` makes for them.
 *
 * @param folder where the certificate goes
 * @param files what is served, by address
 */
export async function startInternet(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Internet> {
  const hosts = [...new Set([...files.keys()].map((address) => new URL(address).hostname))];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`;
  const made = ['-keyout', 'internet.key', '-out', 'internet.pem'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-subj', '/CN=internet', '-addext', names, ...made], {
    cwd: folder,
    stdio: 'pipe',
  });
  const certificate = join(folder, 'internet.pem');
  const answer = ({ headers, url, method }: IncomingMessage, response: ServerResponse): void => {
    const bytes = files.get(`https://${headers.host}${url}`);
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': bytes.byteLength });
    response.end(method === 'HEAD' ? undefined : bytes);
  };
  const secure = createSecureServer(
    { cert: readFileSync(certificate), key: readFileSync(join(folder, 'internet.key')) },
    answer,
  );
  const securePort = await listen(secure);
  const sockets = new Set<Socket>();
  const proxy = createServer((_request, response) => response.writeHead(502).end());
  proxy.on('connect', ({ url = '' }: IncomingMessage, socket: Socket) => {
    const [host = '', port] = url.split(':');
    if (!hosts.includes(host) || port !== '443') {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const inner = connect(securePort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(inner).pipe(socket);
    });
    for (const one of [socket, inner]) {
      sockets.add(one);
      // One side that ends without a word takes the other with it.
      one.on('error', () => sockets.forEach((each) => (each === socket || each === inner) && each.destroy()));
      one.on('close', () => sockets.delete(one));
    }
  });
  const proxyPort = await listen(proxy);
  return {
    variables: {
      HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
      // npm takes the proxy for addresses of http too.
      NO_PROXY: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: certificate,
    },
    async [Symbol.asyncDispose]() {
      const closed = [proxy, secure].map((server) => new Promise((done) => server.close(done)));
      for (const socket of sockets) socket.destroy();
      secure.closeAllConnections();
      proxy.closeAllConnections();
      await Promise.all(closed);
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}
