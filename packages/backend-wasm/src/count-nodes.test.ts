import { ifModel, mlpModel } from '@switchyard/onnx/testing';
import { expect, it } from 'vitest';
import { openModel } from './__fixtures__/open-model.ts';
import { countNodes, parseLog } from './count-nodes.ts';

it('counts nodes as the options of the session leave them, those in branches included', async () => {
  const nodesOf = async (bytes: Uint8Array, graphOptimization: string) => {
    const session = await openModel(bytes, { graphOptimization });
    const [placement, again] = await Promise.all([session.doPlacement(), session.doPlacement()]);
    expect(again).toEqual(placement);
    expect(placement).toMatchObject({ complete: true, partitions: 1 });
    await session[Symbol.asyncDispose]();
    return placement.providers;
  };
  const onCpu = (nodes: number) => [{ name: 'CPUExecutionProvider', nodes, timeShare: null }];
  expect(await nodesOf(mlpModel([4, 8, 2]), 'disabled')).toEqual(onCpu(3));
  expect(await nodesOf(mlpModel([4, 8, 2]), 'all')).toEqual(onCpu(2));
  expect(await nodesOf(ifModel(), 'disabled')).toEqual(onCpu(4));
});

it('says why a number is not known', async () => {
  expect(await countNodes({ path: '/no/such/model.onnx' }, {})).toEqual({
    known: false,
    why: 'the process for it ended with status 1',
  });
  expect(parseLog('nothing')).toEqual({ known: false, why: 'the log says nothing of nodes' });
  expect(parseLog(' All nodes placed on [JsExecutionProvider]. Number of nodes: 3')).toEqual({
    known: false,
    why: 'the log names another provider, JsExecutionProvider',
  });
});
