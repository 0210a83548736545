import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { InferenceClientError } from '../client/client-error.ts';
import { createGrpcClient, inferenceServiceDefinition, type GrpcTlsOptions } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-grpc-client-'));
let server: Server;
let address = '';
let cert: Buffer;
let key: Buffer;

beforeAll(async () => {
  // One certificate that signs itself is the authority, the server and the client.
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...files], { cwd: folder, stdio: 'pipe' });
  cert = readFileSync(join(folder, 'cert.pem'));
  key = readFileSync(join(folder, 'key.pem'));
  server = new Server();
  server.addService(inferenceServiceDefinition(), {
    ServerLive: (_: unknown, respond: (error: null, answer: object) => void) => respond(null, { live: true }),
  });
  const credentials = ServerCredentials.createSsl(cert, [{ private_key: key, cert_chain: cert }], true);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('localhost:0', credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  address = `localhost:${port}`;
});

afterAll(() => {
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});

async function live(tls: boolean | GrpcTlsOptions): Promise<boolean> {
  const client = createGrpcClient({ address, tls, retries: 0 });
  try {
    return await client.live();
  } finally {
    client.close();
  }
}

it('shows its certificate and trusts the authority that it is given', async () => {
  expect(await live({ ca: cert, cert, key })).toBe(true);
});

it.each<[string, () => boolean | GrpcTlsOptions]>([
  ['without TLS', () => false],
  ['with an authority that it does not know', () => true],
  ['without a certificate of its own', () => ({ ca: cert })],
])('does not get through %s', async (_, tls) => {
  await expect(live(tls())).rejects.toThrow(InferenceClientError);
});
