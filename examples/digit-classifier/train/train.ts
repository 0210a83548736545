import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bestDigit, examPictures, tally } from './evaluate.ts';
import { readGlyphSheet } from './glyph-sheet.ts';
import { toOnnx } from './to-onnx.ts';
import { BATCH, trainNetwork } from './train-network.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '7' },
    out: { type: 'string', default: fileURLToPath(new URL('../', import.meta.url)) },
  },
});
const [steps, seed] = [Number(values.steps), Number(values.seed)];
if (!Number.isInteger(steps) || steps < 1 || !Number.isInteger(seed)) {
  console.error('`--steps` is a whole number of at least 1 and `--seed` a whole number.');
  process.exit(2);
}

const sheet = await readGlyphSheet();
const started = performance.now();
const network = trainNetwork(sheet, {
  seed,
  steps,
  onProgress: (step, loss) => console.log(`step ${step} of ${steps}, loss ${loss.toFixed(3)}`),
});
console.log(`Trained in ${((performance.now() - started) / 1000).toFixed(0)} s.`);

const exams = examPictures(sheet);
const mark = (exam: (typeof exams)['clean']): ReturnType<typeof tally> =>
  tally(
    exam,
    exam.map(({ picture }) => bestDigit(network.classify(picture))),
  );
const [clean, augmented] = [mark(exams.clean), mark(exams.augmented)];
const families = (split: string): number => sheet.families.filter(({ font }) => font.split === split).length;
const evaluation = {
  training: { seed, steps, batch: BATCH, families: families('train') },
  heldOutFamilies: families('held-out'),
  clean,
  augmented,
};
const model = toOnnx(network, {
  description: 'Classifies a picture of one digit, dark ink on light paper.',
  trained_by: 'examples/digit-classifier/train/train.ts of Switchyard',
  training: `${steps} steps of ${BATCH} pictures, seed ${seed}, ${evaluation.training.families} font families`,
  accuracy_clean: `${clean.accuracy} on ${clean.pictures} glyphs of ${evaluation.heldOutFamilies} held-out families`,
  accuracy_augmented: `${augmented.accuracy} on ${augmented.pictures} distorted pictures of the same families`,
  licence: 'Apache-2.0',
});

await mkdir(values.out, { recursive: true });
await writeFile(join(values.out, 'digits.onnx'), model);
await writeFile(join(values.out, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`);
console.log(`Held-out fonts: ${clean.correct} of ${clean.pictures} clean glyphs right,`);
console.log(
  `${augmented.correct} of ${augmented.pictures} distorted ones. digits.onnx has ${model.length} bytes.`,
);
