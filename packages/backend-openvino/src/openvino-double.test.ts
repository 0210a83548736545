import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferRequest, NodeAddon, OVAny, Tensor, elementTypeString } from 'openvino-node';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { IR, SUBTRACT } from './__fixtures__/models.ts';
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

describe('the double against the declarations of openvino-node', () => {
  it('has the members that each class declares, which the compiler checks, and refuses what they do not take', async () => {
    const { library } = createOpenvinoDouble();
    expectTypeOf(library).toEqualTypeOf<NodeAddon>();
    expectTypeOf<Parameters<InferRequest['inferAsync']>[0]>().toEqualTypeOf<
      { [inputName: string]: Tensor } | Tensor[]
    >();
    expectTypeOf<OVAny>().toEqualTypeOf<string | number | boolean>();
    // What this backend has to know about the binding: these are the element types, and nothing else.
    expectTypeOf<elementTypeString>().toEqualTypeOf<
      'u8' | 'u16' | 'u32' | 'u64' | 'i8' | 'i16' | 'i32' | 'i64' | 'f32' | 'f64' | 'string'
    >();
    const core = new library.Core();
    const model = await core.readModel(Buffer.from(SUBTRACT.bytes));
    // @ts-expect-error A configuration holds strings, numbers and booleans.
    await expect(core.compileModel(model, 'CPU', { NUM_STREAMS: [1] })).rejects.toThrow('ov::Any');
    // @ts-expect-error A compiled model is made of a model or a path.
    await expect(core.compileModel({}, 'CPU')).rejects.toThrow('Cannot create Model');
    const request = (await core.compileModel(model, 'CPU')).createInferRequest();
    // @ts-expect-error A typed array is no tensor for `inferAsync`.
    await expect(request.inferAsync([new Float32Array(6)])).rejects.toThrow('Cannot create a tensor');
    // @ts-expect-error Nor is nothing.
    await expect(request.inferAsync(null)).rejects.toThrow('wrong arg');
    // @ts-expect-error Weights of a path are a path.
    await expect(core.readModel('model.xml', Buffer.alloc(8))).rejects.toThrow('incorrect parameters');
  });

  it('refuses properties and values that a device does not have', async () => {
    const { library } = createOpenvinoDouble({ devices: ['CPU', 'GPU', 'NPU'] });
    const core = new library.Core();
    const model = await core.readModel(Buffer.from(SUBTRACT.bytes));
    await expect(core.compileModel(model, 'CPU', { NPU_TURBO: true })).rejects.toThrow(
      'Unsupported property',
    );
    await expect(core.compileModel(model, 'NPU', { NUM_STREAMS: '2' })).rejects.toThrow(
      'Unsupported property',
    );
    await expect(core.compileModel(model, 'GPU', { MODEL_PRIORITY: 'URGENT' })).rejects.toThrow(
      'Wrong value',
    );
    await expect(core.compileModel(model, 'CPU', { NUM_STREAMS: 'many' })).rejects.toThrow('Wrong value');
    await expect(core.compileModel(model, 'CPU', { ENABLE_CPU_PINNING: 'yes' })).rejects.toThrow(
      'Wrong value',
    );
    await expect(core.compileModel(model, 'AUTO')).rejects.toThrow('not registered');
    expect(core.getProperty('NPU', 'SUPPORTED_PROPERTIES')).toContain('NPU_TURBO');
    expect(() => core.getProperty('TPU', 'FULL_DEVICE_NAME')).toThrow('not registered');
  });

  it('loads IR without its weights when they are absent, as the declarations say', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-double-'));
    try {
      writeFileSync(join(folder, 'model.xml'), IR.xml);
      const { library } = createOpenvinoDouble();
      const core = new library.Core();
      const compiled = await core.compileModel(await core.readModel(join(folder, 'model.xml')), 'CPU');
      const memory = Float32Array.from([10, 20]);
      const value = new library.Tensor('f32', [2], memory);
      const { difference } = await compiled.createInferRequest().inferAsync([value]);
      expect([...difference!.getData()]).toEqual([...memory]);
      await expect(core.readModel(join(folder, 'model.xml'), join(folder, 'model.bin'))).rejects.toThrow(
        'ENOENT',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('counts runs that overlap', async () => {
    const { library, mostInFlight } = createOpenvinoDouble();
    const core = new library.Core();
    const compiled = await core.compileModel(await core.readModel(Buffer.from(SUBTRACT.bytes)), 'CPU');
    const tensor = (): Tensor => new library.Tensor('f32', [2, 3]);
    await Promise.all(
      [1, 2, 3].map(async () => compiled.createInferRequest().inferAsync([tensor(), tensor()])),
    );
    expect(mostInFlight()).toBe(3);
  });
});
