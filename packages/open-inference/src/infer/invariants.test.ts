import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { InferResponse } from '../messages.ts';
import { ProtocolError } from '../protocol-error.ts';
import { hex, referenceRequest, type PlainRequest } from '../testing/reference-request.ts';
import { requests } from './__fixtures__/message-arbitraries.ts';
import { plainRequest } from './__fixtures__/plain-request.ts';
import type { EncodedBody } from './codec-options.ts';
import { parseInferRequest } from './parse-infer-request.ts';
import { parseInferResponse } from './parse-infer-response.ts';
import { writeInferRequest } from './write-infer-request.ts';
import { writeInferResponse } from './write-infer-response.ts';

const cases = Number(process.env['CODEC_CASES'] ?? 500);
const seed = Number(process.env['PROPERTY_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
const limits = { maxElements: 1000, maxDepth: 20 };
const options = { timeout: 1_200_000 };

function bodyOf(encoded: EncodedBody): Buffer {
  const body = Buffer.concat(encoded.chunks);
  expect(body.length).toBe(encoded.byteLength);
  return body;
}

function outcomeOf(run: () => PlainRequest): PlainRequest | null {
  try {
    return run();
  } catch (error) {
    if (!ProtocolError.isInstance(error)) throw error;
    expect(error.message).not.toBe('');
    expect(['invalid-argument', 'too-large']).toContain(error.problem);
    return null;
  }
}

function expectedOf(body: Uint8Array, headerLength: number | null): PlainRequest | null {
  try {
    return referenceRequest(body, headerLength, limits);
  } catch {
    return null;
  }
}

it(`brings ${cases} requests of every datatype back as they were, JSON and binary`, options, () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(requests, fc.boolean(), (request, binary) => {
      const encoded = writeInferRequest(request, { binary });
      const body = bodyOf(encoded);
      const { headerLength } = encoded;
      const expected = plainRequest(request);
      if (binary && !request.parameters.has('binary_data_output')) {
        (expected.parameters as unknown[]).push(['binary_data_output', true]);
      }
      const found = plainRequest(parseInferRequest(body, { headerLength, limits }));
      expect(found).toEqual(expected);
      expect(found).toEqual(referenceRequest(body, headerLength, limits));
      for (const { datatype } of request.inputs) seen.add(`${datatype} ${binary ? 'binary' : 'JSON'}`);
    }),
    { numRuns: cases, seed },
  );
  expect(seen.size).toBe(28);
});

it(`brings ${cases} responses of every datatype back as they were, JSON and binary`, options, () => {
  fc.assert(
    fc.property(requests, fc.boolean(), fc.constantFrom('token', 'string'), (request, binary, nonFinite) => {
      const response: InferResponse = {
        modelName: 'm',
        modelVersion: '1',
        id: request.id,
        parameters: request.parameters,
        outputs: request.inputs,
      };
      const asked = request.inputs.map(({ name }, index) => ({
        name,
        parameters: new Map(index === 0 ? [['binary_data', !binary] as const] : []),
      }));
      const encoded = writeInferResponse(
        response,
        { parameters: new Map([['binary_data_output', binary]]), outputs: asked },
        { nonFinite },
      );
      const body = bodyOf(encoded);
      if (nonFinite === 'string') {
        JSON.parse(body.subarray(0, encoded.headerLength ?? body.length).toString('utf8'));
      }
      const found = parseInferResponse(body, { headerLength: encoded.headerLength, limits });
      expect(plainRequest({ ...found, inputs: found.outputs, outputs: [] })).toEqual(
        plainRequest({ ...request, outputs: [] }),
      );
      expect(found).toMatchObject({ modelName: 'm', modelVersion: '1' });
    }),
    { numRuns: cases, seed },
  );
});

const SPICE = [
  '[',
  ']',
  '{',
  '}',
  '"',
  ',',
  ':',
  '0',
  '-',
  'e',
  '.',
  '\\',
  'NaN',
  'null',
  ' ',
  '\n',
  '\u00e9',
  '[[',
  '1e400',
  '99999999999999999999',
  '"data":',
];

it(`answers ${10 * cases} damaged requests as the reference does`, options, () => {
  let accepted = 0;
  let refused = 0;
  const damage = fc.array(
    fc.record({
      kind: fc.constantFrom('flip', 'cut', 'insert', 'spice', 'remove', 'digit'),
      at: fc.nat(1_000_000),
      value: fc.nat(255),
    }),
    { minLength: 0, maxLength: 3 },
  );
  fc.assert(
    fc.property(
      requests,
      fc.boolean(),
      damage,
      fc.integer({ min: -3, max: 8 }),
      (request, binary, steps, shift) => {
        const encoded = writeInferRequest(request, { binary });
        let body: Buffer = bodyOf(encoded);
        for (const { kind, at, value } of steps) {
          const position = body.length === 0 ? 0 : at % body.length;
          const before = body.subarray(0, position);
          const after = body.subarray(position);
          if (kind === 'flip' && body.length > 0) {
            body = Buffer.from(body);
            body[position] = (body[position] ?? 0) ^ (1 << (value % 8));
          } else if (kind === 'cut') body = before;
          else if (kind === 'insert') body = Buffer.concat([before, Buffer.from([value]), after]);
          else if (kind === 'spice') {
            body = Buffer.concat([before, Buffer.from(SPICE[value % SPICE.length]!), after]);
          } else if (kind === 'remove') body = Buffer.concat([before, after.subarray(1 + (value % 4))]);
          else {
            const digit = body.findIndex((byte, index) => index >= position && byte >= 0x30 && byte <= 0x39);
            body = Buffer.from(body);
            if (digit >= 0) body[digit] = 0x30 + (value % 10);
          }
        }
        const { headerLength } = encoded;
        const told =
          headerLength === null
            ? shift === 8
              ? body.length
              : null
            : Math.min(Math.max(headerLength + (shift > 1 ? 0 : shift), 0), body.length);
        const found = outcomeOf(() => plainRequest(parseInferRequest(body, { headerLength: told, limits })));
        expect(found, hex(body)).toEqual(expectedOf(body, told));
        if (found === null) refused += 1;
        else accepted += 1;
      },
    ),
    { numRuns: 10 * cases, seed },
  );
  // Damage that nothing survives, or that nothing notices, tests one half only.
  expect(Math.min(accepted, refused)).toBeGreaterThan(cases / 4);
});
