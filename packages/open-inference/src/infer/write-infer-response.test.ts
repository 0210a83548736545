import { describe, expect, it } from 'vitest';
import type { InferResponse, Parameters, WireTensor } from '../messages.ts';
import { tensorFrom } from '../tensor/tensor-from.ts';
import { expectRefusal } from './__fixtures__/bodies.ts';
import { DEFAULT_CODEC_LIMITS as limits, type EncodedBody, type NonFinitePolicy } from './codec-options.ts';
import { parseInferRequest } from './parse-infer-request.ts';
import { parseInferResponse } from './parse-infer-response.ts';
import { writeInferRequest } from './write-infer-request.ts';
import { writeInferResponse } from './write-infer-response.ts';

const NONE: Parameters = new Map();
const a = tensorFrom('a', 'FP32', [2], [0.1, -2]);
const b = tensorFrom('b', 'INT64', [1], [9007199254740993n]);
const region: WireTensor = {
  ...a,
  name: 'r',
  content: { kind: 'region', region: 'shm', offset: 0, byteSize: 8 },
};

function write(
  outputs: readonly WireTensor[],
  asked: readonly { name: string; binary?: boolean }[] = [],
  options: {
    readonly binary?: boolean;
    readonly nonFinite?: NonFinitePolicy;
    readonly response?: Partial<InferResponse>;
  } = {},
): { json: string; encoded: EncodedBody } {
  const encoded = writeInferResponse(
    { modelName: 'm', modelVersion: '1', id: '', parameters: NONE, outputs, ...options.response },
    {
      parameters: options.binary === undefined ? NONE : new Map([['binary_data_output', options.binary]]),
      outputs: asked.map(({ name, binary }) => ({
        name,
        parameters: binary === undefined ? NONE : new Map([['binary_data', binary]]),
      })),
    },
    { nonFinite: options.nonFinite ?? 'token' },
  );
  return { json: Buffer.from(encoded.chunks[0]!).toString(), encoded };
}

