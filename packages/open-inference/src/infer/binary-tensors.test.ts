import { describe, expect, it } from 'vitest';
import type { TensorMetadata } from '../messages.ts';
import { joinElements, splitElements } from '../tensor/byte-elements.ts';
import { DEFAULT_CODEC_LIMITS as limits } from './codec-options.ts';
import { parseHeaderLength } from './header-length.ts';
import { parseInferRequest } from './parse-infer-request.ts';
import { parseRawInferRequest } from './parse-raw-infer-request.ts';
import { expectRefusal, parseText } from './__fixtures__/bodies.ts';

function input(name: string, datatype: string, shape: string, size: number | null): string {
  const parameters = size === null ? '' : `,"parameters":{"binary_data_size":${size}}`;
  return `{"name":"${name}","datatype":"${datatype}","shape":${shape}${parameters}}`;
}

describe('the header (1.4)', () => {
  it('is null without the header, and a length within the body with it', () => {
    expect(parseHeaderLength(undefined, 10)).toBeNull();
    for (const [value, length] of [
      ['0', 0],
      ['10', 10],
      [' 7 ', 7],
      ['5, 5', 5],
    ] as const) {
      expect(parseHeaderLength(value, 10)).toBe(length);
    }
    expect(parseHeaderLength(['5', '5'], 10)).toBe(5);
  });

  it.each([
    ['12abc', 'Unable to parse Inference-Header-Content-Length, got: 12abc'],
    ['', 'Unable to parse Inference-Header-Content-Length, got: '],
    ['1.5', 'Unable to parse Inference-Header-Content-Length, got: 1.5'],
    ['0x5', 'Unable to parse Inference-Header-Content-Length, got: 0x5'],
    ['5, 6', 'Unable to parse Inference-Header-Content-Length, got: 5, 6'],
    ['2147483648', 'Unable to parse Inference-Header-Content-Length, got: 2147483648, value is out of range'],
    [
      '99999999999999999999',
      'Unable to parse Inference-Header-Content-Length, got: 99999999999999999999, value is out of range',
    ],
    ['-1', 'inference header size should be in range (0, 10), got: -1'],
    ['11', 'inference header size should be in range (0, 10), got: 11'],
  ])('refuses %s', (value, text) => {
    expectRefusal(() => parseHeaderLength(value, 10), text);
  });
});

