import { createGunzip, createInflate } from 'node:zlib';
import { ProtocolError } from '@switchyard/open-inference';
import { nextReservation, tooLarge } from './body-reader.ts';
import type { Compression } from './content-encoding.ts';

/**
 * Unpacks a body beside the main thread and counts while it does: what would be larger than `maxBytes`
 * is given up as soon as that is seen. `reserve` is called before more is kept.
 *
 * @throws ProtocolError too-large, invalid-argument, and what `reserve` throws
 */
export function decompress(
  body: Uint8Array,
  encoding: Compression,
  maxBytes: number,
  reserve: (bytes: number) => void,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const stream = encoding === 'gzip' ? createGunzip() : createInflate();
  const chunks: Buffer[] = [];
  let length = 0;
  let reserved = 0;
  const refuse = (error: unknown): void => {
    stream.destroy();
    reject(error);
  };
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > maxBytes) {
      refuse(tooLarge(maxBytes, 'decompressed'));
      return;
    }
    if (length > reserved) {
      const wanted = nextReservation(reserved, length, maxBytes);
      try {
        reserve(wanted - reserved);
      } catch (error) {
        refuse(error);
        return;
      }
      reserved = wanted;
    }
    chunks.push(chunk);
  });
  stream.on('error', (error) => {
    refuse(
      new ProtocolError('invalid-argument', `The body is not valid ${encoding}: ${error.message}.`, {
        cause: error,
      }),
    );
  });
  stream.on('end', () => {
    if (stream.bytesWritten === body.length) resolve(Buffer.concat(chunks, length));
    else {
      const rest = body.length - stream.bytesWritten;
      refuse(
        new ProtocolError('invalid-argument', `The body has ${rest} bytes after the end of its ${encoding}.`),
      );
    }
  });
  stream.end(body);
  return promise;
}
