import type { InferRequest, TensorContent } from '../../messages.ts';
import { hex, type PlainRequest } from '../../testing/reference-request.ts';

/** A request in the form of the reference. */
export function plainRequest(request: InferRequest): PlainRequest {
  return {
    id: request.id,
    parameters: [...request.parameters],
    inputs: request.inputs.map(({ name, datatype, shape, content, parameters }) => ({
      name,
      datatype,
      shape: [...shape],
      content: plainContent(content),
      parameters: [...parameters],
    })),
    outputs: request.outputs.map(({ name, parameters }) => ({ name, parameters: [...parameters] })),
  };
}

function plainContent(content: TensorContent): unknown {
  if (content.kind === 'bytes') return hex(content.bytes);
  if (content.kind === 'elements') return content.elements.map((element) => hex(element));
  return { region: content.region, offset: content.offset, byteSize: content.byteSize };
}
