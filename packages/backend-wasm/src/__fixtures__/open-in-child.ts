// node open-in-child.ts OPTIONS: opens and runs a model with the options, and says on descriptor 3 what it left.
import { writeSync } from 'node:fs';
import { makeTensor, tensorValues, type OptionValuesV1 } from '@switchyard/core';
import { mlpModel } from '@switchyard/onnx/testing';
import { openModel } from './open-model.ts';

const [options = '{}'] = process.argv.slice(2);
const variables = { ...process.env };
const globals = Reflect.ownKeys(globalThis);
const session = await openModel(mlpModel([4, 8, 2]), JSON.parse(options) as OptionValuesV1);
const { y } = await session.doRun({ x: makeTensor('float32', [1, 4], [1, 2, 3, 4]) });
const report = process.report.getReport() as unknown as { readonly workers: readonly unknown[] };
await session[Symbol.asyncDispose]();
writeSync(
  3,
  JSON.stringify({
    values: tensorValues(y!),
    workers: report.workers.length,
    globals: Reflect.ownKeys(globalThis)
      .filter((key) => !globals.includes(key))
      .map(String),
    variables: Object.keys(process.env).filter((name) => process.env[name] !== variables[name]),
  }),
);
