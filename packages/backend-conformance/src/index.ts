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
export {
  operatorDocument,
  type OperatorCounts,
  type OperatorDocument,
  type OperatorRow,
} from './operators/operator-document.ts';
export { operatorPage } from './operators/operator-page.ts';
export { OPERATOR_STATUSES, type OperatorResult, type OperatorStatus } from './operators/operator-result.ts';
export type { OperatorSubject } from './operators/operator-results-file.ts';
export {
  runOperatorSuite,
  type OperatorReport,
  type OperatorSuiteOptions,
} from './operators/run-operator-suite.ts';
export { runConformance, type ConformanceReport } from './run-conformance.ts';
export { VERSION } from './version.ts';
