import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_CODEC_LIMITS } from '../infer/codec-options.ts';
import { parseInferRequest } from '../infer/parse-infer-request.ts';
import { parseInferResponse } from '../infer/parse-infer-response.ts';
import { writeInferResponse } from '../infer/write-infer-response.ts';
import { tensorFrom } from '../tensor/tensor-from.ts';
import { valuesOf } from '../tensor/tensor-values.ts';

const cases = Number(process.env['CODEC_CASES'] ?? 1000);
const seed = Number(process.env['PROPERTY_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
const options = { timeout: 1_200_000 };

function parse(literals: readonly string[], datatype: string, separator = ','): readonly number[] {
  const text = `{"inputs":[{"name":"x","shape":[${literals.length}],"datatype":"${datatype}","data":[${literals.join(separator)}]}]}`;
  const request = parseInferRequest(new TextEncoder().encode(text), {
    headerLength: null,
    limits: DEFAULT_CODEC_LIMITS,
  });
  return [...(valuesOf(request.inputs[0]!) as Float64Array)];
}

function check(literals: readonly string[], separator?: string): void {
  const expected = literals.map(Number);
  expect(parse(literals, 'FP64', separator)).toEqual(expected);
  expect(parse(literals, 'FP32', separator)).toEqual(expected.map(Math.fround));
}

it('reads the numbers that are hard to round as Number does', () => {
  check([
    '0',
    '-0',
    '0.0',
    '-0.0e5',
    '0e0',
    '0E-400',
    '1e400',
    '-1e400',
    '1e-400',
    '5e-324',
    '2.5e-324',
    '2.4703282292062328e-324',
    '1.7976931348623157e308',
    '1.7976931348623159e308',
    '2.2250738585072011e-308',
    '2.2250738585072014e-308',
    '9007199254740993',
    '9007199254740992.9999',
    '9007199254740993.0',
    '9007199254740995',
    '0.500000000000000166533453693773481063544750213623046875',
    '1.00000000000000011102230246251565404236316680908203125',
    '1.00000000000000011102230246251565404236316680908203124',
    '1.00000000000000011102230246251565404236316680908203126',
    '8.5e22',
    '1e23',
    '1e22',
    '9.5e-23',
    '123456789012345678',
    '0.30000001192092896',
    '1.1754943508222875e-38',
    '1.401298464324817e-45',
    '7.006492321624085e-46',
    '3.4028235677973366e38',
    '16777217',
    '16777217.0000001',
    '1.0000000596046448',
    '1.00000005960464477539',
    '1.000000059604644775390625',
    '0.000000000000000000000000000000000000000000001',
    '999999999999999999',
    '99999999999999999e-17',
    '1234567890.123456789',
    '12345678901234567890123',
    '1E+2',
    '1e-2',
    '0.1e1',
  ]);
});

const literals: fc.Arbitrary<string> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.float({ noNaN: true, min: -10, max: 10 }).map(String),
  fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 21 }))
    .map(([value, digits]) => value.toPrecision(digits)),
  // Midway between two doubles, or two singles, and a hair beside it.
  fc
    .tuple(
      fc.integer({ min: 2 ** 23, max: 2 ** 24 }),
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom('', '1', '01'),
    )
    .map(([whole, shift, hair]) => exactDecimal(2n * BigInt(whole) + 1n, shift) + hair),
  fc
    .tuple(
      fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom('', '1', '01'),
    )
    .map(([whole, shift, hair]) => exactDecimal(2n * whole + 1n, shift) + hair),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.oneof(
        fc.constant('0'),
        fc.bigInt({ min: 1n, max: 10n ** 24n }).map(String),
        fc.nat(999).map(String),
      ),
      fc.oneof(
        fc.constant(''),
        fc.stringMatching(/^\.[0-9]{1,25}$/),
        fc.stringMatching(/^\.0{1,9}[0-9]{1,18}$/),
      ),
      fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][-+]?[0-9]{1,3}$/), fc.constant('e-00005')),
    )
    .map((parts) => parts.join('')),
);

/** `whole / 2^shift` with all its decimals. */
function exactDecimal(whole: bigint, shift: number): string {
  const digits = String(whole * 5n ** BigInt(shift)).padStart(shift + 1, '0');
  return `${digits.slice(0, digits.length - shift)}.${digits.slice(digits.length - shift)}0`;
}

it(`reads ${20 * cases} generated numbers as Number does`, options, () => {
  fc.assert(
    fc.property(
      fc.array(literals, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(',', ', ', ' ,\n'),
      (all, separator) => check(all, separator),
    ),
    { numRuns: cases, seed },
  );
});

it(`writes ${20 * cases} numbers such that everybody reads the same ones`, options, () => {
  const numbers = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ noNaN: true, min: -1e10, max: 1e10 }),
    fc.double({ noNaN: true, min: -1e-10, max: 1e-10 }),
    fc.integer(),
    literals.map(Number).filter(Number.isFinite),
  );
  fc.assert(
    fc.property(
      fc.array(numbers, { minLength: 1, maxLength: 20 }),
      fc.constantFrom('FP32' as const, 'FP64' as const),
      (all, datatype) => {
        const finite = datatype === 'FP32' ? all.map(Math.fround).filter(Number.isFinite) : all;
        const tensor = tensorFrom('x', datatype, [finite.length], finite);
        const response = {
          modelName: '',
          modelVersion: '',
          id: '',
          parameters: new Map(),
          outputs: [tensor],
        };
        const encoded = writeInferResponse(
          response,
          { parameters: new Map(), outputs: [] },
          { nonFinite: 'error' },
        );
        const text = Buffer.from(encoded.chunks[0]!).toString();
        const back = parseInferResponse(encoded.chunks[0]!, {
          headerLength: null,
          limits: DEFAULT_CODEC_LIMITS,
        });
        expect([...(valuesOf(back.outputs[0]!) as Float64Array)]).toEqual(finite);
        const read = (JSON.parse(text) as { outputs: { data: number[] }[] }).outputs[0]!.data;
        expect(datatype === 'FP32' ? read.map(Math.fround) : read).toEqual(finite);
      },
    ),
    { numRuns: cases, seed },
  );
});
