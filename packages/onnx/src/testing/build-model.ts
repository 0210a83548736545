import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { ModelSpec } from './model-spec.ts';
import { graph, node } from './write-graph.ts';
import { entry, int64, nested, text } from './write-value.ts';

/** IR 9 and opset 17 are read by every engine version that Switchyard supports. */
const DEFAULT_IR = 9;
const DEFAULT_OPSET = 17;

/**
 * Writes an ONNX model, for tests. It checks element counts, and otherwise writes what it is told, so that tests can
 * make models that an engine refuses.
 *
 * @throws RangeError when a tensor's data does not fit its shape, TypeError when it does not fit its dtype.
 */
export function buildModel(spec: ModelSpec): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  const opset = spec.opset ?? DEFAULT_OPSET;
  const opsets = Object.entries(typeof opset === 'number' ? { 'ai.onnx': opset } : opset);
  int64(writer, 1, spec.irVersion ?? DEFAULT_IR);
  text(writer, 2, spec.producer?.name ?? 'switchyard');
  text(writer, 3, spec.producer?.version);
  text(writer, 4, spec.domain);
  int64(writer, 5, spec.modelVersion);
  graph(writer, 7, spec);
  for (const [domain, version] of opsets) opsetImport(writer, 8, domain, version);
  for (const [key, item] of Object.entries(spec.metadata ?? {})) entry(writer, 14, key, item);
  for (const item of spec.functions ?? []) {
    nested(writer, 25, () => {
      text(writer, 1, item.name);
      for (const name of item.inputs) text(writer, 4, name);
      for (const name of item.outputs) text(writer, 5, name);
      for (const inner of item.nodes) node(writer, 7, inner);
      opsetImport(writer, 9, 'ai.onnx', item.opset ?? DEFAULT_OPSET);
      text(writer, 10, item.domain);
    });
  }
  return writer.finish();
}

function opsetImport(writer: BinaryWriter, field: number, domain: string, version: number): void {
  nested(writer, field, () => {
    text(writer, 1, domain === 'ai.onnx' ? '' : domain);
    int64(writer, 2, version);
  });
}
