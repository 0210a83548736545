import {
  makeTensor,
  renderSelection,
  renderSelectionLine,
  SelectionError,
  tensorValues,
} from '@switchyard/core';
import { addModel } from '@switchyard/onnx/testing';
import { createRuntime } from '@switchyard/runtime';
import { compose } from './compose.ts';
import { readWords } from './read-words.ts';

/** The program: adds numbers with a model of one operator, and says what added them. Gives its exit status. */
export async function runProgram(argv: readonly string[], print: (text: string) => void): Promise<number> {
  const { explain, settings } = readWords(argv);
  // With `settings`, neither the environment nor a file counts: everything that does is in the words above.
  await using runtime = await createRuntime({ backends: [], registry: compose(), settings });
  if (explain) {
    const report = await runtime.explain();
    print(renderSelection(report));
    return report.outcome === 'selected' ? 0 : 3;
  }
  try {
    await using session = await runtime.open({ bytes: addModel(), name: 'add.onnx' });
    const { sum } = await session.run({
      a: makeTensor('float32', [3], [1, 2, 3]),
      b: makeTensor('float32', [3], [10, 20, 30]),
    });
    print(`${tensorValues(sum!).join(' ')}\n${renderSelectionLine(session.selection)}\n`);
    return 0;
  } catch (error) {
    if (!SelectionError.isInstance(error)) throw error;
    const { refusal } = error.selection;
    print(`${refusal?.code}: ${refusal?.message}\n-> ${refusal?.remedy}\n`);
    return 3;
  }
}
