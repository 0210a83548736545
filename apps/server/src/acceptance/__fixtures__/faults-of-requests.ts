import { gzipSync } from 'node:zlib';
import { call, infer, type Bench } from './fault-bench.ts';
import { grpc, rest, type FaultCase, type FaultRow } from './fault-table.ts';

const INT16 = `[${Array.from({ length: 16 }, (_, index) => index).join(',')}]`;
const input = (name: string, more = `"data":${INT16}`, shape = '[1,16]', datatype = 'INT32'): string =>
  `{"name":"${name}","datatype":"${datatype}","shape":${shape},${more}}`;
const simple = (inputs: readonly string[], more = ''): string => `{"inputs":[${inputs.join(',')}]${more}}`;
const GOOD = simple([input('INPUT0'), input('INPUT1')]);
const one = (datatype: string, data: string, shape = '[1,1]'): string =>
  `{"inputs":[{"name":"x","datatype":"${datatype}","shape":${shape},"data":${data}}]}`;

const RAW16 = Buffer.alloc(64);
interface GrpcInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly (number | string)[];
  readonly contents?: object;
}
const tensor = (name: string, changes: Partial<GrpcInput> = {}): GrpcInput => ({ name, datatype: 'INT32', shape: [1, 16], ...changes });
const message = (inputs: readonly GrpcInput[], more: object = {}): object => ({
  model_name: 'simple',
  inputs,
  raw_input_contents: inputs.filter(({ contents }) => contents === undefined).map(() => RAW16),
  ...more,
});
const BOTH = [tensor('INPUT0'), tensor('INPUT1')];
const single = (model: string, datatype: string, shape: readonly (number | string)[], blob: Buffer | object): object => ({
  model_name: model,
  inputs: [{ name: 'x', datatype, shape, ...(Buffer.isBuffer(blob) ? {} : { contents: blob }) }],
  raw_input_contents: Buffer.isBuffer(blob) ? [blob] : [],
});

const json = (request: string, status: number, text: string, body: string | Uint8Array, model = 'simple', headers: readonly string[] = []): FaultCase =>
  rest(request, status, text, (bench: Bench) => infer(bench, model, body, headers));
const proto = (request: string, status: number, text: string, content: object): FaultCase =>
  grpc(request, status, text, (bench: Bench) => call(bench, content));

const binary = (head: string, blobs: Uint8Array, length: number | string = Buffer.byteLength(head)): [Buffer, string[]] => [
  Buffer.concat([Buffer.from(head), blobs]),
  [`Inference-Header-Content-Length: ${length}`],
];
const blobs = (request: string, status: number, text: string, head: string, blob: Uint8Array, length?: number | string, model = 'simple'): FaultCase => {
  const [body, headers] = binary(head, blob, length);
  return json(request, status, text, body, model, headers);
};
const SIZED = simple([input('INPUT0', '"parameters":{"binary_data_size":64}'), input('INPUT1', '"parameters":{"binary_data_size":64}')]);
const words = (lengths: readonly number[], rest = ''): Buffer =>
  Buffer.concat([...lengths.map((length) => { const word = Buffer.alloc(4); word.writeUInt32LE(length); return word; }), Buffer.from(rest)]);
const TEXT = '{"inputs":[{"name":"x","datatype":"BYTES","shape":[1,1],"parameters":{"binary_data_size":SIZE}}]}';

