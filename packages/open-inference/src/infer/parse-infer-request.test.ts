import { describe, expect, it } from 'vitest';
import type { Datatype } from '../datatype.ts';
import { valuesOf } from '../tensor/tensor-values.ts';
import { DEFAULT_CODEC_LIMITS } from './codec-options.ts';
import { parseInferRequest } from './parse-infer-request.ts';
import { expectRefusal, oneInput, parseText } from './__fixtures__/bodies.ts';

function values(datatype: Datatype, shape: string, data: string): unknown {
  const found = valuesOf(parseText(oneInput(datatype, shape, data)).inputs[0]!);
  return Array.from(found as Iterable<unknown>);
}

describe('forms (1.2)', () => {
  it('reads all of a request and ignores keys that it does not know', () => {
    const request = parseText(
      '{"model_name":"m","extra":[{"a":[1,"\\u00e9",null,true]}],"id":"7","parameters":{"priority":1,"timeout":9007199254740993,"rate":0.5,"big":18446744073709551616,"on":true,"who":"me"},' +
        '"inputs":[{"name":"x","shape":[2],"datatype":"FP32","data":[1,2],"more":{}}],"outputs":[{"name":"y","parameters":{"classification":3}},{"name":"z","why":0}]}',
    );
    expect(request.id).toBe('7');
    expect([...request.parameters]).toEqual([
      ['priority', 1],
      ['timeout', 9007199254740993n],
      ['rate', 0.5],
      ['big', 18446744073709551616],
      ['on', true],
      ['who', 'me'],
    ]);
    expect(request.outputs).toEqual([
      { name: 'y', parameters: new Map([['classification', 3]]) },
      { name: 'z', parameters: new Map() },
    ]);
  });

  it('has no id and asks for all outputs where a request says nothing', () => {
    const request = parseText('{"inputs":[]}');
    expect(request).toEqual({ id: '', parameters: new Map(), inputs: [], outputs: [] });
    expect(parseText('{"inputs":[],"outputs":[]}').outputs).toEqual([]);
  });

  it('takes members in any order, data before what it is', () => {
    const request = parseText(
      '{"inputs":[{"data":[[1],[2]],"shape":[2,1],"datatype":"INT8","name":"x"},{"name":"y","data":["a"],"datatype":"BYTES","shape":[1]}]}',
    );
    expect(
      request.inputs.map((input) => [input.name, input.shape, Array.from(valuesOf(input) as string[])]),
    ).toEqual([
      ['x', [2, 1], [1, 2]],
      ['y', [1], ['a']],
    ]);
  });

  it('takes names such as __proto__ for names', () => {
    const request = parseText(
      '{"__proto__":{"polluted":1},"parameters":{"__proto__":"a","constructor":1},"inputs":[{"name":"__proto__","shape":[],"datatype":"BOOL","data":[true]}],"outputs":[{"name":"constructor"}]}',
    );
    expect([...request.parameters]).toEqual([
      ['__proto__', 'a'],
      ['constructor', 1],
    ]);
    expect(request.inputs[0]!.name).toBe('__proto__');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    ['{}', "Unable to parse 'inputs': attempt to access non-existing object member 'inputs'"],
    ['{"inputs":{}}', "Unable to parse 'inputs': attempt to access JSON non-array as array"],
    ['{"inputs":[1]}', "Unable to parse 'inputs': attempt to access JSON non-object as object"],
    ['{"inputs":[],"outputs":1}', "Unable to parse 'outputs': attempt to access JSON non-array as array"],
    [
      '{"inputs":[],"outputs":["y"]}',
      "Unable to parse 'outputs': attempt to access JSON non-object as object",
    ],
    [
      '{"inputs":[],"outputs":[{}]}',
      "Unable to parse 'name': attempt to access non-existing object member 'name'",
    ],
    ['{"inputs":[],"id":7}', "Unable to parse 'id': attempt to access JSON non-string as string"],
    [
      '{"inputs":[],"parameters":[]}',
      "Unable to parse 'parameters': attempt to access JSON non-object as object",
    ],
    [
      '{"inputs":[],"parameters":{"x":null}}',
      "parameter 'x' has invalid type. It should be either 'int', 'bool', 'double', or 'string'.",
    ],
    [
      '{"inputs":[],"parameters":{"x":[1]}}',
      "parameter 'x' has invalid type. It should be either 'int', 'bool', 'double', or 'string'.",
    ],
    ['{"inputs":[],"parameters":{"x":1,"x":2}}', "parameter 'x' is given twice"],
    [
      '{"inputs":[],"parameters":{"triton_x":1}}',
      "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.",
    ],
    [
      '{"inputs":[],"parameters":{"binary_data_output":1}}',
      "Unable to set 'binary_data_output': attempt to access JSON non-boolean as boolean",
    ],
    [
      '{"inputs":[],"outputs":[{"name":"y","parameters":{"binary_data":"yes"}}]}',
      "Unable to set 'binary_data': attempt to access JSON non-boolean as boolean",
    ],
    [
      '{"inputs":[],"outputs":[{"name":"y","parameters":{"classification":-1}}]}',
      "Unable to parse 'classification': attempt to access JSON non-unsigned-integer as unsigned-integer",
    ],
    [
      '{"inputs":[],"outputs":[{"name":"y","parameters":{"classification":2,"shared_memory_region":"r"}}]}',
      "Output can't set both 'shared_memory_region' and 'classification'",
    ],
    [
      '{"inputs":[],"outputs":[{"name":"y","parameters":{"binary_data":true,"shared_memory_region":"r"}}]}',
      "Output can't set both 'shared_memory_region' and 'binary_data'",
    ],
    ['{"inputs":[],"outputs":[{"name":"y"},{"name":"y"}]}', "output 'y' already exists in request"],
    [
      '{"inputs":[{"name":"x","shape":[0],"datatype":"BOOL","data":[]},{"name":"x","shape":[0],"datatype":"BOOL","data":[]}]}',
      "input 'x' already exists in request",
    ],
    ['{"inputs":[],"inputs":[]}', "Unable to parse 'inputs': the object has this member twice"],
    ['{"inputs":[{"name":"x","name":"x"}]}', "Unable to parse 'name': the object has this member twice"],
    ['{"inputs":[{"shape":[],"shape":[]}]}', "Unable to parse 'shape': the object has this member twice"],
    [
      '{"inputs":[{"datatype":"BOOL","datatype":"BOOL"}]}',
      "Unable to parse 'datatype': the object has this member twice",
    ],
    ['{"inputs":[{"data":[],"data":[]}]}', "Unable to parse 'data': the object has this member twice"],
    [
      '{"inputs":[{"shape":[],"datatype":"BOOL"}]}',
      "Unable to parse 'name': attempt to access non-existing object member 'name'",
    ],
    [
      '{"inputs":[{"name":"x","shape":[]}]}',
      "Unable to parse 'datatype': attempt to access non-existing object member 'datatype'",
    ],
    [
      '{"inputs":[{"name":"x","datatype":"BOOL"}]}',
      "Unable to parse 'shape': attempt to access non-existing object member 'shape'",
    ],
    [
      '{"inputs":[{"name":"x","datatype":"BOOL","shape":[1]}]}',
      "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But no field is set",
    ],
    [
      '{"inputs":[{"name":"x","datatype":"BOOL","shape":[1],"data":[true],"parameters":{"binary_data_size":1,"shared_memory_region":"r"}}]}',
      "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But set 'data' 'binary_data_size' 'shared_memory_region'",
    ],
  ])('refuses %s', (json, text) => {
    expectRefusal(() => parseText(json), text);
  });
});

