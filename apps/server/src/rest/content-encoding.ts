import { ProtocolError } from '@switchyard/open-inference';

/** How a body may be compressed; `deflate` is zlib's format (RFC 1950). */
export type Compression = 'gzip' | 'deflate';

/** @throws ProtocolError unsupported-encoding, also for one encoding inside another */
export function requestEncoding(header: string | undefined): Compression | null {
  if (header === undefined) return null;
  const encoding = header.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return null;
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  if (encoding === 'deflate') return 'deflate';
  throw new ProtocolError(
    'unsupported-encoding',
    'The encoding of the body is not known. Send `gzip`, `deflate` or none, and one at most.',
  );
}

/** The first of those a client likes best, as Triton chooses; `null` for no compression. */
export function acceptedEncoding(header: string | undefined): Compression | null {
  if (header === undefined) return null;
  let best: Compression | null = null;
  let bestQuality = 0;
  let identity = 0;
  for (const part of header.toLowerCase().split(',')) {
    const [word = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const quality = qualityOf(parameters);
    if (word === 'identity') identity = quality;
    const encoding = word === 'gzip' || word === 'x-gzip' || word === '*' ? 'gzip' : word;
    if ((encoding === 'gzip' || encoding === 'deflate') && quality > bestQuality) {
      best = encoding;
      bestQuality = quality;
    }
  }
  return bestQuality >= identity ? best : null;
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  if (given === undefined) return 1;
  const quality = Number(given.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}
