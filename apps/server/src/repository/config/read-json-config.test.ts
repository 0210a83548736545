import { expect, it } from 'vitest';
import { readJsonConfig } from './read-json-config.ts';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

it('takes integers as strings, enumerations by number, camel case and null', () => {
  const text =
    '{"max_batch_size":"16","input":[{"name":"x","dataType":"TYPE_FP32","dims":["-1",3]}],"output":[{"name":"y","data_type":11}],"version_policy":null}';
  expect(plain(readJsonConfig(text))).toEqual({
    max_batch_size: 16,
    input: [{ name: 'x', data_type: 'TYPE_FP32', dims: [-1, 3] }],
    output: [{ name: 'y', data_type: 'TYPE_FP32' }],
  });
});

it.each([
  ['{', "the parameter 'config' is no JSON"],
  ['[]', "the parameter 'config' takes an object, but is []"],
  [
    '{"max_batch_siz":1}',
    'the field `max_batch_siz` of `ModelConfig` is unknown. Did you mean `max_batch_size`?',
  ],
  [
    '{"input":[{"dim":[]}]}',
    'the field `dim` of `ModelInput` is unknown. Did you mean `dims`? (in `input[0]`)',
  ],
  ['{"__proto__":1}', 'the field `__proto__` of `ModelConfig` is unknown'],
  ['{"max_batch_size":1.5}', '`max_batch_size` takes a whole number, but is 1.5'],
  ['{"max_batch_size":"0x10"}', '`max_batch_size` takes a whole number, but is "0x10"'],
  ['{"max_batch_size":"99999999999"}', 'is 99999999999, but goes from'],
  ['{"input":[{"dims":[1,"a"]}]}', '`input[0].dims[1]` takes a whole number, but is "a"'],
  ['{"input":{}}', '`input` takes a list, but is {}'],
  ['{"input":[{"data_type":"FP32"}]}', '`input[0].data_type` cannot be "FP32"'],
  ['{"name":5}', '`name` takes a string, but is 5'],
  ['{"parameters":{"a":"b"}}', '`parameters["a"]` takes an object, but is "b"'],
  ['{"dynamic_batching":{"priority_queue_policy":{"x":{}}}}', 'takes whole numbers as keys, but has "x"'],
  ['{"max_batch_size":1,"maxBatchSize":2}', '`max_batch_size` is given twice'],
  ['{"version_policy":{"all":{},"latest":{}}}', '`version_policy.latest` cannot stand beside `all`'],
  ['{"ensemble_scheduling":{}}', 'ensembles are not supported'],
])('%s is refused', (text, expected) => {
  expect(() => readJsonConfig(text)).toThrow(expected);
});
