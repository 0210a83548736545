export { CONFORMANCE_CASES } from './cases/cases.ts';
export type {
  CaseContext,
  CaseFigures,
  CaseNeed,
  ConformanceCase,
  ConformanceSettings,
} from './conformance-case.ts';
export {
  createConformance,
  type Conformance,
  type ConformanceOptions,
  type ConformanceResult,
  type ConformanceSkip,
} from './create-conformance.ts';
export {
  evidenceProblem,
  makeEvidence,
  type ConformanceEvidence,
  type EvidenceParts,
} from './evidence/evidence.ts';
export type { GoldenModel } from './goldens/golden-model.ts';
export { LARGE_PERCEPTRON as EVIDENCE_MODEL } from './goldens/models.ts';
export type { MachineState } from './look-at-machine.ts';
export { runConformance, type ConformanceReport } from './run-conformance.ts';
export { VERSION } from './version.ts';
