import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './__fixtures__/temporary-folder.ts';
import { OnnxFileError, inspectModel, inspectModelBytes } from './index.ts';
import { buildModel, ifModel, loopModel, mlpModel } from './testing/index.ts';

/** A seeded generator (mulberry32), so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const everything = buildModel({
  opset: { 'ai.onnx': 17, 'my.functions': 1 },
  inputs: [
    { name: 'x', dtype: 'float32', shape: ['n', 3, null] },
    { name: 's', sequence: { optional: { dtype: 'int64', shape: [2] } } },
    { name: 'm', map: { key: 'string', value: { dtype: 'float16' } } },
  ],
  outputs: [{ name: 'y', dtype: 'float32' }],
  nodes: [{ op: 'Twice', domain: 'my.functions', inputs: ['x'], outputs: ['y'] }],
  initializers: [
    { name: 'e', dtype: 'float32', shape: [4], external: { location: 'w.bin', offset: 16, length: 16 } },
  ],
  sparseInitializers: [{ name: 'z', dtype: 'float32', shape: [9], indices: [1, 8], values: [1, 2] }],
  metadata: { author: 'nobody' },
  functions: [
    {
      domain: 'my.functions',
      name: 'Twice',
      inputs: ['a'],
      outputs: ['b'],
      nodes: [{ op: 'Add', inputs: ['a', 'a'], outputs: ['b'] }],
    },
  ],
});

const models = { if: ifModel(), loop: loopModel(), mlp: mlpModel(), everything };

/** Reads bytes that may be damaged, and returns the error's code; any other throw fails the test. */
function codeOf(bytes: Uint8Array): string {
  try {
    return typeof inspectModelBytes(bytes).nodeCount === 'number' ? 'read' : 'nothing';
  } catch (error) {
    if (OnnxFileError.isInstance(error)) return error.code;
    throw error;
  }
}

test.each(Object.entries(models))(
  '%s, cut at every length, never reads as a whole model with a graph',
  (_, bytes) => {
    const codes = new Set<string>();
    for (let length = 0; length < bytes.length; length += 1) codes.add(codeOf(bytes.subarray(0, length)));
    expect(codes).toContain('model-empty');
    expect(codes).toContain('model-truncated');
    expect(codes).not.toContain('model-not-onnx');
  },
);

test.each(Object.entries(models))(
  '%s, with random bytes changed, is read or refused in words',
  (_, bytes) => {
    const next = random(20_260_822);
    const counts: Record<string, number> = {};
    for (let round = 0; round < 4000; round += 1) {
      const damaged = bytes.slice();
      for (let change = next(4); change >= 0; change -= 1) damaged[next(damaged.length)] = next(256);
      const code = codeOf(damaged);
      counts[code] = (counts[code] ?? 0) + 1;
    }
    // The rounds must have reached both ends, or the loop tests nothing.
    expect(counts['read']).toBeGreaterThan(100);
    expect(counts['model-not-onnx']).toBeGreaterThan(100);
  },
);

test('a damaged file is refused like damaged bytes', async () => {
  const path = join(await temporaryFolder(), 'damaged.onnx');
  const next = random(7);
  for (let round = 0; round < 150; round += 1) {
    const damaged = everything.slice(0, everything.length - next(3));
    damaged[next(damaged.length)] = next(256);
    await writeFile(path, damaged);
    const fromFile = await inspectModel(path).then(
      () => 'read',
      (error: unknown) => (OnnxFileError.isInstance(error) ? error.code : error),
    );
    expect(fromFile).toBe(codeOf(damaged));
  }
});