describe('datatypes and their JSON (1.3)', () => {
  it.each([
    ['BOOL', '[4]', '[true,false,1,0]', [true, false, true, false]],
    ['UINT8', '[2]', '[0,255]', [0, 255]],
    ['UINT16', '[2]', '[0,65535]', [0, 65535]],
    ['UINT32', '[2]', '[0,4294967295]', [0, 4294967295]],
    [
      'UINT64',
      '[4]',
      '[0,9007199254740993,18446744073709551615,999999999999999]',
      [0n, 9007199254740993n, 18446744073709551615n, 999999999999999n],
    ],
    ['INT8', '[3]', '[-128,127,-0]', [-128, 127, 0]],
    ['INT16', '[2]', '[-32768,32767]', [-32768, 32767]],
    ['INT32', '[2]', '[-2147483648,2147483647]', [-2147483648, 2147483647]],
    [
      'INT64',
      '[6]',
      '[-9223372036854775808,9223372036854775807,-9007199254740993,-1,-4294967297,0]',
      [-9223372036854775808n, 9223372036854775807n, -9007199254740993n, -1n, -4294967297n, 0n],
    ],
    ['FP16', '[4]', '[1,0.1,65504,-0.5]', [1, 0.0999755859375, 65504, -0.5]],
    ['BF16', '[2]', '[1,0.1]', [1, 0.10009765625]],
    [
      'FP32',
      '[7]',
      '[NaN,Infinity,-Infinity,Inf,-Inf,0.1,1e2]',
      [NaN, Infinity, -Infinity, Infinity, -Infinity, Math.fround(0.1), 100],
    ],
    ['FP64', '[3]', '[0.1,-1E-3,12345678901234567890]', [0.1, -0.001, 12345678901234567000]],
    [
      'BYTES',
      '[3]',
      String.raw`["","é\u00e9\ud83d\ude00","a\"\\\/\b\f\n\r\t\u0000z"]`,
      ['', 'éé\u{1f600}', 'a"\\/\b\f\n\r\t\0z'],
    ],
  ] as const)('reads %s', (datatype, shape, data, expected) => {
    expect(values(datatype, shape, data)).toEqual(expected);
  });

  it('takes nested, flat and ragged data of the right number, and white space anywhere', () => {
    for (const data of [
      '[1,2,3,4]',
      '[[1,2],[3,4]]',
      '[[[[1]],2],[],[3,[4]]]',
      ' [ [ 1 ,\n2 ] ,\t[ 3 , 4 ] ] ',
      '[[],[[],[]],1,2,3,4]',
    ]) {
      expect(values('FP32', '[2,2]', data), data).toEqual([1, 2, 3, 4]);
      expect(values('INT32', '[2,2]', data), data).toEqual([1, 2, 3, 4]);
    }
  });

  it('takes a scalar, and tensors of no elements', () => {
    expect(values('FP32', '[]', '[5]')).toEqual([5]);
    expect(values('FP32', '[0,3]', '[]')).toEqual([]);
    expect(values('INT64', '[3,0,9007199254740991,9007199254740991]', '[[],[]]')).toEqual([]);
    expect(values('BYTES', '[0]', '[[]]')).toEqual([]);
  });

  const short = "Unable to parse 'data': Shape does not match true shape of 'data' field";
  const sized = "Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer";
  const element = (index: number, problem: string): string =>
    `Unable to parse 'data': element ${index} of input 'x' ${problem}`;
  it.each([
    ['FP32', '[3]', '[1,2]', short],
    ['FP32', '[1]', '[1,2]', short],
    ['INT8', '[1]', '[[1],[2]]', short],
    ['INT64', '[0]', '[1]', short],
    ['BOOL', '[2]', '[true]', short],
    ['BYTES', '[1]', '["a","b"]', short],
    ['FP32', '[100000000]', '[1]', short],
    ['FP32', '[-1]', '[1]', sized],
    ['FP32', '[2.0]', '[1,2]', sized],
    ['FP32', '["2"]', '[1,2]', sized],
    ['FP32', '2', '[1,2]', "Unable to parse 'shape': attempt to access JSON non-array as array"],
    ['FP32', '[1]', '5', "Unable to parse 'data': attempt to access JSON non-array as array"],
    ['FP32', '[1]', '{}', "Unable to parse 'data': attempt to access JSON non-array as array"],
    [
      'FP32',
      '[4294967296,4294967296]',
      '[1]',
      "shape [4294967296,4294967296] of input 'x' for model 'm' causes total element count to exceed maximum size of 9223372036854775807",
    ],
    [
      'FP32',
      '[1152921504606846976]',
      '[1]',
      "byte size overflow for input 'x' for model 'm': 1152921504606846976 elements of 4 bytes or more",
    ],
    [
      'FP31',
      '[1]',
      '[1]',
      "Unable to parse 'datatype': input 'x' for model 'm' has the datatype 'FP31', expected one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64, BYTES",
    ],
    ['UINT8', '[2]', '[1,300]', element(1, 'is 300, not an integer of UINT8 (0 to 255)')],
    ['UINT8', '[1]', '[-1]', element(0, 'is -1, not an integer of UINT8 (0 to 255)')],
    [
      'INT32',
      '[2]',
      '[[1],[1.5]]',
      element(1, 'is 1.5, not an integer of INT32 (-2147483648 to 2147483647)'),
    ],
    ['INT32', '[1]', '[1.0]', element(0, 'is 1.0, not an integer of INT32 (-2147483648 to 2147483647)')],
    ['INT32', '[1]', '[1e3]', element(0, 'is 1e3, not an integer of INT32 (-2147483648 to 2147483647)')],
    ['INT8', '[1]', '[NaN]', element(0, 'is NaN, not an integer of INT8 (-128 to 127)')],
    ['INT8', '[1]', '[true]', element(0, 'is of the type boolean, not an integer of INT8 (-128 to 127)')],
    [
      'UINT64',
      '[1]',
      '[18446744073709551616]',
      element(0, 'is 18446744073709551616, not an integer of UINT64 (0 to 18446744073709551615)'),
    ],
    ['UINT64', '[1]', '[-5]', element(0, 'is -5, not an integer of UINT64 (0 to 18446744073709551615)')],
    [
      'INT64',
      '[1]',
      '[9223372036854775808]',
      element(
        0,
        'is 9223372036854775808, not an integer of INT64 (-9223372036854775808 to 9223372036854775807)',
      ),
    ],
    [
      'INT64',
      '[1]',
      `[${'9'.repeat(100)}]`,
      element(
        0,
        `is ${'9'.repeat(40)}..., not an integer of INT64 (-9223372036854775808 to 9223372036854775807)`,
      ),
    ],
    ['FP32', '[2]', '[1,"2"]', element(1, 'is of the type string, not a number')],
    ['FP32', '[2]', '[1,null]', element(1, 'is of the type null, not a number')],
    ['FP32', '[1]', '["NaN"]', element(0, 'is of the type string, not a number')],
    ['FP16', '[1]', '[{}]', element(0, 'is of the type object, not a number')],
    ['BOOL', '[1]', '[2]', element(0, 'is a number, not true, false, 0 or 1')],
    ['BOOL', '[1]', '["true"]', element(0, 'is of the type string, not true, false, 0 or 1')],
    ['BYTES', '[1]', '[1]', element(0, 'is of the type number, not a string')],
  ])('refuses %s of shape %s with %s', (datatype, shape, data, text) => {
    expectRefusal(() => parseText(oneInput(datatype, shape, data)), text);
  });

  it('refuses more elements than allowed before it looks at them', () => {
    expectRefusal(
      () => parseText(oneInput('FP32', '[3,5]', '[]'), undefined, { maxElements: 10 }),
      "input 'x' for model 'm' has 15 elements, more than the 10 that are allowed",
      413,
    );
  });
});

