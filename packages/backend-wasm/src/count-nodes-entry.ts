// A program of its own: opens the model of its arguments with the engine's full log, so that the process that
// started it can read its standard error. `count-nodes-entry PATH OPTIONS`; the options are JSON.
import type { OptionValuesV1 } from '@switchyard/core';
import { openWasmSession } from './open-wasm-session.ts';
import { ID } from './wasm-facts.ts';

const [path = '', options = '{}'] = process.argv.slice(2);
const device = { id: ID, name: 'CPU', kind: 'cpu', software: false } as const;
const session = await openWasmSession(
  { path },
  { device, options: { ...(JSON.parse(options) as OptionValuesV1), logSeverity: 'verbose' } },
);
await session[Symbol.asyncDispose]();
