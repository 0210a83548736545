/** Why cases end as they do: what is common to them, and a reason that somebody looked up. */
export interface OperatorGroup {
  readonly title: string;
  /** On the name of the case, a space, and what was found. */
  readonly pattern: RegExp;
  readonly reason: string;
}

/** Every way in which a case of the evidence did not pass. A case belongs to the first group that fits. */
export const OPERATOR_GROUPS: readonly OperatorGroup[] = [
  {
    title: 'MaxUnpool with an output shape',
    pattern: /test_maxunpool_export_with_output_shape /,
    reason:
      'The case is not what the operator says: ONNX Runtime lists it as invalid (onnx/onnx issue 2398). The indices are read as those of the larger output, and the case has them as those of the smaller.',
  },
  {
    title: 'Resize by scales with aligned corners, downwards',
    pattern: /test_resize_downsample_scales_(cubic|linear)_align_corners /,
    reason:
      'A limit of the engine, in its own list as `results mismatch`: ONNX Runtime divides by the whole number of output elements, the case by the scale times the length, which is a fraction here. Whoever needs the case gives `sizes`.',
  },
  {
    title: 'float32 written as text',
    pattern: /test_cast(like)?_FLOAT_to_STRING(_expanded)? /,
    reason:
      'The engine writes up to eight digits of a float32, the case the shortest text that reads back as the same one. The texts differ in the last digit, and the numbers that they stand for within the precision of float32.',
  },
  {
    title: 'an answer that is drawn',
    pattern: / Its answer is drawn at random/,
    reason:
      'Bernoulli, and Dropout in training: the case holds what another generator drew, with which no engine can agree.',
  },
  {
    title: 'sequences and optionals at the borders',
    pattern: / is (sequence|optional)\(/,
    reason:
      'The contract of Switchyard carries tensors, and the Node.js bindings of the engine do as well. A model may have them inside.',
  },
  {
    title: 'bfloat16 at the borders',
    pattern: /Unsupported data type: ?16|BFLOAT16.*nsupported data type/i,
    reason: 'The JavaScript bindings of the engine have no bfloat16. It can be used inside a model.',
  },
  {
    title: 'operators of training',
    pattern: /ai\.onnx\.preview\.training/,
    reason: 'The preview domain of training is not in the inference builds of ONNX Runtime.',
  },
  {
    title: 'recurrent layers by batch first',
    pattern: /layout_ == 0 was false/,
    reason: 'Kernels of GRU, LSTM and RNN know the layout 0 only, and say so.',
  },
  {
    title: 'a locale that the machine lacks',
    pattern: /Failed to construct locale/,
    reason:
      'StringNormalizer asks the C library for the locale of the model, `en_US.UTF-8`, which the machine of the evidence has not installed. WebAssembly brings its own, and passes these cases.',
  },
  {
    title: 'models of opsets before 7',
    pattern:
      /^pytorch-\S+ .*(Could not find an implementation for \S+ node|Provider type for \S+ node .*is not set)/,
    reason:
      'The models of `pytorch-converted` and `pytorch-operator` import opset 6 and older. Kernels of ONNX Runtime begin at opset 7, and where an operator changed with it there is none.',
  },
  {
    title: 'integer types that kernels lack',
    pattern:
      /test_(bitshift_(left|right)_uint16|(max|min)_u?int16|pow_types_float32_uint(32|64)) .*(Could not find an implementation for|Provider type for)/,
    reason:
      'BitShift, Max and Min of 16-bit integers and Pow by an unsigned exponent have no kernel in ONNX Runtime. Cast to int32 or int64 before.',
  },
  {
    title: 'what kernels of WebGPU lack, and say when they run',
    pattern:
      /trainingMode is not supported|Only Conv2d or Conv1d are supported|Indices output is not supported|column major storage_order is not supported|group(ed)? convolution|\(group=\d+\)/i,
    reason:
      'The provider takes the node and then refuses its attributes: BatchNormalization in training, ConvTranspose and grouped Conv in three dimensions, MaxPool with indices. The run ends with an error, never with an answer; `cpu` runs these.',
  },
];

/** The group of a case that did not pass, or `null`. */
export function groupOf(result: {
  readonly case: string;
  readonly detail: string | null;
}): OperatorGroup | null {
  const text = `${result.case} ${result.detail ?? ''}`;
  return OPERATOR_GROUPS.find(({ pattern }) => pattern.test(text)) ?? null;
}
