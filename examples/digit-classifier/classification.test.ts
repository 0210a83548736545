import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { makeTensor, tensorValues, type Tensor } from '@switchyard/core';
import { inspectModel } from '@switchyard/onnx';
import { createRuntime, type Runtime, type Session } from '@switchyard/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import evaluation from './evaluation.json' with { type: 'json' };
import { readPictures } from './read-picture.ts';
import { bestDigit, examPictures, tally, type ExamPicture } from './train/evaluate.ts';
import { readGlyphSheet } from './train/glyph-sheet.ts';

const model = fileURLToPath(new URL('digits.onnx', import.meta.url));
const DRAWN = { two: 2, three: 3, four: 4, five: 5, seven: 7, eight: 8 };

const pathOf = (name: string): string => fileURLToPath(new URL(`pictures/${name}.png`, import.meta.url));
let runtime: Runtime;
let session: Session;
beforeAll(async () => {
  runtime = await createRuntime({ backends: [createCpuBackend()], settings: [] });
  session = await runtime.open(model);
});
afterAll(() => runtime.close());

async function classify(image: Tensor): Promise<number[][]> {
  const { probabilities } = await session.run({ image });
  const values = tensorValues(probabilities!).map(Number);
  return Array.from({ length: values.length / 10 }, (_, row) => values.slice(row * 10, row * 10 + 10));
}

async function answer(exam: readonly ExamPicture[]): Promise<number[]> {
  const answers: number[] = [];
  for (let start = 0; start < exam.length; start += 100) {
    const batch = exam.slice(start, start + 100);
    const pixels = batch.flatMap(({ picture }) => [...picture]);
    const rows = await classify(makeTensor('float32', [batch.length, 1, 28, 28], pixels));
    answers.push(...rows.map(bestDigit));
  }
  return answers;
}

describe('digits.onnx', () => {
  it('is a small model of opset 17 that says where it comes from', async () => {
    const summary = await inspectModel(model);
    expect(summary.opsets).toEqual({ 'ai.onnx': 17 });
    expect(summary.inputs).toMatchObject([{ name: 'image', dtype: 'float32', shape: ['batch', 1, 28, 28] }]);
    expect(summary.outputs).toMatchObject([
      { name: 'probabilities', dtype: 'float32', shape: ['batch', 10] },
    ]);
    expect(summary.metadata['trained_by']).toContain('train/train.ts');
    expect(summary.metadata['accuracy_clean']).toContain(String(evaluation.clean.accuracy));
    expect(summary.metadata['accuracy_augmented']).toContain(String(evaluation.augmented.accuracy));
    expect((await stat(model)).size).toBeLessThan(200_000);
  });

  it('does in the engine what evaluation.json says, on fonts that training never saw', async () => {
    const exams = examPictures(await readGlyphSheet());
    const clean = tally(exams.clean, await answer(exams.clean));
    expect(clean).toEqual(evaluation.clean);
    expect(clean.accuracy).toBeGreaterThanOrEqual(0.97);

    // No tolerance: training counts in 64 bits and an engine in 32, which moves a probability by some 1e-6, and the
    // closest two digits of any picture are 7e-4 apart.
    const augmented = tally(exams.augmented, await answer(exams.augmented));
    expect(augmented).toEqual(evaluation.augmented);
  });

  it('reads every drawn picture right, of any size, and is sure of it', async () => {
    const rows = await classify(await readPictures(Object.keys(DRAWN).map(pathOf)));
    expect(rows.map(bestDigit)).toEqual(Object.values(DRAWN));
    for (const row of rows) {
      expect(Math.max(...row)).toBeGreaterThan(0.9);
      expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    }
  });
});

describe('main.ts', () => {
  it('names the digits and says what ran the model and why', () => {
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@switchyard/source', main, pathOf('seven'), pathOf('four')],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/seven\.png: seven \((1\.000|0\.9\d\d)\)$/);
    expect(lines[1]).toMatch(/four\.png: four \((1\.000|0\.9\d\d)\)$/);
    expect(lines[2]).toMatch(/^backend=cpu {2}device=cpu \(.+\) {2}reason=only-candidate {2}source=/);
  });

  it('has ten labels, in the order of the probabilities', async () => {
    const labels = await readFile(new URL('labels.txt', import.meta.url), 'utf8');
    expect(labels).toBe('zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n');
  });
});
