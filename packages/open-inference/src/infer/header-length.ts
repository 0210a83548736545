import { ProtocolError } from '../protocol-error.ts';

const HEADER = 'Inference-Header-Content-Length';
const LARGEST = 2 ** 31 - 1;

/**
 * Reads the header `Inference-Header-Content-Length`: the bytes of JSON before the binary data, `null`
 * without it. `bodyLength` is that of the body after decompression.
 *
 * @throws invalid-argument unless it is a number from 0 to `bodyLength`, said once or the same each time
 */
export function parseHeaderLength(
  value: string | readonly string[] | undefined,
  bodyLength: number,
): number | null {
  if (value === undefined) return null;
  const all = typeof value === 'string' ? value : value.join(', ');
  let text = all.trim();
  if (text.includes(',')) {
    const parts = new Set(text.split(',').map((part) => part.trim()));
    if (parts.size === 1) text = [...parts].join('');
  }
  if (!/^[-+]?[0-9]+$/.test(text)) refuse(`Unable to parse ${HEADER}, got: ${all}`);
  const length = Number(text);
  if (length > LARGEST || length < -LARGEST - 1) {
    refuse(`Unable to parse ${HEADER}, got: ${all}, value is out of range`);
  }
  if (length < 0 || length > bodyLength) {
    refuse(`inference header size should be in range (0, ${bodyLength}), got: ${all}`);
  }
  return length + 0;
}

function refuse(text: string): never {
  throw new ProtocolError('invalid-argument', text);
}
