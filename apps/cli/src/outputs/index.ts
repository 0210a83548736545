export { formatOutputs, type FormatOutputsOptions } from './format-outputs.ts';
export { loadLabels } from './load-labels.ts';
export { OUTPUT_FORMATS, type OutputFormat, type OutputSpec } from './output-spec.ts';
export { outputsToJson, type JsonOutput, type JsonOutputValue } from './outputs-to-json.ts';
export { parseOutputArgument } from './parse-output-argument.ts';
export { saveOutputs, type SavedFile, type SaveOutputsContext } from './save-outputs.ts';
export { topValues, type TopRow, type TopValue } from './top-values.ts';
export { writeNpy } from './write-npy.ts';
export { writeNpz } from './write-npz.ts';