/** Faults of what a request says. */
export const REQUEST_FAULTS: readonly FaultRow[] = [
  {
    fault: 'malformed JSON, wrong top type, trailing junk, BOM, invalid UTF-8, duplicate keys',
    deviation: 'Triton answers 500 for malformed JSON; here it is 400, with the same beginning. It takes the last of repeated keys; here a repeated `name`, `shape`, `datatype` or `data` is refused, because proxies and clients disagree about which one counts.',
    cases: [
      json('`{`', 400, 'failed to parse the request JSON buffer: Missing a name for object member. at 1', '{'),
      json('`[]`', 400, 'failed to parse the request JSON buffer: the document is not an object, at 0', '[]'),
      json('a request and `x` after it', 400, 'failed to parse the request JSON buffer: The document root must not be followed by other values. at 210', `${GOOD}x`),
      json('a request after a byte order mark', 400, 'failed to parse the request JSON buffer: Invalid value. at 0', `\uFEFF${GOOD}`),
      json('the byte ff in a name', 400, 'failed to parse the request JSON buffer: Invalid encoding in string. at 23', Buffer.from(GOOD.replace('INPUT0', 'INP\u00ffT0'), 'latin1')),
      json('`name` twice', 400, "Unable to parse 'name': the object has this member twice", simple([input('INPUT0', `"name":"INPUT0","data":${INT16}`), input('INPUT1')])),
      json('`data` twice', 400, "Unable to parse 'data': the object has this member twice", simple([input('INPUT0', `"data":${INT16},"data":${INT16}`), input('INPUT1')])),
      json('no body', 400, 'failed to parse the request JSON buffer: The document is empty. at 0', ''),
      json('a parameter that is a list', 400, "parameter 'a' has invalid type. It should be either 'int', 'bool', 'double', or 'string'.", simple([input('INPUT0'), input('INPUT1')], ',"parameters":{"a":[]}')),
      json('a parameter of Triton itself', 400, "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.", simple([input('INPUT0'), input('INPUT1')], ',"parameters":{"triton_a":1}')),
      json('an id that is a number', 400, "Unable to parse 'id': attempt to access JSON non-string as string", simple([input('INPUT0'), input('INPUT1')], ',"id":7')),
      grpc('bytes that are no message', 3, 'failed to parse the ModelInferRequest message: …', (bench) => bench.grpc.call('ModelInfer', Buffer.from([0x0a, 0xff, 0xff]))),
    ],
  },
  {
    fault: 'JSON nesting >100 (test 120, 250 000, 5 M brackets)',
    deviation: '',
    cases: [
      json('120 brackets', 400, 'JSON nesting depth exceeds maximum allowed limit (100)', `{"other":${'['.repeat(120)}${']'.repeat(120)}}`),
      json('250 000 brackets', 400, 'JSON nesting depth exceeds maximum allowed limit (100)', `{"other":${'['.repeat(250_000)}`),
      json('1 M brackets, compressed', 400, 'JSON nesting depth exceeds maximum allowed limit (100)', gzipSync(Buffer.from(`{"other":${'['.repeat(1_000_000)}`)), 'simple', ['Content-Encoding: gzip']),
      json('5 M brackets', 413, 'The body declared is larger than 1048576 bytes, which are the most.', `{"other":${'['.repeat(5_000_000)}`),
    ],
  },
  {
    fault: '`__proto__`/`constructor` as names or parameter keys',
    deviation: '',
    cases: [
      json('a model `__proto__`', 404, "Request for unknown model: '__proto__' is not found", GOOD, '__proto__'),
      json('a model `constructor`', 404, "Request for unknown model: 'constructor' is not found", GOOD, 'constructor'),
      json('an input `__proto__`', 400, "unexpected inference input '__proto__' for model 'simple'", simple([input('__proto__'), input('INPUT1')])),
      json('a parameter `__proto__`, which is one as any other', 200, '…"OUTPUT0"…', simple([input('INPUT0'), input('INPUT1')], ',"parameters":{"__proto__":"x","constructor":1}')),
      proto('a model `__proto__`', 5, "Request for unknown model: '__proto__' is not found", message(BOTH, { model_name: '__proto__' })),
      proto('an input `constructor`', 3, "unexpected inference input 'constructor' for model 'simple'", message([tensor('constructor'), tensor('INPUT1')])),
    ],
  },
  {
    fault: 'missing/unknown/duplicate input; unknown/duplicate output',
    deviation: '',
    cases: [
      json('no `inputs`', 400, "Unable to parse 'inputs': attempt to access non-existing object member 'inputs'", '{}'),
      json('one of two inputs', 400, "expected 2 inputs but got 1 inputs for model 'simple'. Got input(s) ['INPUT0'], but missing required input(s) ['INPUT1']. Please provide all required input(s).", simple([input('INPUT0')])),
      json('an unknown input in place of one', 400, "unexpected inference input 'Z' for model 'simple'", simple([input('INPUT0'), input('Z')])),
      json('an input that is too many', 400, "unexpected inference input 'Z' for model 'simple'", simple([input('INPUT0'), input('INPUT1'), input('Z')])),
      json('an input twice', 400, "input 'INPUT0' already exists in request", simple([input('INPUT0'), input('INPUT0')])),
      json('an unknown output', 400, "unexpected inference output 'Y' for model 'simple'", simple([input('INPUT0'), input('INPUT1')], ',"outputs":[{"name":"Y"}]')),
      json('an output twice', 400, "output 'OUTPUT0' already exists in request", simple([input('INPUT0'), input('INPUT1')], ',"outputs":[{"name":"OUTPUT0"},{"name":"OUTPUT0"}]')),
      proto('one of two inputs', 3, "expected 2 inputs but got 1 inputs for model 'simple'. Got input(s) ['INPUT0'], but missing required input(s) ['INPUT1']. Please provide all required input(s).", message([tensor('INPUT0')])),
      proto('an unknown input in place of one', 3, "unexpected inference input 'Z' for model 'simple'", message([tensor('INPUT0'), tensor('Z')])),
      proto('an input twice', 3, "input 'INPUT0' already exists in request", message([tensor('INPUT0'), tensor('INPUT0')])),
      proto('an unknown output', 3, "unexpected inference output 'Y' for model 'simple'", message(BOTH, { outputs: [{ name: 'Y' }] })),
      proto('an output twice', 3, "output 'OUTPUT0' already exists in request", message(BOTH, { outputs: [{ name: 'OUTPUT0' }, { name: 'OUTPUT0' }] })),
    ],
  },
  {
    fault: 'wrong dtype / unknown dtype / rank / dim / negative / float / 2^60 dims / count mismatch / batch > max / batch differs between inputs',
    deviation: 'Triton answers 500 for shapes that are no list of unsigned integers and for a wrong count; here it is 400 with the same text.',
    cases: [
      json('FP32 for INT32', 400, "inference input 'INPUT0' data-type is 'FP32', but model 'simple' expects 'INT32'", simple([input('INPUT0', `"data":${INT16}`, '[1,16]', 'FP32'), input('INPUT1')])),
      json('a datatype that there is not', 400, "Unable to parse 'datatype': input 'INPUT0' for model 'simple' has the datatype 'COMPLEX', expected one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64, BYTES", simple([input('INPUT0', `"data":${INT16}`, '[1,16]', 'COMPLEX'), input('INPUT1')])),
      json('a rank too small', 400, "unexpected shape for input 'INPUT0' for model 'simple'. Expected [-1,16], got [16]. NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be prepended to each input shape.", simple([input('INPUT0', `"data":${INT16}`, '[16]'), input('INPUT1')])),
      json('a wrong dimension', 400, "unexpected shape for input 'INPUT0' for model 'simple'. Expected [-1,16], got [1,2]. NOTE: Setting a non-zero max_batch_size in the model config requires a batch dimension to be prepended to each input shape.", simple([input('INPUT0', '"data":[1,2]', '[1,2]'), input('INPUT1')])),
      json('a negative dimension', 400, "Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer", simple([input('INPUT0', `"data":${INT16}`, '[-1,16]'), input('INPUT1')])),
      json('a dimension of 1.5', 400, "Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer", simple([input('INPUT0', `"data":${INT16}`, '[1.5,16]'), input('INPUT1')])),
      json('2^60 elements', 400, "byte size overflow for input 'x' for model 'identity_float32': 1152921504606846976 elements of 4 bytes or more", one('FP32', '[1]', '[1152921504606846976,1]'), 'identity_float32'),
      json('more elements than 64 bits count', 400, "shape [1152921504606847000,1152921504606847000] of input 'x' for model 'identity_float32' causes total element count to exceed maximum size of 9223372036854775807", one('FP32', '[1]', '[1152921504606846976,1152921504606846976]'), 'identity_float32'),
      json('a dimension of 2^32 beside a 0', 400, "unexpected shape for input 'x' for model 'identity_float32'. Dimension 0 is 4294967296, and 2147483647 is the most that engines count to", one('FP32', '[]', '[4294967296,0]'), 'identity_float32'),
      json('three values for four', 400, "Unable to parse 'data': Shape does not match true shape of 'data' field", one('FP32', '[1,2,3]', '[2,2]'), 'identity_float32'),
      json('a batch above the largest', 400, "inference request batch-size must be <= 8 for 'simple', got 9", simple([input('INPUT0', `"data":[${INT16.slice(1, -1).concat(',').repeat(9).slice(0, -1)}]`, '[9,16]'), input('INPUT1', `"data":[${INT16.slice(1, -1).concat(',').repeat(9).slice(0, -1)}]`, '[9,16]')])),
      json('a batch of 2 beside one of 1', 400, "input 'INPUT1' batch size does not match other inputs for 'simple'. It has 1 rows, but 'INPUT0' has 2", simple([input('INPUT0', `"data":[${INT16},${INT16}]`, '[2,16]'), input('INPUT1')])),
      proto('FP32 for INT32', 3, "inference input 'INPUT0' data-type is 'FP32', but model 'simple' expects 'INT32'", message([tensor('INPUT0', { datatype: 'FP32' }), tensor('INPUT1')])),
      proto('a datatype that there is not', 3, "input 'INPUT0' for model 'simple' has unknown datatype 'COMPLEX'.", message([tensor('INPUT0', { datatype: 'COMPLEX' }), tensor('INPUT1')])),
      proto('a wrong dimension', 3, "input byte size mismatch for input 'INPUT0' for model 'simple'. Expected 60, got 64", message([tensor('INPUT0', { shape: [1, 15] }), tensor('INPUT1')])),
      proto('a negative dimension', 3, "tensor 'INPUT0' has -1 in its shape; every size must be 0 or more.", message([tensor('INPUT0', { shape: [-1, 16] }), tensor('INPUT1')])),
      proto('2^60 elements', 3, "tensor 'x' has 1152921504606846976 in its shape, which causes total element count to exceed maximum size of 9223372036854775807", single('identity_float32', 'FP32', ['1152921504606846976', 1], Buffer.alloc(4))),
      proto('a batch of 2 beside one of 1', 3, "input 'INPUT1' batch size does not match other inputs for 'simple'. It has 1 rows, but 'INPUT0' has 2", { ...message([tensor('INPUT0', { shape: [2, 16] }), tensor('INPUT1')]), raw_input_contents: [Buffer.alloc(128), RAW16] }),
    ],
  },
  {
    fault: 'data wrong type, out-of-range int, 1.5 for INT, NaN for INT, string for FP',
    deviation: 'Triton cuts integers that are out of range to the low bytes (300 for UINT8 is 44); here nothing is changed silently.',
    cases: [
      json('300 for UINT8', 400, "Unable to parse 'data': element 0 of input 'x' is 300, not an integer of UINT8 (0 to 255)", one('UINT8', '[300]'), 'identity_uint8'),
      json('-1 for UINT8', 400, "Unable to parse 'data': element 1 of input 'x' is -1, not an integer of UINT8 (0 to 255)", one('UINT8', '[[7],[-1]]', '[2,1]'), 'identity_uint8'),
      json('1.5 for INT64', 400, "Unable to parse 'data': element 0 of input 'x' is 1.5, not an integer of INT64 (-9223372036854775808 to 9223372036854775807)", one('INT64', '[1.5]'), 'identity_int64'),
      json('NaN for INT64', 400, "Unable to parse 'data': element 0 of input 'x' is NaN, not an integer of INT64 (-9223372036854775808 to 9223372036854775807)", one('INT64', '[NaN]'), 'identity_int64'),
      json('text for FP32', 400, "Unable to parse 'data': element 0 of input 'x' is of the type string, not a number", one('FP32', '["1"]'), 'identity_float32'),
      json('null for FP32', 400, "Unable to parse 'data': element 0 of input 'x' is of the type null, not a number", one('FP32', '[null]'), 'identity_float32'),
      json('2 for BOOL', 400, "Unable to parse 'data': element 0 of input 'x' is a number, not true, false, 0 or 1", one('BOOL', '[2]'), 'identity_bool'),
      json('a number for BYTES', 400, "Unable to parse 'data': element 0 of input 'x' is of the type number, not a string", one('BYTES', '[1]'), 'identity_string'),
      json('an object among the data', 400, "Unable to parse 'data': element 0 of input 'x' is of the type object, not a number", one('FP32', '[{}]'), 'identity_float32'),
      proto('300 in `uint_contents` for UINT8', 3, "Unable to parse 'data': element 0 of input 'x' is 300, out of the range of UINT8", single('identity_uint8', 'UINT8', [1, 1], { uint_contents: [300] })),
      proto('`fp32_contents` for INT64', 3, "unexpected explicit tensor data for input tensor 'x' for model 'identity_int64' of type 'FP32', expected datatype 'INT64'", single('identity_int64', 'INT64', [1, 1], { fp32_contents: [1] })),
      proto('the byte 2 for BOOL', 3, "Unable to parse 'data': element 0 of input 'x' is 2, not 0 or 1", single('identity_bool', 'BOOL', [1, 1], Buffer.from([2]))),
    ],
  },
  {
    fault: 'NaN/Inf in FP',
    deviation: 'By default the answer has bare `NaN` and `Infinity`, as Triton has and Python reads; `--non-finite` makes text, null or an error of them.',
    cases: [
      json('NaN and both infinities', 200, '…"data":[NaN,Infinity,-Infinity]…', one('FP32', '[NaN,Infinity,-Infinity]', '[1,3]'), 'identity_float32'),
      proto('NaN and infinity', 0, '', single('identity_float32', 'FP32', [1, 2], { fp32_contents: [Number.NaN, Infinity] })),
    ],
  },
  {
    fault: 'INT64 > 2^53',
    deviation: '',
    cases: [
      json('2^63-1 and -2^63', 200, '…"data":[9223372036854775807,-9223372036854775808]…', one('INT64', '[9223372036854775807,-9223372036854775808]', '[1,2]'), 'identity_int64'),
      json('2^63', 400, "Unable to parse 'data': element 0 of input 'x' is 9223372036854775808, not an integer of INT64 (-9223372036854775808 to 9223372036854775807)", one('INT64', '[9223372036854775808]'), 'identity_int64'),
      proto('2^63-1', 0, '', single('identity_int64', 'INT64', [1, 1], { int64_contents: ['9223372036854775807'] })),
    ],
  },
  {
    fault: 'BYTES with NUL / invalid UTF-8 on ORT-node',
    deviation: 'Triton passes any bytes; ONNX Runtime for Node.js keeps strings as text, so that what it would change is refused.',
    cases: [
      json('`\\u0000` in JSON', 400, "backend cannot carry element 0 of input 'x' for model 'identity_string' (backend 'cpu'): it contains a NUL byte, where the engine would cut it", one('BYTES', '["a\\u0000b"]'), 'identity_string'),
      blobs('the bytes ff fe', 400, "backend cannot carry element 0 of input 'x' for model 'identity_string' (backend 'cpu'): it is no valid UTF-8. Send text, for example base64", TEXT.replace('SIZE', '6'), Buffer.from([2, 0, 0, 0, 0xff, 0xfe]), undefined, 'identity_string'),
      proto('NUL in raw contents', 3, "backend cannot carry element 0 of input 'x' for model 'identity_string' (backend 'cpu'): it contains a NUL byte, where the engine would cut it", single('identity_string', 'BYTES', [1, 1], words([3], 'a\0b'))),
      proto('the bytes ff fe in `bytes_contents`', 3, "backend cannot carry element 0 of input 'x' for model 'identity_string' (backend 'cpu'): it is no valid UTF-8. Send text, for example base64", single('identity_string', 'BYTES', [1, 1], { bytes_contents: [Buffer.from([0xff, 0xfe])] })),
    ],
  },
  {
    fault: 'both data and binary_data_size; none; binary without header; header 0 on multi-input',
    deviation: '',
    cases: [
      json('both', 400, "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But set 'data' 'binary_data_size'", simple([input('INPUT0', `"data":${INT16},"parameters":{"binary_data_size":64}`), input('INPUT1')])),
      json('none', 400, "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But no field is set", simple([input('INPUT0', '"parameters":{}'), input('INPUT1')])),
      json('`binary_data_size` without the header', 400, 'failed to parse the request JSON buffer: The document root must not be followed by other values. at 190', Buffer.concat([Buffer.from(SIZED), RAW16, RAW16])),
      blobs('a raw request for two inputs', 400, "Raw request must only have 1 input (found 1) to be deduced but got 2 inputs in 'simple' model configuration", '', RAW16, 0),
      proto('contents and raw contents', 3, "contents field must not be specified when using raw_input_contents for 'INPUT0' for model 'simple'", { ...message(BOTH), inputs: [tensor('INPUT0', { contents: { int_contents: Array.from({ length: 16 }, () => 1) } }), tensor('INPUT1')] }),
      proto('neither', 3, "unable to find data for input tensor 'INPUT0' for model 'simple' in request.", { model_name: 'simple', inputs: BOTH }),
    ],
  },
  {
    fault: 'header lies: non-number, negative, > body, > int32, splits inside JSON, repeated header with different values',
    deviation: 'Triton reads `12abc` as 12; here it is no number.',
    cases: [
      blobs('`12abc`', 400, 'Unable to parse Inference-Header-Content-Length, got: 12abc', SIZED, Buffer.alloc(128), '12abc'),
      blobs('`-1`', 400, 'inference header size should be in range (0, 318), got: -1', SIZED, Buffer.alloc(128), '-1'),
      blobs('more than the body', 400, 'inference header size should be in range (0, 318), got: 100000', SIZED, Buffer.alloc(128), 100_000),
      blobs('2^31', 400, 'Unable to parse Inference-Header-Content-Length, got: 2147483648, value is out of range', SIZED, Buffer.alloc(128), '2147483648'),
      blobs('inside of the JSON', 400, 'failed to parse the request JSON buffer: Missing a closing quotation mark in string. at 19', SIZED, Buffer.alloc(128), 20),
      json('two that differ', 400, 'Unable to parse Inference-Header-Content-Length, got: 190, 5', Buffer.concat([Buffer.from(SIZED), Buffer.alloc(128)]), 'simple', [`Inference-Header-Content-Length: ${SIZED.length}`, 'Inference-Header-Content-Length: 5']),
    ],
  },
  {
    fault: 'truncated binary / extra bytes / BYTES length word past end (0xffffffff)',
    deviation: 'Triton ignores raw contents that are too many; here they are refused, because nobody knows which were meant.',
    cases: [
      blobs('100 of 128 bytes', 400, "unexpected size for input 'INPUT1', expecting 28 additional bytes for model 'simple'", SIZED, Buffer.alloc(100)),
      blobs('140 bytes for 128', 400, "unexpected additional input data for model 'simple'", SIZED, Buffer.alloc(140)),
      blobs('a size that the shape does not have', 400, "input byte size mismatch for input 'INPUT0' for model 'simple'. Expected 64, got 60", simple([input('INPUT0', '"parameters":{"binary_data_size":60}'), input('INPUT1')]), Buffer.alloc(60)),
      blobs('a length of 0xffffffff', 400, "incomplete string data for inference input 'x' for model 'identity_string', expecting string of length 4294967295 but only 4 bytes available. Please make sure the string is in one buffer.", TEXT.replace('SIZE', '8'), words([0xffff_ffff], 'abcd'), undefined, 'identity_string'),
      blobs('half of a length', 400, "incomplete string length indicator for inference input 'x' for model 'identity_string', expecting 4 bytes but only 2 bytes available. Please make sure the string length indicator is in one buffer.", TEXT.replace('SIZE', '2'), Buffer.from([1, 0]), undefined, 'identity_string'),
      proto('100 of 128 bytes', 3, "input byte size mismatch for input 'INPUT1' for model 'simple'. Expected 64, got 36", { ...message(BOTH), raw_input_contents: [RAW16, Buffer.alloc(36)] }),
      proto('raw contents that nobody wants', 3, "raw_input_contents has 3 entries for model 'simple', but only 2 inputs take one.", { ...message(BOTH), raw_input_contents: [RAW16, RAW16, RAW16] }),
      proto('a length of 0xffffffff', 3, "incomplete string data for inference input 'x' for model 'identity_string', expecting string of length 4294967295 but only 4 bytes available. Please make sure the string is in one buffer.", single('identity_string', 'BYTES', [1, 1], words([0xffff_ffff], 'abcd'))),
    ],
  },
];
