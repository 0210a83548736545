import { isDType, nearestName, TensorError, type Tensor, type ValueInfo } from '@switchyard/core';
import { checkShape, fitNesting } from './fit-shape.ts';
import { flattenJson } from './flatten-json.ts';
import { JsonSyntaxError, readJson, type JsonNode } from './json-reader.ts';
import { parseShape } from './parse-shape.ts';
import { valuesFromJson } from './values-from-json.ts';

/**
 * Makes a tensor of JSON text: nested lists; `{"dtype", "shape", "values"}` as Switchyard writes it; or an
 * object of those by name. Throws a `TensorError`; a mistake in the syntax is named by line and column.
 *
 * @param member name after `#`, or `null` for the name of the input
 */
export function readJsonInput(
  text: string,
  member: string | null,
  valueInfo: ValueInfo,
  dims: ReadonlyMap<string, number>,
  options: ReadonlyMap<string, string>,
  source: string,
): { readonly tensor: Tensor; readonly notes: readonly string[] } {
  const { name, dtype } = valueInfo;
  const root = parse(text, name, source);
  const node = chooseMember(root, member, name, source);
  const tagged = node instanceof Map ? readTagged(node, valueInfo, source) : null;
  const flat = flattenJson(tagged?.values ?? node, name, source);
  const said = options.get('shape');
  const shape = said === undefined ? (tagged?.shape ?? null) : parseShape(said);
  if (shape === null) {
    const fitted = fitNesting(valueInfo, dims, flat.shape, source);
    return {
      tensor: valuesFromJson(dtype, fitted.shape, flat, name, source),
      notes: ['JSON', ...(fitted.note === null ? [] : [fitted.note])],
    };
  }
  checkShape(valueInfo, dims, shape, source);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== flat.leaves.length) {
    throw new TensorError(
      'input-shape',
      `The shape [${shape.join(', ')}] of ${source} takes ${count} values, but it has ${flat.leaves.length}.`,
      { tensor: name },
    );
  }
  return { tensor: valuesFromJson(dtype, shape, flat, name, source), notes: ['JSON'] };
}

function parse(text: string, tensor: string, source: string): JsonNode {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new TensorError(
      'input-unreadable',
      `${source} for the input \`${tensor}\` is not JSON at line ${error.line}, column ${error.column}: ${error.message}`,
      { tensor, cause: error },
    );
  }
}

function chooseMember(root: JsonNode, member: string | null, tensor: string, source: string): JsonNode {
  if (member === null && (!(root instanceof Map) || (root.has('shape') && root.has('values')))) return root;
  const names = root instanceof Map ? [...root.keys()] : [];
  const wanted = member ?? tensor;
  const found = root instanceof Map ? root.get(wanted) : undefined;
  if (found !== undefined) return found;
  const nearest = nearestName(wanted, names);
  const has = names.length === 0 ? 'nothing by name' : names.map((name) => `\`${name}\``).join(', ');
  throw new TensorError('input-unreadable', `${source} has no \`${wanted}\`; it has ${has}.`, {
    tensor,
    remedy:
      nearest === null
        ? 'Choose one with `#` after the file, like `file.json#name`.'
        : `Did you mean \`#${nearest}\`?`,
  });
}

function readTagged(
  node: ReadonlyMap<string, JsonNode>,
  { name, dtype }: ValueInfo,
  source: string,
): { readonly shape: readonly number[]; readonly values: JsonNode } {
  const values = node.get('values');
  const shape = node.get('shape');
  const said = node.get('dtype');
  const sizes = Array.isArray(shape) ? shape : null;
  if (
    values === undefined ||
    sizes === null ||
    !sizes.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)
  ) {
    throw new TensorError(
      'input-unreadable',
      `The object in ${source} for the input \`${name}\` is no tensor.`,
      {
        tensor: name,
        remedy: 'Write nested lists, or `{"dtype": "float32", "shape": [2], "values": [1, 2]}`.',
      },
    );
  }
  if (said !== undefined && said !== dtype) {
    const known = typeof said === 'string' && isDType(said);
    throw new TensorError(
      'input-dtype',
      `${source} says ${known ? said : 'an unknown element type'}, but the input \`${name}\` is ${dtype}.`,
      {
        tensor: name,
        remedy: `Convert the values to ${dtype}; without \`dtype\` they are taken as the input wants.`,
      },
    );
  }
  return { shape: sizes as number[], values };
}
