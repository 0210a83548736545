/**
 * What the CoreML execution provider said on Macs of other people, from public threads, each with its place.
 * No Mac of ours has recorded any. Where a thread shows one line on several, it is one line again.
 */
const AT = '2026-04-15 10:00:00.000000000';

/** microsoft/onnxruntime#28022 (M3 Max, 1.24.4, MLProgram): a part. Times and names of nodes are constructed. */
export const PARTIAL: string = [
  `${AT} [W:onnxruntime:, coreml_execution_provider.cc:113 GetCapability] CoreMLExecutionProvider::GetCapability, number of partitions supported by CoreML: 14 number of nodes in the graph: 226 number of nodes supported by CoreML: 212`,
  `${AT} [V:onnxruntime:, session_state.cc:1313 VerifyEachNodeIsAssignedToAnEp] Node placements`,
  ...placed('CoreMLExecutionProvider', 'CoreML_fused'),
  ...placed('CPUExecutionProvider', 'Pad'),
].join('\n');

/** microsoft/onnxruntime#28022, the same model with other operators: all. */
export const WHOLE: string = [
  `${AT} [I:onnxruntime:, coreml_execution_provider.cc:115 GetCapability] CoreMLExecutionProvider::GetCapability, number of partitions supported by CoreML: 1 number of nodes in the graph: 312 number of nodes supported by CoreML: 312`,
  `${AT} [V:onnxruntime:, session_state.cc:1310 VerifyEachNodeIsAssignedToAnEp] Node placements`,
  `${AT} [V:onnxruntime:, session_state.cc:1310 VerifyEachNodeIsAssignedToAnEp]  All nodes placed on [CoreMLExecutionProvider]. Number of nodes: 1`,
].join('\n');

/** microsoft/onnxruntime#14212 (1.16): the line as it stands there. */
export const OLDER: string =
  '2023-08-04 20:57:45.696448 [W:onnxruntime:, coreml_execution_provider.cc:81 GetCapability] CoreMLExecutionProvider::GetCapability, number of partitions supported by CoreML: 114 number of nodes in the graph: 607 number of nodes supported by CoreML: 387';

/** ekhodzitsky/gigastt#42: three sessions one after the other, through another program's logger. */
export const ANOTHER_LOGGER: readonly string[] = [
  '2026-06-13T06:47:39.025710Z  WARN ort{id="" location="coreml_execution_provider.cc:113 GetCapability"}: ort::logging: CoreMLExecutionProvider::GetCapability, number of partitions supported by CoreML: 64 number of nodes in the graph: 1799 number of nodes supported by CoreML: 262',
  '2026-06-13T06:47:41.270379Z  INFO ort{id="" location="allocation_planner.cc:2658 CreateGraphPartitioner"}: ort::logging: Use DeviceBasedPartition as default',
  '2026-06-13T06:47:41.459504Z  WARN ort{id="" location="coreml_execution_provider.cc:113 GetCapability"}: ort::logging: CoreMLExecutionProvider::GetCapability, number of partitions supported by CoreML: 2 number of nodes in the graph: 5 number of nodes supported by CoreML: 4',
];

/** apple/ml-fastvlm#50 (M3): nothing at all. */
export const NOTHING: string =
  'INFO ort::logging: CoreMLExecutionProvider::GetCapability, number of partitions supported by CoreML: 0 number of nodes in the graph: 794 number of nodes supported by CoreML: 0';

function placed(provider: string, operator: string): readonly string[] {
  const prefix = `${AT} [V:onnxruntime:, session_state.cc:1313 VerifyEachNodeIsAssignedToAnEp]`;
  return [
    `${prefix}  Node(s) placed on [${provider}]. Number of nodes: 14`,
    ...Array.from({ length: 14 }, (_, index) => `${prefix}   ${operator} (node_${index})`),
  ];
}
