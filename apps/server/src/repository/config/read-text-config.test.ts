import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printTextConfig } from '../__fixtures__/print-text-config.ts';
import { DATA_TYPES, type ModelConfig } from './model-config.ts';
import { readJsonConfig } from './read-json-config.ts';
import { readTextConfig } from './read-text-config.ts';

const read = (text: string): ModelConfig => readTextConfig(new TextEncoder().encode(text), 'm/config.pbtxt');
/** Null prototypes as plain objects, for comparisons. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const problem = (text: string): string => {
  try {
    read(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
};

it('reads a configuration as people write them', () => {
  const config = read(`
    # A model
    name: "simple"
    platform: "onnxruntime_onnx"
    max_batch_size: 8
    input [
      { name: "INPUT0" data_type: TYPE_INT32 dims: [ 16 ] },
      { name: "INPUT1", data_type: TYPE_INT32, dims: 16 }
    ]
    output { name: "OUTPUT" "0" data_type: TYPE_INT32 dims: [ -1, 0x10 ] label_filename: 'labels.txt' }
    instance_group: [ { count: 2 kind: KIND_CPU } ]
    version_policy: { specific: { versions: [1, 3] } }
    dynamic_batching <
      preferred_batch_size: [ 4, 8 ];
      max_queue_delay_microseconds: 100
      priority_levels: 2 default_priority_level: 2
      default_queue_policy { timeout_action: DELAY allow_timeout_override: true max_queue_size: 10 }
      priority_queue_policy { key: 1 value { default_timeout_microseconds: 5000 } }
    >
    parameters: { key: "backend" value: { string_value: "cpu" } }
    parameters { key: "options.threads" value { string_value: "1\\n\\x41\\101\\u00e9" } }
    response_cache { enable: true }
    model_warmup { name: "w" batch_size: 1 inputs { key: "INPUT0" value { data_type: TYPE_INT32 dims: 16 zero_data: true } } }
  `);
  expect(plain(config)).toEqual({
    name: 'simple',
    platform: 'onnxruntime_onnx',
    max_batch_size: 8,
    input: [
      { name: 'INPUT0', data_type: 'TYPE_INT32', dims: [16] },
      { name: 'INPUT1', data_type: 'TYPE_INT32', dims: [16] },
    ],
    output: [{ name: 'OUTPUT0', data_type: 'TYPE_INT32', dims: [-1, 16], label_filename: 'labels.txt' }],
    instance_group: [{ count: 2, kind: 'KIND_CPU' }],
    version_policy: { specific: { versions: [1, 3] } },
    dynamic_batching: {
      preferred_batch_size: [4, 8],
      max_queue_delay_microseconds: 100,
      priority_levels: 2,
      default_priority_level: 2,
      default_queue_policy: { timeout_action: 'DELAY', allow_timeout_override: true, max_queue_size: 10 },
      priority_queue_policy: { 1: { default_timeout_microseconds: 5000 } },
    },
    parameters: { backend: { string_value: 'cpu' }, 'options.threads': { string_value: '1\nAAé' } },
    response_cache: { enable: true },
    model_warmup: [
      {
        name: 'w',
        batch_size: 1,
        inputs: { INPUT0: { data_type: 'TYPE_INT32', dims: [16], zero_data: true } },
      },
    ],
  });
});

describe('a mistake is named by file, line, column and field', () => {
  it.each([
    [
      'name: "m"\nmax_batch_siz: 8',
      'm/config.pbtxt:2:1: the field `max_batch_siz` of `ModelConfig` is unknown. Did you mean `max_batch_size`?',
    ],
    ['input [ { name: "x" typ: 1 } ]', 'm/config.pbtxt:1:21: the field `typ` of `ModelInput` is unknown'],
    [
      'max_batch_size: "8"',
      'm/config.pbtxt:1:17: `max_batch_size` takes a whole number, but a string stands here',
    ],
    ['max_batch_size: 1.5', '`max_batch_size` takes a whole number, but `1.5` stands here'],
    ['max_batch_size: 9999999999', '`max_batch_size` is 9999999999, but goes from -2147483648 to 2147483647'],
    ['max_batch_size: 8a', 'm/config.pbtxt:1:17: `8a` is no number'],
    ['max_batch_size 8', '`:` is expected after `max_batch_size`, but `8` stands here'],
    ['max_batch_size: 1 max_batch_size: 2', 'm/config.pbtxt:1:19: `max_batch_size` is given twice'],
    ['max_batch_size: [1]', '`max_batch_size` takes one value, but a list stands here'],
    [
      'input { data_type: TYPE_FP33 }',
      'm/config.pbtxt:1:20: `data_type` cannot be `TYPE_FP33`; did you mean `TYPE_FP32`?',
    ],
    ['input { data_type: 99 }', '`data_type` takes one of TYPE_INVALID,'],
    ['input { dims: [1, 2 }', '`,` or `]` is expected in the list of `dims`, but `}` stands here'],
    ['input {', 'm/config.pbtxt:1:8: the file ends before `}`'],
    ['input { name: "x" >', 'the name of a field is expected, but `>` stands here'],
    ['name: "m', 'm/config.pbtxt:1:7: the string has no closing quote on its line'],
    [String.raw`name: "\q"`, String.raw`the string has the escape ${'`'}\q${'`'}, which is none`],
    [String.raw`name: "\xff"`, 'the string of `name` is no UTF-8 text'],
    ['name: @', 'm/config.pbtxt:1:7: the character "@" has no meaning here'],
    ['name: m', '`name` takes a string in quotes, but `m` stands here'],
    ['response_cache { enable: yes }', '`enable` takes true or false, but `yes` stands here'],
    [
      'version_policy { all {} latest { num_versions: 1 } }',
      'm/config.pbtxt:1:25: `latest` cannot stand beside `all`: only one of them can be given',
    ],
    [
      'dynamic_batching {} sequence_batching {}',
      '`sequence_batching` cannot stand beside `dynamic_batching`',
    ],
    [
      'metric_tags { key: "a" value: "1" } metric_tags { key: "a" value: "2" }',
      '`metric_tags` has the key `a` twice',
    ],
    ['metric_tags: "a"', '`metric_tags` takes entries of `key` and `value`'],
    ['[ext.field]: 1', 'the name of a field is expected, but `[` stands here'],
    ['input { '.repeat(40), 'messages are nested deeper than 32 here'],
  ])('%s', (text, expected) => {
    expect(problem(text)).toContain(expected);
  });

  it('refuses what is no text', () => {
    expect(() => readTextConfig(Uint8Array.of(0xff, 0xfe), 'm/config.pbtxt')).toThrow(
      'm/config.pbtxt is no UTF-8 text',
    );
  });
});

describe('what is known but not done is refused with a way out', () => {
  it.each([
    ['ensemble_scheduling { step { model_name: "a" } }', 'ensembles are not supported'],
    ['sequence_batching { }', 'sequences of requests'],
    ['model_transaction_policy { decoupled: true }', 'answers each request once'],
    ['platform: "tensorrt_plan"', "`platform`: 'tensorrt_plan' is not served"],
    ['backend: "python"', "`backend`: 'python' is not served"],
    ['input { name: "x" reshape { shape: [] } }', '`input[0].reshape`'],
    ['input { name: "x" allow_ragged_batch: true }', '`input[0].allow_ragged_batch`'],
    ['input { name: "x" optional: true }', '`input[0].optional`'],
    [
      'instance_group { rate_limiter { resources { name: "R" count: 1 } } }',
      '`instance_group[0].rate_limiter`',
    ],
    ['instance_group { passive: true }', '`instance_group[0].passive`'],
    ['batch_input { kind: BATCH_ELEMENT_COUNT }', '`batch_input`'],
    [
      'optimization { execution_accelerators { gpu_execution_accelerator { name: "tensorrt" } } }',
      'write the parameter `backend`',
    ],
    ['cc_model_filenames { key: "7.5" value: "m.onnx" }', '`default_model_filename`'],
    ['model_operations { op_library_filename: "x.so" }', '`model_operations`'],
    ['runtime: "x.so"', '`runtime`'],
  ])('%s', (text, expected) => {
    expect(problem(text)).toContain(expected);
  });

  it.each([
    'optimization { graph { level: 1 } priority: PRIORITY_MAX cuda { graphs: true } input_pinned_memory { enable: false } }',
    'model_transaction_policy { decoupled: false }',
    'metric_tags { key: "team" value: "a" }',
    'instance_group { host_policy: "numa0" }',
    'input { name: "x" format: FORMAT_NCHW }',
  ])('%s is accepted', (text) => {
    expect(problem(text)).toBe('nothing was thrown');
  });
});

const int = fc.integer({ min: -1, max: 2 ** 31 - 1 });
const count = fc.nat(2 ** 31 - 1);
const word = fc.string({ unit: 'grapheme', maxLength: 12 });
const some = <Value>(
  model: Record<string, fc.Arbitrary<Value>>,
): fc.Arbitrary<Partial<Record<string, Value>>> =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<Record<string, Value>>>;
const dataType = fc.constantFrom(...DATA_TYPES);
const tensor: fc.Arbitrary<unknown> = some<unknown>({
  name: word,
  data_type: dataType,
  dims: fc.array(int, { minLength: 1, maxLength: 4 }),
});
const queue = some<unknown>({
  timeout_action: fc.constantFrom('REJECT', 'DELAY'),
  default_timeout_microseconds: count,
  allow_timeout_override: fc.boolean(),
  max_queue_size: count,
});
const config: fc.Arbitrary<object> = some<unknown>({
  name: word,
  max_batch_size: int,
  input: fc.array(tensor, { minLength: 1, maxLength: 3 }),
  output: fc.array(tensor, { minLength: 1, maxLength: 3 }),
  version_policy: fc.oneof(
    fc.record({ all: fc.constant({}) }),
    fc.record({ latest: fc.record({ num_versions: count }) }),
    fc.record({ specific: fc.record({ versions: fc.array(count, { minLength: 1, maxLength: 3 }) }) }),
  ),
  dynamic_batching: some<unknown>({
    preferred_batch_size: fc.array(count, { minLength: 1, maxLength: 3 }),
    preserve_ordering: fc.boolean(),
    default_queue_policy: queue,
    priority_queue_policy: fc.dictionary(fc.nat(9).map(String), queue, { minKeys: 1, maxKeys: 3 }),
  }),
  parameters: fc.dictionary(word, fc.record({ string_value: word }), {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: false,
  }),
  metric_tags: fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 }),
  instance_group: fc.array(
    some<unknown>({
      count,
      gpus: fc.array(count, { minLength: 1, maxLength: 2 }),
      kind: fc.constantFrom('KIND_AUTO', 'KIND_GPU', 'KIND_CPU'),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

it('every way of writing a configuration reads as the same, and so does its JSON', () => {
  fc.assert(
    fc.property(config, fc.infiniteStream(fc.nat()), (value, stream) => {
      const style = (choices: number): number => stream.next().value! % choices;
      expect(plain(read(printTextConfig(value, style)))).toEqual(plain(value));
      expect(plain(readJsonConfig(JSON.stringify(value)))).toEqual(plain(value));
    }),
    { numRuns: 300 },
  );
});

it('no text makes it fail in another way than with a problem that has a place', () => {
  const pieces = fc.constantFrom(
    'name',
    'input',
    ':',
    '{',
    '}',
    '[',
    ']',
    '<',
    '>',
    ',',
    '"a"',
    "'",
    '"',
    '1',
    '-',
    '0x',
    '\\',
    '#',
    '\n',
    ' ',
    'dims',
    'é',
    '.',
    '1e9',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const text = problem(parts.join(''));
      expect(text === 'nothing was thrown' || text.startsWith('m/config.pbtxt:')).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