it('reserves nothing for elements that a body only claims', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const datatype of ['FP64', 'INT64', 'UINT8', 'BOOL', 'BYTES']) {
    expect(() => parseText(oneInput(datatype, '[268435456]', '[1]'))).toThrow('Shape does not match');
    const lie = `{"inputs":[{"name":"x","datatype":"${datatype}","shape":[268435456],"parameters":{"binary_data_size":2147483648}}]}`;
    expect(() => parseText(lie, [[255, 255, 255, 255]])).toThrow('additional bytes');
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
});

describe('syntax', () => {
  const failed = 'failed to parse the request JSON buffer:';
  it.each([
    ['', `${failed} The document is empty. at 0`],
    ['  ', `${failed} The document is empty. at 2`],
    ['\u{feff}{"inputs":[]}', `${failed} Invalid value. at 0`],
    ['{"inputs":[]}x', `${failed} The document root must not be followed by other values. at 13`],
    ['{"inputs":[]', `${failed} Missing a comma or } after an object member. at 12`],
    ['{"inputs":[1 2]}', "Unable to parse 'inputs': attempt to access JSON non-object as object"],
    ['{"a":[1 2]}', `${failed} Missing a comma or ] after an array element. at 8`],
    ['{"a":01}', `${failed} Missing a comma or } after an object member. at 6`],
    ['{"a":1.}', `${failed} Miss fraction part in number. at 7`],
    ['{"a":1e}', `${failed} Miss exponent in number. at 7`],
    ['{"a":-}', `${failed} Invalid value. at 5`],
    ['{"a":nul}', `${failed} Invalid value. at 5`],
    ['{a:1}', `${failed} Missing a name for object member. at 1`],
    ['{"a" 1}', `${failed} Missing a colon after a name of object member. at 5`],
    ['{"a":1,}', `${failed} Missing a name for object member. at 7`],
    ['{"a":"b', `${failed} Missing a closing quotation mark in string. at 5`],
    ['{"a":"\\x"}', `${failed} Invalid escape character in string. at 6`],
    ['{"a":"\\u12g4"}', `${failed} Incorrect hex digit after \\u escape in string. at 6`],
    ['{"a":"\\ud800"}', `${failed} The surrogate pair in string is invalid. at 6`],
    ['{"a":"\\udc00"}', `${failed} The surrogate pair in string is invalid. at 6`],
    ['{"a":"\n"}', `${failed} Invalid encoding in string. at 6`],
    ['[]', `${failed} the document is not an object, at 0`],
    ['"a"', `${failed} the document is not an object, at 0`],
    ['NaN', `${failed} the document is not an object, at 0`],
    [oneInput('FP32', '[2]', '[1,]'), `${failed} Invalid value. at 63`],
    [oneInput('FP32', '[2]', '[1,01]'), `${failed} Missing a comma or ] after an array element. at 64`],
    [oneInput('INT8', '[2]', '[1 2]'), `${failed} Missing a comma or ] after an array element. at 63`],
  ])('refuses %s', (json, text) => {
    expectRefusal(() => parseText(json), text);
  });

  it.each([
    ['a byte that begins nothing', [0xff]],
    ['a longer form than needed', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a character past the last', [0xf4, 0x90, 0x80, 0x80]],
    ['half a character', [0xe2, 0x82]],
  ])('refuses UTF-8 with %s', (_, bytes) => {
    const start = '{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["';
    const body = Buffer.concat([Buffer.from(start), Buffer.from(bytes), Buffer.from('"]}]}')]);
    expectRefusal(
      () => parseInferRequest(body, { headerLength: null, limits: DEFAULT_CODEC_LIMITS }),
      `${failed} Invalid encoding in string. at ${start.length}`,
    );
  });
});