describe('binary requests (1.4)', () => {
  it('takes blobs in the order of the inputs that have them, without copying', () => {
    const json = `{"inputs":[${input('a', 'UINT8', '[2]', 2)},{"name":"b","datatype":"INT8","shape":[1],"data":[7]},${input('c', 'UINT16', '[1]', 2)}]}`;
    const head = Buffer.from(json);
    const body = Buffer.concat([head, Buffer.from([1, 2, 3, 4])]);
    const request = parseInferRequest(body, { headerLength: head.length, limits });
    const contents = request.inputs.map(({ content }) =>
      content.kind === 'bytes' ? [...content.bytes] : null,
    );
    expect(contents).toEqual([[1, 2], [7], [3, 4]]);
    const { content, parameters } = request.inputs[2]!;
    expect(content.kind === 'bytes' && content.bytes.buffer === body.buffer).toBe(true);
    expect(parameters.size).toBe(0);
  });

  it('takes a header that says that all is JSON', () => {
    expect(parseText('{"inputs":[]}', []).inputs).toEqual([]);
  });

  it('takes the elements of BYTES, empty ones too', () => {
    const request = parseText(`{"inputs":[${input('s', 'BYTES', '[3]', 15)}]}`, [
      [1, 0, 0, 0, 65, 0, 0, 0, 0, 2, 0, 0, 0, 255, 0],
    ]);
    const { content } = request.inputs[0]!;
    expect(content.kind === 'elements' && content.elements.map((element) => [...element])).toEqual([
      [65],
      [],
      [255, 0],
    ]);
  });

  it('takes tensors of no elements and of size 0 without any header', () => {
    expect(parseText(`{"inputs":[${input('a', 'FP32', '[0,3]', 0)}]}`).inputs[0]!.content).toMatchObject({
      kind: 'bytes',
    });
  });

  it('infers sizes that are not said: from the shape, or the rest for BYTES alone', () => {
    const two = parseText(
      `{"inputs":[${input('a', 'INT16', '[2]', null)},${input('b', 'BOOL', '[1]', null)}]}`,
      [[1, 0, 2, 0, 1]],
    );
    expect(two.inputs.map(({ content }) => (content.kind === 'bytes' ? content.bytes.length : -1))).toEqual([
      4, 1,
    ]);
    const strings = parseText(`{"inputs":[${input('s', 'BYTES', '[2]', null)}]}`, [
      [0, 0, 0, 0, 1, 0, 0, 0, 66],
    ]);
    const { content } = strings.inputs[0]!;
    expect(content.kind === 'elements' && content.elements.length).toBe(2);
  });

  it('takes shared memory, whose size must fit', () => {
    const region = (size: number): string =>
      `{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"parameters":{"shared_memory_region":"r","shared_memory_offset":16,"shared_memory_byte_size":${size},"mine":1}}]}`;
    expect(parseText(region(8)).inputs[0]).toMatchObject({
      content: { kind: 'region', region: 'r', offset: 16, byteSize: 8 },
      parameters: new Map([['mine', 1]]),
    });
    expectRefusal(
      () => parseText(region(9)),
      "input byte size mismatch for input 'x' for model 'm'. Expected 8, got 9",
    );
  });

  const places =
    "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But";
  it.each([
    [
      input('x', 'FP32', '[2]', 8),
      [[1, 2, 3]],
      "unexpected size for input 'x', expecting 5 additional bytes for model 'm'",
    ],
    [
      input('x', 'FP32', '[2]', 8),
      undefined,
      "unexpected size for input 'x', expecting 8 additional bytes for model 'm'",
    ],
    [input('x', 'UINT8', '[2]', 2), [[1, 2, 3]], "unexpected additional input data for model 'm'"],
    [
      input('x', 'FP32', '[2]', 4),
      [[1, 2, 3, 4]],
      "input byte size mismatch for input 'x' for model 'm'. Expected 8, got 4",
    ],
    [
      input('x', 'BOOL', '[2]', 2),
      [[1, 2]],
      "Unable to parse 'data': element 1 of input 'x' is 2, not 0 or 1",
    ],
    [
      input('x', 'BYTES', '[2]', 5),
      [[1, 0, 0, 0, 65]],
      "expected 2 string elements for inference input 'x' for model 'm', got 1",
    ],
    [
      input('x', 'BYTES', '[1]', 8),
      [[0, 0, 0, 0, 0, 0, 0, 0]],
      "unexpected number of string elements 2 for inference input 'x' for model 'm', expecting 1",
    ],
    [
      input('x', 'BYTES', '[1]', 2),
      [[1, 0]],
      "incomplete string length indicator for inference input 'x' for model 'm', expecting 4 bytes but only 2 bytes available. Please make sure the string length indicator is in one buffer.",
    ],
    [
      input('x', 'BYTES', '[1]', 6),
      [[255, 255, 255, 255, 1, 2]],
      "incomplete string data for inference input 'x' for model 'm', expecting string of length 4294967295 but only 2 bytes available. Please make sure the string is in one buffer.",
    ],
    [input('x', 'FP32', '[2]', null), [], `${places} no field is set`],
    [
      `${input('x', 'BYTES', '[1]', null)},${input('y', 'BYTES', '[1]', null)}`,
      [[0]],
      `${places} no field is set`,
    ],
    [
      '{"name":"x","datatype":"UINT8","shape":[1],"data":[1],"parameters":{"binary_data_size":1}}',
      [[1]],
      `${places} set 'data' 'binary_data_size'`,
    ],
    [
      '{"name":"x","datatype":"UINT8","shape":[1],"parameters":{"binary_data_size":-1}}',
      [[1]],
      "Unable to parse 'binary_data_size': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    [
      '{"name":"x","datatype":"UINT8","shape":[1],"parameters":{"binary_data_size":"1"}}',
      [[1]],
      "Unable to parse 'binary_data_size': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    [
      '{"name":"x","datatype":"UINT8","shape":[1],"parameters":{"shared_memory_region":1}}',
      [],
      "Unable to parse 'shared_memory_region': attempt to access JSON non-string as string",
    ],
    [
      '{"name":"x","datatype":"UINT8","shape":[1],"parameters":{"shared_memory_region":"r"}}',
      [],
      "Unable to parse 'shared_memory_byte_size': attempt to access non-existing object member 'shared_memory_byte_size'",
    ],
  ])('refuses %s with %j', (inputs, blobs, text) => {
    expectRefusal(() => parseText(`{"inputs":[${inputs}]}`, blobs), text);
  });

  it('refuses a length that ends inside the JSON', () => {
    expectRefusal(
      () => parseInferRequest(Buffer.from('{"inputs":[]}'), { headerLength: 5, limits }),
      'failed to parse the request JSON buffer: Missing a closing quotation mark in string. at 1',
    );
    expectRefusal(
      () =>
        parseInferRequest(
          Buffer.from('{"inputs":[{"name":"x","shape":[3],"datatype":"FP32","data":[1,2,3]}]}'),
          { headerLength: 66, limits },
        ),
      'failed to parse the request JSON buffer: Missing a comma or ] after an array element. at 66',
    );
  });
});

