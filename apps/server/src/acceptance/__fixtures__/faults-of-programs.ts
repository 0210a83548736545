import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Metadata } from '@grpc/grpc-js';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createRuntime } from '@switchyard/runtime';
import { identityModel } from '@switchyard/onnx/testing';
import { createServer } from '../../create-server.ts';
import { createKey } from '../../operation/api-keys.ts';
import type { FaultCase } from './fault-table.ts';
import { GrpcWire } from './grpc-wire.ts';
import { startServer, until } from './live-server.ts';
import { askOnce, post, Wire } from './wire.ts';

const PROGRAM = fileURLToPath(new URL('../../main.ts', import.meta.url));

/** What a program says that ends before it listens. */
export interface Refusal {
  readonly status: number | null;
  readonly errors: string;
  readonly out: string;
}

/** Runs the program until it ends. */
export async function refuseToStart(words: readonly string[]): Promise<Refusal> {
  const child = spawn(process.execPath, ['--conditions=@switchyard/source', PROGRAM, ...words, '--no-cache'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, errors, out };
}

/** A port that somebody else listens on, for as long as it is used. */
export async function withTakenPort<Result>(use: (port: number) => Promise<Result>): Promise<Result> {
  const other = createTcpServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  try {
    return await use((other.address() as AddressInfo).port);
  } finally {
    other.close();
  }
}

/** A folder with a model, for as long as it is used. */
export async function withModelFile<Result>(use: (file: string, folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-program-'));
  try {
    const file = join(folder, 'm.onnx');
    await writeFile(file, identityModel());
    return await use(file, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const X = '{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}';
const MESSAGE = { model_name: 'm', inputs: [{ name: 'x', datatype: 'FP32', shape: [1] }], raw_input_contents: [Buffer.alloc(4)] };

/** A key, in the words of a row of faults. */
type KeyCase = Pick<FaultCase, 'request' | 'status' | 'text' | 'protocol'> & { readonly key: string | null };

/** Who asks without the right key. `read` stands for a key that may not infer. */
export const KEY_FAULTS: readonly KeyCase[] = [
  { request: 'no key', protocol: 'REST', status: 401, text: 'an API key is needed: send `Authorization: Bearer KEY` or `X-API-Key: KEY`', key: null },
  { request: 'a key that nobody has', protocol: 'REST', status: 401, text: 'the API key is not known here', key: 'wrong' },
  { request: 'a key without the scope', protocol: 'REST', status: 403, text: "the API key 'reader' does not have the scope 'infer'", key: 'read' },
  { request: 'no key', protocol: 'gRPC', status: 16, text: 'an API key is needed: send `Authorization: Bearer KEY` or `X-API-Key: KEY`', key: null },
  { request: 'a key that nobody has', protocol: 'gRPC', status: 16, text: 'the API key is not known here', key: 'wrong' },
  { request: 'a key without the scope', protocol: 'gRPC', status: 7, text: "the API key 'reader' does not have the scope 'infer'", key: 'read' },
];

/** A server with one key for inference and one for reading. */
export async function withKeys<Result>(
  use: (ask: (one: KeyCase) => Promise<{ status: number; text: string }>, keys: readonly string[], logged: () => string) => Promise<Result>,
): Promise<Result> {
  return withModelFile(async (file, folder) => {
    const keys = { infer: createKey('caller', ['infer']), read: createKey('reader', ['read']) };
    const stored = join(folder, 'keys');
    await writeFile(stored, `${keys.infer.line}\n${keys.read.line}\n`);
    await using runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
    const lines: string[] = [];
    await using server = await createServer({
      runtime,
      settings: { models: [file], keys: stored, httpPort: 0, grpcPort: 0, metricsPort: null, modelControl: 'none' },
      observer: { inference: (record) => lines.push(JSON.stringify(record)), model: () => {} },
    });
    await server.started;
    const grpc = new GrpcWire(server.addresses.grpc!.port);
    const secret = (key: string | null): string | null => (key === 'read' ? keys.read.key : key === 'infer' ? keys.infer.key : key);
    try {
      return await use(
        async ({ protocol, key }) => {
          const value = secret(key);
          if (protocol === 'REST') {
            const headers = value === null ? [] : [`Authorization: Bearer ${value}`];
            const reply = await askOnce(server.addresses.http!.port, post('/v2/models/m/infer', X, headers));
            const document = JSON.parse(reply.body.toString()) as { readonly error?: string };
            return { status: reply.status, text: document.error ?? '' };
          }
          const metadata = new Metadata();
          if (value !== null) metadata.set('authorization', `Bearer ${value}`);
          const { code, text } = await grpc.ask('ModelInfer', MESSAGE, { metadata });
          return { status: code, text };
        },
        [keys.infer.key, keys.read.key],
        () => lines.join('\n'),
      );
    } finally {
      grpc.close();
    }
  });
}

/** Opens more connections than a server may have file descriptors, and sees that it serves when they are gone. */
export async function exhaustDescriptors(limit: number): Promise<void> {
  await withModelFile(async (file) => {
    await using server = await startServer({
      models: [file],
      flags: ['--model-control=none'],
      wrapper: ['prlimit', `--nofile=${limit}`],
    });
    const wires = Array.from({ length: limit * 2 }, () => new Wire(server.httpPort));
    await until('no descriptor is left', async () => {
      const { fileDescriptors } = { fileDescriptors: (await import('node:fs')).readdirSync(`/proc/${server.pid}/fd`).length };
      return fileDescriptors >= limit - 2;
    });
    for (const wire of wires) wire.end();
    await until('it serves again', async () => {
      const reply = await askOnce(server.httpPort, post('/v2/models/m/infer', X)).catch(() => null);
      return reply?.status === 200;
    });
    await server.vitals.health();
  });
}
