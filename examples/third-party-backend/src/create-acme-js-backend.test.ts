import { makeTensor, tensorValues } from '@switchyard/core';
import { buildModel, identityModel, mlpModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import { createAcmeJsBackend } from './index.ts';

const device = { id: 'acme-js:0', name: 'JavaScript', kind: 'cpu', software: false } as const;

it('computes', async () => {
  const backend = createAcmeJsBackend();
  const session = await backend.doOpen({ bytes: identityModel(), name: 'y = x' }, { device, options: {} });
  const { y } = await session.doRun({ x: makeTensor('float32', [2], [1.5, -2]) });
  expect([...tensorValues(y!)]).toEqual([1.5, -2]);
  await session[Symbol.asyncDispose]();
  await expect(session.doRun({})).rejects.toMatchObject({ code: 'session-closed' });
});

it('says what it does not run', async () => {
  const open = createAcmeJsBackend().doOpen({ bytes: mlpModel(), name: 'mlp' }, { device, options: {} });
  await expect(open).rejects.toMatchObject({ code: 'model-unsupported', model: 'mlp' });
});

it('computes what the operator says', async () => {
  const value = (name: string) => ({ name, dtype: 'float32', shape: [2] }) as const;
  const nodes = [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }];
  const bytes = buildModel({ name: 'negation', inputs: [value('x')], outputs: [value('y')], nodes });
  const session = await createAcmeJsBackend().doOpen({ bytes, name: 'negation' }, { device, options: {} });
  const { y } = await session.doRun({ x: makeTensor('float32', [2], [1.5, -2]) });
  expect([...tensorValues(y!)]).toEqual([-1.5, 2]);
});
