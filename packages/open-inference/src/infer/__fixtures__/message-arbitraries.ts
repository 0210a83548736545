import fc from 'fast-check';
import { bytesPerElement, DATATYPES, type Datatype } from '../../datatype.ts';
import type { InferRequest, Parameters, ParameterValue, WireTensor } from '../../messages.ts';

const names: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('input', 'INPUT0', '__proto__', 'constructor', 'data', 'a b', 'é\u{1f600}', '"\\\n'),
  fc.string({ maxLength: 8, unit: 'grapheme' }).filter((name) => name.isWellFormed()),
);

const values: fc.Arbitrary<ParameterValue> = fc.oneof(
  fc.string({ maxLength: 6, unit: 'grapheme' }).filter((text) => text.isWellFormed()),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).filter((value) => value > 2n ** 53n || value < -(2n ** 53n)),
);

/** Names that mean nothing to the protocol. */
const parameters: fc.Arbitrary<Parameters> = fc
  .array(fc.tuple(names, values), { maxLength: 3 })
  .map((pairs) => new Map(pairs));

const UTF8 = new TextEncoder();

/** Numbers that JSON carries: no NaN with other bits than the usual ones. */
function tidy(datatype: Datatype, bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (datatype === 'BOOL') bytes.forEach((byte, index) => (bytes[index] = byte & 1));
  for (let at = 0; at < bytes.length; at += bytesPerElement(datatype) ?? 1) {
    if (datatype === 'FP32' && Number.isNaN(view.getFloat32(at, true))) view.setFloat32(at, NaN, true);
    if (datatype === 'FP64' && Number.isNaN(view.getFloat64(at, true))) view.setFloat64(at, NaN, true);
    if (datatype === 'FP16' && (view.getUint16(at, true) & 0x7fff) > 0x7c00) view.setUint16(at, 0x7e00, true);
    if (datatype === 'BF16' && (view.getUint16(at, true) & 0x7fff) > 0x7f80) view.setUint16(at, 0x7fc0, true);
  }
  return bytes;
}

const tensors: fc.Arbitrary<WireTensor> = fc
  .record({
    name: names,
    datatype: fc.constantFrom(...DATATYPES),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
    parameters,
  })
  .chain(({ name, datatype, shape, parameters: given }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const width = bytesPerElement(datatype);
    const exactly = { minLength: count * (width ?? 1), maxLength: count * (width ?? 1) };
    const texts = fc.string({ maxLength: 6, unit: 'binary' }).filter((text) => text.isWellFormed());
    const content =
      width === null
        ? fc
            .array(texts.map((text) => UTF8.encode(text)), exactly)
            .map((elements) => ({ kind: 'elements', elements }) as const)
        : fc
            .uint8Array(exactly)
            .map((bytes) => ({ kind: 'bytes', bytes: tidy(datatype, bytes.slice()) }) as const);
    return content.map((made) => ({ name, datatype, shape, content: made, parameters: given }));
  });

export const requests: fc.Arbitrary<InferRequest> = fc.record({
  id: names,
  parameters,
  inputs: fc.uniqueArray(tensors, { maxLength: 3, selector: ({ name }) => name }),
  outputs: fc.uniqueArray(
    fc.record({
      name: names,
      parameters: fc.oneof(
        parameters,
        fc.boolean().map((binary): Parameters => new Map([['binary_data', binary]])),
      ),
    }),
    { maxLength: 3, selector: ({ name }) => name },
  ),
});
