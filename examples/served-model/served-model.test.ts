import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readPictures } from '@switchyard/example-digit-classifier/read-picture.ts';
import { createRestClient } from '@switchyard/open-inference';
import { createGrpcClient } from '@switchyard/open-inference/grpc';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askWithClient } from './ask-with-client.ts';
import { askWithFetch } from './ask-with-fetch.ts';
import { digitsOf } from './reading.ts';

const DIGITS = { two: 2, three: 3, four: 4, five: 5, seven: 7, eight: 8 };
const PICTURES = Object.keys(DIGITS).map((name) =>
  fileURLToPath(import.meta.resolve(`@switchyard/example-digit-classifier/pictures/${name}.png`)),
);
const program = (name: string): readonly string[] => [
  '--conditions=@switchyard/source',
  join(import.meta.dirname, name),
];

let server: ChildProcess;
let http: string;
let grpc: string;

beforeAll(async () => {
  const flags = ['--http-port=0', '--grpc-port=0', '--metrics-port=off', '--shutdown-delay=0', '--json'];
  server = spawn(process.execPath, [...program('serve.ts'), ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  for await (const chunk of server.stdout!) {
    printed += String(chunk);
    if (printed.trimEnd().endsWith('\n}')) break;
  }
  const { addresses } = JSON.parse(printed) as {
    readonly addresses: Readonly<Record<'http' | 'grpc', { readonly url: string }>>;
  };
  http = addresses.http.url;
  grpc = addresses.grpc.url;
}, 120_000);
afterAll(() => {
  server.kill('SIGKILL');
});

it('the digits are read in the same way, whoever asks', async () => {
  const image = await readPictures(PICTURES);
  const plain = await askWithFetch(http, image);
  expect(digitsOf(plain)).toEqual(Object.values(DIGITS));
  expect(plain).toMatchObject({ backend: 'cpu', device: 'cpu' });
  const client = createGrpcClient({ address: grpc });
  try {
    const overRest = await askWithClient(createRestClient({ baseUrl: http }), image);
    const overGrpc = await askWithClient(client, image);
    expect(overGrpc).toEqual(overRest);
    // Numbers that JSON carries are the same 32 bits.
    expect(plain.probabilities.map(Math.fround)).toEqual(overRest.probabilities);
    expect(overRest).toMatchObject({ backend: 'cpu', device: 'cpu' });
  } finally {
    client.close();
  }
});

it('the program says what was read, and by what', async () => {
  const argv = [...program('main.ts'), '--http', http, '--grpc', grpc];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  expect(stdout.trimEnd().split('\n')).toEqual(
    ['fetch', 'REST client', 'gRPC client'].map((way) => `${way}: 3 7  (backend=cpu  device=cpu)`),
  );
});

it('a request that does not fit is refused with words', async () => {
  const image = await readPictures(PICTURES.slice(0, 1));
  await expect(askWithFetch(http, { ...image, shape: [1, 1, 28, 27] })).rejects.toThrow(
    /^400: .*unexpected shape/,
  );
});

it('the server ends in order when it is told to', async () => {
  const ended = new Promise((done) => server.once('exit', (code, signal) => done({ code, signal })));
  server.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, signal: null });
});