describe('raw binary requests (1.4)', () => {
  const raw = (
    shape: number[],
    bytes: number,
    options: { datatype?: string; batched?: boolean } = {},
  ): unknown => {
    const metadata: TensorMetadata = { name: 'x', datatype: options.datatype ?? 'FP32', shape };
    const request = parseRawInferRequest(new Uint8Array(bytes), metadata, {
      limits,
      model: 'm',
      batched: options.batched ?? false,
    });
    expect(request.parameters.get('binary_data_output')).toBe(true);
    return request.inputs[0]!.shape;
  };

  it('solves the one free dimension, and takes a batch of 1', () => {
    expect(raw([2, 3], 24)).toEqual([2, 3]);
    expect(raw([-1, 3], 24)).toEqual([2, 3]);
    expect(raw([-1], 0)).toEqual([0]);
    expect(raw([-1, -1, 3], 24, { batched: true })).toEqual([1, 2, 3]);
  });

  it('takes a string without its length', () => {
    expect(raw([1], 5, { datatype: 'BYTES' })).toEqual([1]);
    expect(raw([-1, 1], 5, { datatype: 'BYTES', batched: true })).toEqual([1, 1]);
    const text = "For BYTE datatype raw input 'x', the model must have input shape [1]";
    expectRefusal(() => raw([2], 5, { datatype: 'BYTES' }), text);
    expectRefusal(() => raw([-1], 5, { datatype: 'BYTES' }), text);
  });

  it('refuses what has no answer', () => {
    expectRefusal(
      () => raw([-1, -1], 24),
      "The shape of the raw input 'x' can not be deduced because there are more than one variable-sized dimension",
    );
    expectRefusal(
      () => raw([2, 3], 20),
      "input byte size mismatch for input 'x' for model 'm'. Expected 24, got 20",
    );
    expectRefusal(
      () => raw([-1, 3], 20),
      "input byte size mismatch for input 'x' for model 'm'. Expected 12, got 20",
    );
    expectRefusal(
      () => raw([-1, 0], 20),
      "input byte size mismatch for input 'x' for model 'm'. Expected 0, got 20",
    );
    expectRefusal(
      () => raw([1], 4, { datatype: 'FP31' }),
      "The raw input 'x' has the datatype 'FP31', which is none of the protocol",
    );
  });
});

describe('elements of BYTES', () => {
  it('come apart as they were put together, as views', () => {
    const elements = [Uint8Array.of(1, 2), new Uint8Array(0), new Uint8Array(70000).fill(7)];
    const joined = joinElements(elements);
    const split = splitElements(joined, 3);
    expect(split.map((element) => Buffer.compare(element, elements[split.indexOf(element)]!))).toEqual([
      0, 0, 0,
    ]);
    expect(split[2]!.buffer).toBe(joined.buffer);
    expectRefusal(() => splitElements(joined, 2), 'unexpected number of string elements 3, expecting 2');
  });
});
