import { describe, expect, it } from 'vitest';
import { SUBTRACT } from './__fixtures__/models.ts';
import { createOpenvinoDouble } from './__fixtures__/openvino-double.ts';

/** The double is only worth something if it refuses what the real binding refuses. */
describe('contract double of openvino-node', () => {
  it('binds the properties of an object by their order, not by their names', async () => {
    const { library } = createOpenvinoDouble();
    const core = new library.Core();
    const compiled = await core.compileModel(await core.readModel(Buffer.from(SUBTRACT.bytes)), 'CPU', {});
    const request = compiled.createInferRequest();
    const ones = Float32Array.from([1, 1, 1, 1, 1, 1]);
    const threes = Float32Array.from([3, 3, 3, 3, 3, 3]);
    const left = new library.Tensor('f32', [2, 3], threes);
    const right = new library.Tensor('f32', [2, 3], ones);
    const named = await request.inferAsync({ right, left });
    expect([...named['difference']!.getData()]).toEqual([-2, -2, -2, -2, -2, -2]);
    const listed = await request.inferAsync([left, right]);
    expect([...listed['difference']!.getData()]).toEqual([2, 2, 2, 2, 2, 2]);
    expect([ones.length, threes.length]).toEqual([6, 6]);
  });

  it('loses the memory of tensors that nobody holds', async () => {
    const { library } = createOpenvinoDouble();
    const core = new library.Core();
    const compiled = await core.compileModel(await core.readModel(Buffer.from(SUBTRACT.bytes)), 'CPU', {});
    const make = (): InstanceType<typeof library.Tensor> =>
      new library.Tensor('f32', [2, 3], new Float32Array(6));
    const run = compiled.createInferRequest().inferAsync([make(), make()]);
    await expect(run).rejects.toThrow('freed');
  });

  it('refuses offsets, other lengths, unknown types and plain Uint8Arrays', async () => {
    const { library } = createOpenvinoDouble();
    const pool = new Float32Array(8);
    expect(() => new library.Tensor('f32', [2], pool.subarray(1, 3))).toThrow('byteOffset');
    expect(() => new library.Tensor('f32', [2], pool.subarray(0, 2))).toThrow('mismatch');
    expect(() => new library.Tensor('f16' as 'f32', [2], pool)).toThrow('element::Type');
    const core = new library.Core();
    await expect(core.readModel(Uint8Array.from(SUBTRACT.bytes))).rejects.toThrow('incorrect parameters');
    const model = await core.readModel(Buffer.from(SUBTRACT.bytes));
    await expect(core.compileModel(model, 'GPU')).rejects.toThrow('not registered');
    await expect(core.compileModel(model, 'CPU', { NO_SUCH_KEY: 1 })).rejects.toThrow('Unsupported property');
  });

  it('counts what would have ended the process', async () => {
    const { library, aborts } = createOpenvinoDouble();
    const core = new library.Core();
    const compiled = await core.compileModel(await core.readModel(Buffer.from(SUBTRACT.bytes)), 'CPU');
    const small = new library.Tensor('f32', [2]);
    await expect(compiled.createInferRequest().inferAsync([small, small])).rejects.toThrow(
      'would have ended',
    );
    expect(aborts).toHaveLength(1);
  });
});
