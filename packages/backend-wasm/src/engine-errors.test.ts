import { EngineError, ModelError } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { openError, runError } from './engine-errors.ts';

/** What the engine threw when its memory ended, and when its WebAssembly stopped. */
const trap = Object.assign(new Error('unreachable'), { name: 'RuntimeError' });

describe('openError', () => {
  it.each([
    [26474128, 'probe-failed', /without a text \(address 26474128\).*4 GiB at most/],
    [new Error("Can't create a session. failed to allocate a buffer of size 9."), 'probe-failed', /4 GiB/],
    [
      new Error('ERROR_CODE: 6, ERROR_MESSAGE: std::bad_alloc'),
      'probe-failed',
      /: std::bad_alloc\. WebAssembly/,
    ],
    [trap, 'probe-failed', /open the model again/],
    [new Error('no available backend found. ERR: [wasm] Error: ENOENT'), 'probe-failed', /ENOENT/],
  ])('blames the engine for %s', (thrown, code, message) => {
    const error = openError('model.onnx', thrown);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), cause: thrown });
  });

  it.each([
    ['[ONNXRuntimeError] : 1 : FAIL : Node (a) has an error', 'model-invalid'],
    ['the room of a boom', 'model-invalid'],
    ['No Op registered for Frobnicate with domain_version of 17', 'model-unsupported'],
  ])('blames the model for `%s`', (text, code) => {
    const error = openError('model.onnx', new Error(`failed. ERROR_CODE: 1, ERROR_MESSAGE: ${text}`));
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ code, model: 'model.onnx', message: expect.stringContaining(text) });
  });
});

describe('runError', () => {
  it('keeps the sentence, and says what helps where it is known', () => {
    const plain = new Error('failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: 2 by 3\n\n');
    expect(runError(plain)).toMatchObject({ code: 'run-failed', backend: 'wasm', remedy: null });
    expect(runError(plain).message).toBe('onnxruntime-web failed to run the model: 2 by 3.');
    expect(runError(12)).toMatchObject({ remedy: expect.stringMatching(/smaller model or batch/) });
    expect(runError(new Error(''))).toMatchObject({ message: expect.stringMatching(/gave no text\.$/) });
  });
});
