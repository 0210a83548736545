import { connect, type Socket } from 'node:net';
import { credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeCertificates, type Certificates } from '../__fixtures__/certificates.ts';
import { grpcBench } from './__fixtures__/grpc-bench.ts';

let made: Certificates;
beforeAll(() => {
  made = makeCertificates();
});
afterAll(() => made[Symbol.dispose]());

test('TLS serves who trusts its certificate and nobody who speaks plainly', async () => {
  const identity = { cert: made.cert('localhost'), key: made.key('localhost') };
  await using bench = await grpcBench({ tls: { ...identity, ca: null, requireClientCertificate: false } });
  expect((await bench.client(credentials.createSsl(made.cert('ca'))).infer('echo')).code).toBe(0);
  expect((await bench.client(credentials.createSsl(made.cert('other'))).infer('echo')).code).toBe(14);
  expect((await bench.client().infer('echo')).code).toBe(14);
  expect(bench.service.contexts).toHaveLength(1);
});

test('with client certificates only those of the authority come in', async () => {
  await using bench = await grpcBench({
    tls: {
      cert: made.cert('localhost').toString(),
      key: made.key('localhost').toString(),
      ca: made.cert('ca'),
      requireClientCertificate: true,
    },
  });
  const as = (name: 'client' | 'stranger'): ReturnType<typeof credentials.createSsl> =>
    credentials.createSsl(made.cert('ca'), made.key(name), made.cert(name));
  expect((await bench.client(as('client')).infer('echo')).code).toBe(0);
  expect((await bench.client(as('stranger')).infer('echo')).code).toBe(14);
  expect((await bench.client(credentials.createSsl(made.cert('ca'))).infer('echo')).code).toBe(14);
  expect(bench.service.contexts).toHaveLength(1);
});

/** Begins of a handshake: nothing, the header of a record that is long, and the first byte of one. */
const STALLED: readonly (readonly [string, Uint8Array])[] = [
  ['says nothing', new Uint8Array()],
  ['stops in its first record', Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0)],
  ['stops after one byte', Uint8Array.of(0x16)],
];

test.each(STALLED)('a client that %s is let go, and one that came in stays', async (_name, bytes) => {
  const identity = { cert: made.cert('localhost'), key: made.key('localhost') };
  await using bench = await grpcBench({
    bounds: { headersTimeoutMs: 300 },
    tls: { ...identity, ca: null, requireClientCertificate: false },
  });
  const client = bench.client(credentials.createSsl(made.cert('ca')));
  expect((await client.infer('echo')).code).toBe(0);
  const socket: Socket = connect(bench.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  await new Promise((closed) => socket.once('close', closed));
  await vi.waitFor(() => expect(bench.server.connections()).toBe(1));
  expect((await client.infer('echo')).code).toBe(0);
  expect(bench.server.connections()).toBe(1);
});
