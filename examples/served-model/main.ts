// node --conditions=@switchyard/source main.ts [--http URL] [--grpc ADDRESS] [PICTURE...]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readPictures } from '@switchyard/example-digit-classifier/read-picture.ts';
import { createRestClient } from '@switchyard/open-inference';
import { createGrpcClient } from '@switchyard/open-inference/grpc';
import { askWithClient } from './ask-with-client.ts';
import { askWithFetch } from './ask-with-fetch.ts';
import { digitsOf, type Reading } from './reading.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    http: { type: 'string', default: 'http://127.0.0.1:8000' },
    grpc: { type: 'string', default: '127.0.0.1:8001' },
  },
});
const pictures =
  positionals.length > 0
    ? positionals
    : ['three', 'seven'].map((name) =>
        fileURLToPath(import.meta.resolve(`@switchyard/example-digit-classifier/pictures/${name}.png`)),
      );
const image = await readPictures(pictures);
const rest = createRestClient({ baseUrl: values.http });
const grpc = createGrpcClient({ address: values.grpc });
const ways: readonly (readonly [string, () => Promise<Reading>])[] = [
  ['fetch', () => askWithFetch(values.http, image)],
  ['REST client', () => askWithClient(rest, image)],
  ['gRPC client', () => askWithClient(grpc, image)],
];
for (const [name, ask] of ways) {
  const reading = await ask();
  console.log(
    `${name}: ${digitsOf(reading).join(' ')}  (backend=${reading.backend}  device=${reading.device})`,
  );
}
grpc.close();
