// node --conditions=@switchyard/source main.ts [PICTURE...]
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { renderSelectionLine, tensorValues } from '@switchyard/core';
import { createRuntime } from '@switchyard/runtime';
import { readPictures } from './read-picture.ts';

const given = process.argv.slice(2);
const pictures =
  given.length > 0
    ? given
    : ['three', 'seven'].map((name) => fileURLToPath(new URL(`pictures/${name}.png`, import.meta.url)));
const labels = (await readFile(new URL('labels.txt', import.meta.url), 'utf8')).trim().split('\n');

const runtime = await createRuntime({ backends: [createCpuBackend()] });
try {
  const session = await runtime.open(fileURLToPath(new URL('digits.onnx', import.meta.url)));
  const { probabilities } = await session.run({ image: await readPictures(pictures) });
  const values = tensorValues(probabilities!).map(Number);
  for (const [index, picture] of pictures.entries()) {
    const row = values.slice(index * labels.length, (index + 1) * labels.length);
    const best = row.indexOf(Math.max(...row));
    console.log(`${picture}: ${labels[best]} (${row[best]!.toFixed(3)})`);
  }
  console.log(renderSelectionLine(session.selection));
} finally {
  await runtime.close();
}
