/** What the CoreML execution provider took of one graph: the model's own, or the body of an `If` or `Loop`. */
export interface CoremlCapability {
  /** Parts that CoreML takes; each is compiled by itself and is one node of the engine afterwards. */
  readonly partitions: number;
  /** Nodes of the graph before they are put together. */
  readonly nodes: number;
  /** Nodes among them that CoreML takes. */
  readonly supported: number;
}

/** What marks the line, in the log of onnxruntime 1.16 to 1.30 (coreml_execution_provider.cc). */
export const COREML_MARK = 'CoreMLExecutionProvider::GetCapability,';

const COUNTS =
  /number of partitions supported by CoreML: (\d+)\s+number of nodes in the graph: (\d+)\s+number of nodes supported by CoreML: (\d+)/;

/**
 * Reads one line of the engine's log, a warning where CoreML takes a part and information where it takes
 * all or nothing. `null` for any other line, or one whose counts contradict each other.
 */
export function parseCoremlCapability(line: string): CoremlCapability | null {
  const start = line.indexOf(COREML_MARK);
  if (start < 0) return null;
  const match = COUNTS.exec(line.slice(start));
  if (match === null) return null;
  const [partitions, nodes, supported] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return supported > nodes || partitions > supported ? null : { partitions, nodes, supported };
}
