import { describe, expect, it } from 'vitest';
import type { CoreMlChoice } from './coreml-flags.ts';
import { flagKnownCases, refuseKnownCases } from './coreml-known-cases.ts';
import { tellOpening } from './tell-opening.ts';

const CHOICE: CoreMlChoice = {
  units: 'all',
  modelFormat: 'neuralNetwork',
  staticShapesOnly: false,
  subgraphs: false,
};

describe('opening', () => {
  it('tells that it compiles, how long that took, and what is reported for such options', async () => {
    const told: string[] = [];
    const opened = await tellOpening(
      CHOICE,
      (phase) => told.push(phase),
      async () => {
        expect(told).toEqual(['compiling for CoreML (`coreml:all`, neuralNetwork)']);
        return 'the session';
      },
    );
    expect(opened).toBe('the session');
    expect(told[1]).toMatch(
      /^compiled and opened on CoreML in \d+\.\d s; it keeps no compiled model, so that the next opening takes as long$/,
    );
    expect(told.slice(2)).toEqual([flagKnownCases(CHOICE)]);
  });

  it('tells nothing of an opening that failed, and passes the error on', async () => {
    const told: string[] = [];
    const failure = new Error('broken');
    const open = tellOpening(
      CHOICE,
      (phase) => told.push(phase),
      () => Promise.reject(failure),
    );
    await expect(open).rejects.toBe(failure);
    expect(told).toHaveLength(1);
  });

  it('opens where nobody listens', async () => {
    expect(await tellOpening(CHOICE, undefined, async () => 1)).toBe(1);
  });
});

describe('known wrong values', () => {
  it.each(['all', 'cpuAndGPU', 'cpuAndNeuralEngine', 'cpuOnly'] as const)(
    'MLProgram with static shapes is refused on %s, and only that',
    (units) => {
      for (const subgraphs of [true, false])
        for (const modelFormat of ['mlProgram', 'neuralNetwork'] as const)
          for (const staticShapesOnly of [true, false]) {
            const refuse = (): void => refuseKnownCases({ units, modelFormat, staticShapesOnly, subgraphs });
            if (modelFormat === 'mlProgram' && staticShapesOnly)
              expect(refuse).toThrow(
                expect.objectContaining({ name: 'SettingsError', code: 'invalid-value' }),
              );
            else expect(refuse).not.toThrow();
          }
    },
  );

  it('says what is reported, and where', () => {
    const refuse = (): void =>
      refuseKnownCases({ ...CHOICE, modelFormat: 'mlProgram', staticShapesOnly: true });
    expect(refuse).toThrow('finite, stable and wrong values with this version of the engine on macOS 15');
    expect(refuse).toThrow('microsoft/onnxruntime#32569');
    expect(flagKnownCases(CHOICE)).toBe(
      'CoreML is reported to give, for some models, shifted pixels of large images with dynamic shapes, but not on ' +
        '`coreml:cpuOnly` (microsoft/onnxruntime#21170); other words from a text recognition model with every setting ' +
        '(microsoft/onnxruntime#24033): compare yours with the CPU (`--verify`).',
    );
  });

  it('flags only what applies to the options', () => {
    expect(flagKnownCases({ ...CHOICE, units: 'cpuOnly' })).not.toContain('#21170');
    expect(flagKnownCases({ ...CHOICE, modelFormat: 'mlProgram' })).not.toContain('#21170');
    expect(flagKnownCases({ ...CHOICE, units: 'cpuAndNeuralEngine' })).toContain('#21170');
  });
});
