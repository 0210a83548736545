import { SettingsError } from '@switchyard/core';
import type { CoreMlChoice } from './coreml-flags.ts';

/** A way of using CoreML that is reported to give wrong values without an error. */
interface KnownCase {
  readonly issue: string;
  /** `refuse`: the report isolates the options. `flag`: it depends on the model, so that nobody can tell beforehand. */
  readonly effect: 'refuse' | 'flag';
  readonly applies: (choice: CoreMlChoice) => boolean;
  /** What was reported, as the end of a sentence. */
  readonly what: string;
}

// From public threads about ONNX Runtime's CoreML execution provider; none was reproduced by us.
const KNOWN_CASES: readonly KnownCase[] = [
  {
    issue: 'microsoft/onnxruntime#32569',
    effect: 'refuse',
    applies: ({ modelFormat, staticShapesOnly }) => modelFormat === 'mlProgram' && staticShapesOnly,
    what: 'finite, stable and wrong values with this version of the engine on macOS 15',
  },
  {
    issue: 'microsoft/onnxruntime#21170',
    effect: 'flag',
    applies: ({ modelFormat, units }) => modelFormat === 'neuralNetwork' && units !== 'cpuOnly',
    what: 'shifted pixels of large images with dynamic shapes, but not on `coreml:cpuOnly`',
  },
  {
    issue: 'microsoft/onnxruntime#24033',
    effect: 'flag',
    applies: () => true,
    what: 'other words from a text recognition model with every setting',
  },
];

/** Throws a `SettingsError` (`invalid-value`) for options that are reported to compute wrong values. */
export function refuseKnownCases(choice: CoreMlChoice): void {
  const found = KNOWN_CASES.find(({ effect, applies }) => effect === 'refuse' && applies(choice));
  if (found === undefined) return;
  throw new SettingsError(
    'invalid-value',
    `\`modelFormat: ${choice.modelFormat}\` together with \`staticShapesOnly: ${String(choice.staticShapesOnly)}\` was ` +
      `asked for, but that path is reported to give ${found.what} (${found.issue}).`,
    {
      source: 'modelFormat, staticShapesOnly',
      remedy: 'Leave out `staticShapesOnly`, or use `modelFormat: neuralNetwork` with it.',
    },
  );
}

/** One sentence about what is reported for some models with these options, or `null` for nothing. */
export function flagKnownCases(choice: CoreMlChoice): string | null {
  const found = KNOWN_CASES.filter(({ effect, applies }) => effect === 'flag' && applies(choice));
  if (found.length === 0) return null;
  const reports = found.map(({ what, issue }) => `${what} (${issue})`).join('; ');
  return `CoreML is reported to give, for some models, ${reports}: compare yours with the CPU (\`--verify\`).`;
}