describe('writeInferResponse', () => {
  it('writes JSON by default, flat, without an id that was not given', () => {
    const { json, encoded } = write([a, b]);
    expect(json).toBe(
      '{"model_name":"m","model_version":"1","outputs":[{"name":"a","datatype":"FP32","shape":[2],"data":[0.1,-2]},{"name":"b","datatype":"INT64","shape":[1],"data":[9007199254740993]}]}',
    );
    expect(encoded).toMatchObject({
      headerLength: null,
      contentType: 'application/json',
      byteLength: json.length,
    });
  });

  it('echoes an id, and writes parameters of the response', () => {
    const { json } = write([], [], {
      response: {
        id: '7"',
        parameters: new Map<string, string | boolean | bigint>([
          ['a', 'é'],
          ['b', true],
          ['c', 9007199254740993n],
        ]),
      },
    });
    expect(json).toBe(
      '{"id":"7\\"","model_name":"m","model_version":"1","parameters":{"a":"é","b":true,"c":9007199254740993},"outputs":[]}',
    );
  });

  it('writes binary outputs by binary_data_output, and by binary_data over it', () => {
    const all = write([a, b], [], { binary: true });
    expect(all.json).toBe(
      '{"model_name":"m","model_version":"1","outputs":[{"name":"a","datatype":"FP32","shape":[2],"parameters":{"binary_data_size":8}},{"name":"b","datatype":"INT64","shape":[1],"parameters":{"binary_data_size":8}}]}',
    );
    expect(all.encoded).toMatchObject({
      headerLength: all.json.length,
      contentType: 'application/octet-stream',
      byteLength: all.json.length + 16,
    });
    expect(all.encoded.chunks[1]).toBe(a.content.kind === 'bytes' && a.content.bytes);
    const mixed = write([a, b], [{ name: 'a', binary: false }, { name: 'b' }], { binary: true });
    expect(mixed.json).toContain('"data":[0.1,-2]');
    expect(mixed.encoded.chunks.length).toBe(2);
    expect(write([a], [{ name: 'a', binary: true }], { binary: false }).encoded.chunks.length).toBe(2);
  });

  it('writes the order that was asked for, in JSON and in blobs', () => {
    const { json, encoded } = write([a, b], [{ name: 'b' }, { name: 'a' }], { binary: true });
    expect(json.indexOf('"name":"b"')).toBeLessThan(json.indexOf('"name":"a"'));
    expect(encoded.chunks[1]).toBe(b.content.kind === 'bytes' && b.content.bytes);
    expect(write([a, b], [{ name: 'b' }]).json).not.toContain('"name":"a"');
    expectRefusal(() => write([a], [{ name: 'z' }]), "output 'z' was not computed", 500);
  });

  it('sends no header for binary outputs of no bytes', () => {
    const { json, encoded } = write([tensorFrom('e', 'FP32', [0, 8], [])], [], { binary: true });
    expect(json).toContain('"shape":[0,8],"parameters":{"binary_data_size":0}}');
    expect(encoded).toMatchObject({ headerLength: null, contentType: 'application/json' });
  });

  it('writes neither data nor parameters for an output in shared memory (T2)', () => {
    const { json } = write([{ ...region, parameters: new Map([['x', 1]]) }], [{ name: 'r' }], {
      binary: true,
    });
    expect(json).toBe(
      '{"model_name":"m","model_version":"1","outputs":[{"name":"r","datatype":"FP32","shape":[2]}]}',
    );
    const outputs = [
      {
        name: 'r',
        parameters: new Map<string, string | number>([
          ['shared_memory_region', 'shm'],
          ['shared_memory_byte_size', 64],
        ]),
      },
    ];
    const found = parseInferResponse(Buffer.from(json), { headerLength: null, limits, outputs });
    expect(found.outputs[0]!.content).toEqual({ kind: 'region', region: 'shm', offset: 0, byteSize: 64 });
  });

  it.each([
    ['token', '[NaN,Infinity,-Infinity,1]'],
    ['string', '["NaN","Infinity","-Infinity",1]'],
    ['null', '[null,null,null,1]'],
  ] as const)('writes numbers that are not finite under the policy %s', (nonFinite, data) => {
    for (const datatype of ['FP16', 'BF16', 'FP32', 'FP64'] as const) {
      const tensor = tensorFrom('x', datatype, [4], [NaN, Infinity, -Infinity, 1]);
      expect(write([tensor], [], { nonFinite }).json).toContain(`"data":${data}}`);
    }
  });

  it('refuses numbers that are not finite under the policy error', () => {
    const tensor = tensorFrom('x', 'FP32', [2], [1, NaN]);
    expectRefusal(
      () => write([tensor], [], { nonFinite: 'error' }),
      "element 1 of output 'x' is NaN, which JSON does not have. Ask for it as binary data ('binary_data': true).",
    );
  });

  it('writes strings as UTF-8 with what JSON must escape, and asks for binary where they are none', () => {
    const text = tensorFrom('s', 'BYTES', [3], ['é"\\\n\0', '', '\u{1f600}']);
    expect(write([text]).json).toContain('"data":["é\\"\\\\\\u000a\\u0000","","\u{1f600}"]');
    const bad = tensorFrom('s', 'BYTES', [2], ['a', Uint8Array.of(0xff, 0xfe)]);
    expectRefusal(
      () => write([bad]),
      "element 1 of output 's' is not UTF-8, which JSON must be. Please use binary data ('binary_data': true).",
    );
    expect(Buffer.from(write([bad], [], { binary: true }).encoded.chunks[1]!).toString('hex')).toBe(
      '010000006102000000fffe',
    );
  });

  it('writes every datatype', () => {
    const tensors = [
      tensorFrom('x', 'BOOL', [2], [true, 0]),
      tensorFrom('x', 'UINT8', [2], [0, 255]),
      tensorFrom('x', 'INT8', [2], [-128, 127]),
      tensorFrom('x', 'UINT16', [1], [65535]),
      tensorFrom('x', 'INT16', [1], [-32768]),
      tensorFrom('x', 'UINT32', [1], [4294967295]),
      tensorFrom('x', 'INT32', [1], [-2147483648]),
      tensorFrom('x', 'UINT64', [1], [18446744073709551615n]),
      tensorFrom('x', 'INT64', [2], [-9223372036854775808n, -1]),
      tensorFrom('x', 'FP16', [1], [0.1]),
      tensorFrom('x', 'BF16', [1], [-3]),
      tensorFrom('x', 'FP64', [3], [0.1, -0, 1e300]),
    ];
    const data = [...write(tensors).json.matchAll(/"data":\[([^\]]*)\]/g)].map(([, found]) => found);
    expect(data).toEqual([
      'true,false',
      '0,255',
      '-128,127',
      '65535',
      '-32768',
      '4294967295',
      '-2147483648',
      '18446744073709551615',
      '-9223372036854775808,-1',
      '0.099975586',
      '-3',
      '0.1,-0,1e+300',
    ]);
  });

  it('writes texts larger than its first memory', () => {
    const values = Float32Array.from({ length: 50000 }, (_, index) => Math.sin(index));
    const { json, encoded } = write([
      tensorFrom('x', 'FP32', [50000], values),
      tensorFrom('s', 'BYTES', [1], ['x'.repeat(100000)]),
    ]);
    const parsed = JSON.parse(json) as { outputs: { data: unknown[] }[] };
    expect(Float32Array.from(parsed.outputs[0]!.data as number[])).toEqual(values);
    expect(parsed.outputs[1]!.data).toEqual(['x'.repeat(100000)]);
    expect(encoded.byteLength).toBe(json.length);
  });
});

describe('parseInferResponse', () => {
  it.each([
    ['{}', "Unable to parse 'outputs': attempt to access non-existing object member 'outputs'"],
    [
      '{"outputs":[{"name":"x","datatype":"FP32","shape":[1],"data":["1"]}]}',
      "Unable to parse 'data': element 0 of output 'x' is of the type string, not a number",
    ],
    ['{"outputs":[', 'failed to parse the response JSON buffer: Invalid value. at 12'],
    ['[]', "Unable to parse 'outputs': the document is not an object"],
  ])('refuses %s', (json, text) => {
    expectRefusal(() => parseInferResponse(Buffer.from(json), { headerLength: null, limits }), text);
  });
});

describe('writeInferRequest', () => {
  it('writes what parseInferRequest reads, shared memory included', () => {
    const request = {
      id: '',
      parameters: NONE,
      inputs: [region],
      outputs: [{ name: 'y', parameters: NONE }],
    };
    const body = Buffer.concat(writeInferRequest(request, { binary: true }).chunks);
    expect(parseInferRequest(body, { headerLength: null, limits })).toEqual({
      ...request,
      parameters: new Map([['binary_data_output', true]]),
    });
  });

  it('refuses a parameter that JSON does not have', () => {
    expectRefusal(
      () =>
        writeInferRequest(
          { id: '', parameters: new Map([['p', NaN]]), inputs: [], outputs: [] },
          { binary: false },
        ),
      "parameter 'p' is NaN, which JSON does not have",
    );
  });
});
