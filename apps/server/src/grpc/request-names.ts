/** Which request a message is, as far as it can be read. */
export interface RequestNames {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string;
}

/**
 * Looks for name, version and id in a `ModelInferRequest` that was refused as a whole, so that the
 * refusal can say which request it is about. Never throws; what it does not find is `''`.
 */
export function requestNames(message: Uint8Array): RequestNames {
  const names = ['', '', '', ''];
  let position = 0;
  // Lengths beyond 2^53 are of no message; additions and multiplications do not wrap as shifts do.
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; position < message.byteLength; factor *= 128) {
      const byte = message[position]!;
      position += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (position < message.byteLength) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) position += 8;
    else if (wireType === 5) position += 4;
    else if (wireType === 2) {
      const length = varint();
      if (length > message.byteLength - position) break;
      if (field < names.length) names[field] = text(message.subarray(position, position + length));
      position += length;
    } else break;
  }
  return { modelName: names[1]!, modelVersion: names[2]!, id: names[3]! };
}

const LONGEST_NAME = 1024;

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, LONGEST_NAME)).toString('utf8');
}
