import type { ExternalDataEntry, ModelSummary, ValueSummary } from '@switchyard/onnx';
import { table } from './terminal/table.ts';

/** A model in a few lines: what it is, what it takes, what it gives. */
export function summaryLines(summary: ModelSummary): readonly string[] {
  return [
    `Model:    ${summary.path} (${formatBytes(summary.fileBytes)}, ${opsets(summary)})`,
    `Inputs:   ${summary.inputs.map((value) => describe(value)).join('; ') || 'none'}`,
    `Outputs:  ${summary.outputs.map((value) => describe(value)).join('; ') || 'none'}`,
    `Graph:    ${summary.nodeCountWithSubgraphs} nodes, ${formatCount(summary.parameterCount)} parameters`,
  ];
}

/** Everything that `inspect` says, as text. */
export function renderSummary(summary: ModelSummary): string {
  const facts: (readonly [string, string])[] = [
    ['Model', summary.path],
    ['Size', formatBytes(summary.fileBytes)],
    ['Producer', `${summary.producer.name} ${summary.producer.version}`.trim() || 'not said'],
    ['IR version', String(summary.irVersion)],
    ['Opsets', opsets(summary)],
    ['Graph', summary.graphName || 'unnamed'],
    ['Nodes', withSubgraphs(summary.nodeCount, summary.nodeCountWithSubgraphs)],
    ['Parameters', `${formatCount(summary.parameterCount)} (${formatBytes(summary.parameterBytes)})`],
    ['In subgraphs', totals(summary.subgraphInitializers)],
    ['Constants', totals(summary.constants)],
    ['Types', summary.dtypes.join(', ') || 'none'],
  ];
  const sections = [
    table(facts),
    section(
      'Inputs',
      summary.inputs.map((value) => [value.name, typeOf(value), shapeOf(value)]),
    ),
    section(
      'Outputs',
      summary.outputs.map((value) => [value.name, typeOf(value), shapeOf(value)]),
    ),
    section(
      'Operators',
      Object.entries(summary.operatorsWithSubgraphs).map(([operator, count]) => [operator, String(count)]),
    ),
    section(
      'Subgraphs',
      summary.subgraphs.map(({ op, node, attribute, nodes, depth }) => [
        `${op} \`${node}\``,
        attribute,
        `${nodes} nodes`,
        `depth ${depth}`,
      ]),
    ),
    section(
      'Functions',
      summary.functions.map(({ domain, name, nodes }) => [`${domain}.${name}`, `${nodes} nodes`]),
    ),
    section(
      'External data',
      summary.externalData.map((entry) => externalRow(entry)),
    ),
    section(
      'Metadata',
      Object.entries(summary.metadata).map(([key, value]) => [key, value]),
    ),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

/** Bytes for people: `2.2 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit += 1) size /= 1024;
  return unit === 0 ? `${bytes} B` : `${size.toFixed(1)} ${units[unit]}`;
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${title}\n${table(rows, '  ')}`;
}

function opsets({ opsets: versions }: ModelSummary): string {
  return Object.entries(versions)
    .map(([domain, version]) => `${domain} ${version}`)
    .join(', ');
}

function withSubgraphs(main: number, all: number): string {
  return main === all ? String(main) : `${main}, with subgraphs and functions ${all}`;
}

function totals({ tensors, elements, bytes }: ModelSummary['constants']): string {
  return tensors === 0 ? 'none' : `${formatCount(elements)} in ${tensors} tensors (${formatBytes(bytes)})`;
}

function describe(value: ValueSummary): string {
  return `${value.name}: ${typeOf(value)} ${shapeOf(value)}`.trimEnd();
}

function typeOf(value: ValueSummary): string {
  return value.kind === 'tensor' && value.dtype !== null ? value.dtype : value.type;
}

function shapeOf(value: ValueSummary): string {
  if (value.kind !== 'tensor') return '';
  return value.shape === null ? '[rank unknown]' : `[${value.shape.map((dim) => dim ?? '?').join(', ')}]`;
}

function externalRow(entry: ExternalDataEntry): readonly string[] {
  const state = entry.outside
    ? "outside the model's folder, refused"
    : entry.exists === true
      ? entry.fileBytes !== null && entry.offset + (entry.bytes ?? 0) > entry.fileBytes
        ? `too short: ${entry.fileBytes} of ${entry.offset + (entry.bytes ?? 0)} bytes`
        : 'there'
      : 'missing';
  return [entry.tensor, entry.location, entry.bytes === null ? '?' : formatBytes(entry.bytes), state];
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
