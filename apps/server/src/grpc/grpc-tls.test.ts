import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grpcBench } from './__fixtures__/grpc-bench.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-grpc-tls-'));
const pem = (name: string): Buffer => readFileSync(join(folder, name));

beforeAll(() => {
  const openssl = (...words: string[]): unknown =>
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  for (const authority of ['ca', 'other']) {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${authority}`,
      '-keyout',
      `${authority}.key`,
      '-out',
      `${authority}.pem`,
    );
  }
  for (const [name, authority] of [
    ['localhost', 'ca'],
    ['client', 'ca'],
    ['stranger', 'other'],
  ] as const) {
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=DNS:${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${authority}.pem`,
      '-CAkey',
      `${authority}.key`,
      '-CAcreateserial',
      '-days',
      '2',
      '-copy_extensions',
      'copy',
      '-out',
      `${name}.pem`,
    );
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('TLS serves who trusts its certificate and nobody who speaks plainly', async () => {
  await using bench = await grpcBench({
    tls: { cert: pem('localhost.pem'), key: pem('localhost.key'), ca: null, requireClientCertificate: false },
  });
  expect((await bench.client(credentials.createSsl(pem('ca.pem'))).infer('echo')).code).toBe(0);
  expect((await bench.client(credentials.createSsl(pem('other.pem'))).infer('echo')).code).toBe(14);
  expect((await bench.client().infer('echo')).code).toBe(14);
  expect(bench.service.contexts).toHaveLength(1);
});

test('with client certificates only those of the authority come in', async () => {
  await using bench = await grpcBench({
    tls: {
      cert: pem('localhost.pem').toString(),
      key: pem('localhost.key').toString(),
      ca: pem('ca.pem'),
      requireClientCertificate: true,
    },
  });
  const as = (name: string): ReturnType<typeof credentials.createSsl> =>
    credentials.createSsl(pem('ca.pem'), pem(`${name}.key`), pem(`${name}.pem`));
  expect((await bench.client(as('client')).infer('echo')).code).toBe(0);
  expect((await bench.client(as('stranger')).infer('echo')).code).toBe(14);
  expect((await bench.client(credentials.createSsl(pem('ca.pem'))).infer('echo')).code).toBe(14);
  expect(bench.service.contexts).toHaveLength(1);
});
