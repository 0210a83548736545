import { TensorError, type Tensor, type Tensors } from '@switchyard/core';
import type { NodeAddon, Tensor as OpenvinoTensor, SupportedTypedArray } from 'openvino-node';
import { elementType, type OpenvinoPort, type PortDimension, type PortLookup } from './openvino-ports.ts';

/** A tensor of the binding with the memory that it shares and does not keep alive. */
export interface PreparedFeed {
  readonly tensor: OpenvinoTensor;
  readonly memory: SupportedTypedArray | null;
}

const LARGEST_DIMENSION = 2 ** 31 - 1;

function dimensionProblem(expected: PortDimension, size: number): string | null {
  if (!Number.isInteger(size) || size < 0 || size > LARGEST_DIMENSION)
    return 'a whole number below 2147483648';
  if (typeof expected === 'number') return size === expected ? null : String(expected);
  const { minimum, maximum } = expected;
  if (size >= minimum && (maximum === null || size <= maximum)) return null;
  return maximum === null ? `at least ${minimum}` : `${minimum} to ${maximum}`;
}

function checkFeed(
  port: OpenvinoPort,
  tensor: Tensor,
): asserts tensor is Extract<Tensor, { bytes: Uint8Array }> {
  const { name, dtype } = port.info;
  const details = {
    tensor: name,
    remedy: `Give \`${name}\` as ${dtype} [${port.info.shape.map((size) => size ?? '?').join(', ')}].`,
  };
  if (tensor.dtype !== dtype) {
    throw new TensorError(
      'input-dtype',
      `Input \`${name}\` was given ${tensor.dtype}, and the model takes ${dtype}.`,
      details,
    );
  }
  if (tensor.shape.length !== port.dimensions.length) {
    throw new TensorError(
      'input-rank',
      `Input \`${name}\` was given ${tensor.shape.length} dimensions, and the model takes ${port.dimensions.length}.`,
      details,
    );
  }
  for (const [axis, expected] of port.dimensions.entries()) {
    const size = tensor.shape[axis] ?? -1;
    const wanted = dimensionProblem(expected, size);
    if (wanted === null) continue;
    throw new TensorError(
      'input-shape',
      `Dimension ${axis} of input \`${name}\` is ${size}, and the model takes ${wanted}.`,
      details,
    );
  }
  const elements = tensor.shape.reduce((product, size) => product * size, 1);
  const length = elements * (elementType(port.element)?.bytes ?? Number.NaN);
  if (tensor.bytes.byteLength === length) return;
  throw new TensorError(
    'input-shape',
    `Input \`${name}\` holds ${tensor.bytes.byteLength} bytes, and ${dtype} [${tensor.shape.join(', ')}] has ${length}.`,
    details,
  );
}

function wrap(
  library: NodeAddon,
  port: OpenvinoPort,
  tensor: Extract<Tensor, { bytes: Uint8Array }>,
): PreparedFeed {
  const shape = [...tensor.shape];
  // An empty typed array has no memory to share.
  if (tensor.bytes.byteLength === 0) return { tensor: new library.Tensor(port.element, shape), memory: null };
  // A buffer of its own: the binding refuses a byte offset and compares the length of the whole buffer.
  const buffer = new ArrayBuffer(tensor.bytes.byteLength);
  new Uint8Array(buffer).set(tensor.bytes);
  const memory = elementType(port.element)?.wrap(buffer) ?? new Uint8Array(buffer);
  return { tensor: new library.Tensor(port.element, shape, memory), memory };
}

/**
 * Checks feeds both ways and copies them, in the order of `ports`. The order matters:
 * `inferAsync` binds what it gets by position, also when it gets an object with names. The checks matter:
 * versions of the binding end the process when a native thread meets a tensor that does not fit.
 * Throws a `TensorError`.
 */
export function prepareFeeds(
  library: NodeAddon,
  ports: readonly OpenvinoPort[],
  lookup: PortLookup,
  feeds: Tensors,
): PreparedFeed[] {
  const byIndex = new Map<number, Tensor>();
  const known = ports.map((port) => `\`${port.info.name}\``).join(', ');
  for (const [name, tensor] of Object.entries(feeds)) {
    const index = lookup(name);
    const twice = index !== null && byIndex.has(index);
    if (index === null || twice) {
      const problem = twice ? 'means an input that was already given' : 'is not an input of the model';
      throw new TensorError('input-unknown', `\`${name}\` ${problem}.`, {
        tensor: name,
        remedy: `The inputs are ${known}.`,
      });
    }
    byIndex.set(index, tensor);
  }
  return ports
    .map((port, index) => {
      const tensor = byIndex.get(index);
      if (tensor === undefined) {
        const { name } = port.info;
        throw new TensorError('input-missing', `Input \`${name}\` was given no tensor.`, {
          tensor: name,
          remedy: `The inputs are ${known}.`,
        });
      }
      checkFeed(port, tensor);
      return { port, tensor };
    })
    .map(({ port, tensor }) => wrap(library, port, tensor));
}
