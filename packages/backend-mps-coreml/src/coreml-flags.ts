import { refuseKnownCases } from './coreml-known-cases.ts';
import type { CoreMlUnits } from './coreml-units.ts';

/** What a session asks of the CoreML execution provider, in named options. */
export interface CoreMlChoice {
  readonly units: CoreMlUnits;
  /** Format of the program that the provider writes for CoreML. */
  readonly modelFormat: 'neuralNetwork' | 'mlProgram';
  /** Take only nodes whose input shapes are all fixed. */
  readonly staticShapesOnly: boolean;
  /** Also take nodes inside `If`, `Loop` and `Scan`. */
  readonly subgraphs: boolean;
}

// coreml_provider_factory.h of ONNX Runtime 1.30. The three for units exclude each other; no bit means all units.
const UNITS_BITS: Readonly<Record<CoreMlUnits, number>> = {
  all: 0,
  cpuOnly: 0x001,
  cpuAndNeuralEngine: 0x004,
  cpuAndGPU: 0x020,
};
const SUBGRAPHS = 0x002;
const STATIC_SHAPES = 0x008;
const ML_PROGRAM = 0x010;

/**
 * Composes the value of `coreMlFlags`, the only option that the Node.js binding takes for CoreML.
 * Throws a `SettingsError` (`invalid-value`) for the combination that is known to compute wrong values.
 */
export function coreMlFlags(choice: CoreMlChoice): number {
  refuseKnownCases(choice);
  return (
    UNITS_BITS[choice.units] |
    (choice.subgraphs ? SUBGRAPHS : 0) |
    (choice.staticShapesOnly ? STATIC_SHAPES : 0) |
    (choice.modelFormat === 'mlProgram' ? ML_PROGRAM : 0)
  );
}
