export { assignInputs } from './assign-inputs.ts';
export { describeInput } from './describe-input.ts';
export { INPUT_FORMATS, type InputFormat, type InputSource, type InputSpec } from './input-spec.ts';
export { loadInput, type LoadInputContext, type LoadedInput } from './load-input.ts';
export { parseDimArgument, type DimArgument } from './parse-dim-argument.ts';
export { parseInputArgument } from './parse-input-argument.ts';
export { parseShape } from './parse-shape.ts';
export type { SourceContext } from './read-source.ts';
