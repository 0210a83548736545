import { SettingsError } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { coreMlFlags, type CoreMlChoice } from './coreml-flags.ts';
import { COREML_UNITS } from './coreml-units.ts';

const CHOICES: readonly CoreMlChoice[] = COREML_UNITS.flatMap((units) =>
  (['neuralNetwork', 'mlProgram'] as const).flatMap((modelFormat) =>
    [false, true].flatMap((staticShapesOnly) =>
      [false, true].map((subgraphs) => ({ units, modelFormat, staticShapesOnly, subgraphs })),
    ),
  ),
);

/** Written out by hand from the header of the provider, one row per choice that is allowed. */
const TABLE: Readonly<Record<string, number>> = {
  'all neuralNetwork': 0x000,
  'all neuralNetwork subgraphs': 0x002,
  'all neuralNetwork static': 0x008,
  'all neuralNetwork static subgraphs': 0x00a,
  'all mlProgram': 0x010,
  'all mlProgram subgraphs': 0x012,
  'cpuAndGPU neuralNetwork': 0x020,
  'cpuAndGPU neuralNetwork subgraphs': 0x022,
  'cpuAndGPU neuralNetwork static': 0x028,
  'cpuAndGPU neuralNetwork static subgraphs': 0x02a,
  'cpuAndGPU mlProgram': 0x030,
  'cpuAndGPU mlProgram subgraphs': 0x032,
  'cpuAndNeuralEngine neuralNetwork': 0x004,
  'cpuAndNeuralEngine neuralNetwork subgraphs': 0x006,
  'cpuAndNeuralEngine neuralNetwork static': 0x00c,
  'cpuAndNeuralEngine neuralNetwork static subgraphs': 0x00e,
  'cpuAndNeuralEngine mlProgram': 0x014,
  'cpuAndNeuralEngine mlProgram subgraphs': 0x016,
  'cpuOnly neuralNetwork': 0x001,
  'cpuOnly neuralNetwork subgraphs': 0x003,
  'cpuOnly neuralNetwork static': 0x009,
  'cpuOnly neuralNetwork static subgraphs': 0x00b,
  'cpuOnly mlProgram': 0x011,
  'cpuOnly mlProgram subgraphs': 0x013,
};

function nameOf(choice: CoreMlChoice): string {
  const words: string[] = [choice.units, choice.modelFormat];
  if (choice.staticShapesOnly) words.push('static');
  if (choice.subgraphs) words.push('subgraphs');
  return words.join(' ');
}

describe('coreMlFlags', () => {
  it('covers 24 allowed and 8 refused choices', () => {
    expect(CHOICES).toHaveLength(32);
    expect(Object.keys(TABLE)).toHaveLength(24);
  });

  it.each(CHOICES.map((choice) => [nameOf(choice), choice] as const))('%s', (name, choice) => {
    const expected = TABLE[name];
    if (expected !== undefined) {
      expect(coreMlFlags(choice)).toBe(expected);
      return;
    }
    expect(choice).toMatchObject({ modelFormat: 'mlProgram', staticShapesOnly: true });
    expect(() => coreMlFlags(choice)).toThrow(SettingsError);
    expect(() => coreMlFlags(choice)).toThrow(/onnxruntime#32569.*Leave out `staticShapesOnly`/);
  });

  it('never sets two of the bits that exclude each other', () => {
    for (const value of Object.values(TABLE))
      expect([0, 0x001, 0x004, 0x020]).toContain(value & (0x001 | 0x004 | 0x020));
  });
});
