import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { METRICS } from '../src/operation/metric-definitions.ts';
import { configKeyOf, GROUPS, OPTIONS, variableOf, type OptionSpec } from '../src/options/option-specs.ts';
import { flagOf, renderHelp } from '../src/options/render-help.ts';
import { valuesOf, writeValue } from '../src/options/option-values.ts';

/** Files that are made here. A test compares each with what its maker gives. */
export const REFERENCES: readonly { readonly file: URL; readonly make: () => string }[] = [
  { file: new URL('../../../docs/reference/server-options.md', import.meta.url), make: optionsPage },
  { file: new URL('../../../docs/reference/server-metrics.md', import.meta.url), make: metricsPage },
  { file: new URL('../schemas/server-settings.schema.json', import.meta.url), make: schema },
];

const MADE =
  'Made from the program by `node --conditions=@switchyard/source apps/server/scripts/generate-server-reference.ts`; a test\ncompares the two.';

function optionsPage(): string {
  const sections = GROUPS.map((group) => {
    const rows = OPTIONS.filter((spec) => spec.group === group).map((spec) =>
      [
        `\`${flagOf(spec)}\``,
        `\`${variableOf(spec)}\``,
        `\`${configKeyOf(spec)}\``,
        valuesOf(spec),
        preset(spec),
        spec.help,
      ].join(' | '),
    );
    return `## ${group}\n\n| flag | variable | key of \`server\` | values | default | what it is |\n| --- | --- | --- | --- | --- | --- |\n${rows.map((row) => `| ${row} |\n`).join('')}`;
  });
  return [
    '# Options of `switchyard-server` and `switchyard serve`\n',
    `${MADE}\n`,
    `Every option is a flag, a variable and a key of the object \`server\` in \`switchyard.config.json\`, which the schema
\`@switchyard/server/schemas/server-settings.schema.json\` describes. The strongest counts: flag, variable, the project's
file (or \`--config FILE\`), the user's file, default. Lists are not joined. In a file, numbers and lists may be written as
such, and sizes and times as text: \`"64MiB"\`, \`"30s"\`. What cannot be understood is refused with the flag, the variable, or
the file and line; an unknown flag or key with the nearest name. An unknown \`SWITCHYARD_SERVER_*\` variable is a warning.\n`,
    `Which backend runs the models is said with the flags, variables and keys of every program of Switchyard
(\`--backend\`, \`--prefer\`, \`--device\`, \`--enable\`, \`--disable\`, \`--fallback\`, \`--plugin\`, \`--use-ID\`): [selection](../selection.md).\n`,
    ...sections,
    `## Help\n\n\`\`\`text\n${renderHelp('switchyard-server', ['cpu', 'cuda', 'mps-coreml', 'openvino', 'wasm', 'webgpu'], 100).trimEnd()}\n\`\`\`\n`,
  ].join('\n');
}

function preset(spec: OptionSpec): string {
  const written = writeValue(spec, spec.default);
  return written === '' ? 'none' : `\`${written}\``;
}

function metricsPage(): string {
  const rows = Object.entries(METRICS).map(
    ([name, { type, labels, help }]) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ') || 'none'} | ${help} |\n`,
  );
  return [
    '# Metrics of the server\n',
    `${MADE}\n`,
    `\`GET /metrics\` answers in Prometheus' text format, on the port of metrics and on that of REST. Where there are API keys it
needs one with the scope \`metrics\`, unless \`--keyless health,metrics\` says otherwise. Names that begin with \`nv_\` are
Triton's, with its units; what Triton has and cannot be known here (GPU utilization, power, energy, pinned memory) is not
there, rather than zero. Counters of a model start again when it is loaded again. Only versions that are loaded become
labels: a client cannot make new series by asking for names that do not exist.\n`,
    `| metric | type | labels | what it is |\n| --- | --- | --- | --- |\n${rows.join('')}`,
    `The metrics of the process and its event loop are those of \`prom-client\`: \`process_cpu_seconds_total\`,
\`process_resident_memory_bytes\`, \`process_open_fds\`, \`nodejs_eventloop_lag_p99_seconds\`, \`nodejs_heap_size_used_bytes\` and
others that begin with \`process_\` and \`nodejs_\`. They are about the server's own process; the processes of the models are
in \`switchyard_model_resident_bytes\`.\n`,
  ].join('\n');
}

function schema(): string {
  const properties = Object.fromEntries(OPTIONS.map((spec) => [configKeyOf(spec), propertyOf(spec)]));
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of a server',
    description:
      'The object `server` of `switchyard.config.json`, which `switchyard-server` and `switchyard serve` read. A variable or a flag about the same thing is stronger.',
    type: 'object',
    properties,
    additionalProperties: false,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function propertyOf(spec: OptionSpec): Readonly<Record<string, unknown>> {
  const help = spec.help.charAt(0).toUpperCase() + spec.help.slice(1);
  const description = `${help.replaceAll('\n', ' ')}. Default: ${writeValue(spec, spec.default) || 'none'}.`;
  const off = spec.off === true ? [{ const: 'off' }] : [];
  const number = {
    minimum: spec.minimum ?? 0,
    ...(spec.maximum === undefined ? {} : { maximum: spec.maximum }),
  };
  switch (spec.kind) {
    case 'text':
      return { description, type: 'string', pattern: '\\S' };
    case 'boolean':
      return { description, type: 'boolean' };
    case 'choice':
      return { description, enum: [...spec.words!, ...(spec.off === true ? ['off'] : [])] };
    case 'list':
      return {
        description,
        type: 'array',
        items: spec.words === undefined ? { type: 'string', pattern: '\\S' } : { enum: spec.words },
      };
    case 'integer':
      return { description, anyOf: [{ type: 'integer', ...number }, ...off] };
    case 'port':
      return { description, anyOf: [{ type: 'integer', minimum: 0, maximum: 65_535 }, ...off] };
    case 'rate':
      return { description, anyOf: [{ type: 'number', exclusiveMinimum: 0 }, ...off] };
    case 'bytes':
      return {
        description,
        anyOf: [
          { type: 'integer', ...number },
          { type: 'string', pattern: '^\\d{1,16}[KkMmGg][Ii][Bb]$' },
          ...off,
        ],
      };
    case 'duration': {
      const text = { type: 'string', pattern: '^\\d{1,12}(?:\\.\\d{1,3})?(?:ms|s|m|h)$' };
      return { description, anyOf: (spec.minimum ?? 0) > 0 ? [text] : [{ enum: [0, '0'] }, text] };
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, make } of REFERENCES) writeFileSync(file, make());
}
