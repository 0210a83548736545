import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';
import type { EncodedBody } from '@switchyard/open-inference';
import type { Compression } from './content-encoding.ts';

const GZIP = promisify(gzip);
const DEFLATE = promisify(deflate);

/** The same answer, packed beside the main thread. Its header length goes on counting unpacked bytes. */
export async function compressAnswer(body: EncodedBody, encoding: Compression): Promise<EncodedBody> {
  const pack = encoding === 'gzip' ? GZIP : DEFLATE;
  const packed = await pack(Buffer.concat(body.chunks, body.byteLength), { level: 1 });
  return { ...body, chunks: [packed], byteLength: packed.length };
}
