import { FALLBACK_POLICIES } from '@switchyard/core';
import { GROUPS, OPTIONS, type OptionSpec } from './option-specs.ts';
import { PLAIN_FLAGS } from './command-line.ts';
import { valuesOf, writeValue } from './option-values.ts';

const EXAMPLES: readonly string[] = [
  'model.onnx',
  'models/ --backend cuda --fallback error',
  'model_repository/ --host 0.0.0.0 --keys keys.txt --tls-cert cert.pem --tls-key key.pem',
  'models/ --check --json',
];
const COLUMN = 34;

/** The help of the server's program, `width` characters wide. */
export function renderHelp(program: string, ids: readonly string[], width: number): string {
  const selection: readonly (readonly [string, string])[] = [
    ['--backend <id>', `exactly this backend, or an error: ${ids.join(', ')}, or auto`],
    ['--prefer <ids>', 'the first of these that can run, and nothing else: cuda,cpu'],
    ['--device <id>', 'this device, as `switchyard devices` names it: cuda:1'],
    ['--enable <ids>', 'opt-in backends that may be chosen automatically'],
    ['--disable <ids>', 'backends that must not be used'],
    [
      '--fallback <policy>',
      `what an automatic demotion does: ${FALLBACK_POLICIES.join(', ')} (default: warn)`,
    ],
    ['--plugin <package>', 'a third-party backend of this project that may be loaded; repeatable'],
    ['--use-<id>[=boolean]', 'the same as --backend; with =false never that one'],
  ];
  const section = (title: string, rows: readonly (readonly [string, string])[]): string =>
    `${title}:\n${rows.map(([flag, help]) => row(flag, help, width)).join('')}`;
  return [
    `Usage: ${program} MODELS... [flags]\n`,
    "Serves ONNX models over the Open Inference Protocol, REST and gRPC. MODELS are `.onnx` files, folders of\nthem, or repositories in Triton's layout.\n",
    ...GROUPS.map((group) =>
      section(
        group,
        OPTIONS.filter((spec) => spec.group === group).map((spec) => [flagOf(spec), helpOf(spec)]),
      ),
    ),
    section('Which backend (see docs/selection.md)', selection),
    section(
      'This start',
      Object.entries(PLAIN_FLAGS).map(([flag, help]) => [
        flag === '--config' ? '--config <file>' : flag,
        help,
      ]),
    ),
    `Every flag but those of this start is a variable too (\`SWITCHYARD_SERVER_HTTP_PORT\`) and a key of the object\n\`server\` in switchyard.config.json (\`httpPort\`). A flag is stronger than a variable, a variable than a file.\n`,
    `Commands:\n  ${program} keys create --name NAME --scopes infer,read\n`,
    `Examples:\n${EXAMPLES.map((line) => `  $ ${program} ${line}\n`).join('')}`,
  ].join('\n');
}

/** A flag with a word for its value. */
export function flagOf(spec: OptionSpec): string {
  const word: Readonly<Record<OptionSpec['kind'], string>> = {
    text: '<text>',
    list: '<list>',
    choice: '<word>',
    boolean: '[=boolean]',
    integer: '<number>',
    port: '<port>',
    rate: '<number>',
    bytes: '<bytes>',
    duration: '<time>',
  };
  return `--${spec.name}${spec.kind === 'boolean' ? '' : ' '}${word[spec.kind]}`;
}

function helpOf(spec: OptionSpec): string {
  const preset = writeValue(spec, spec.default);
  const words = spec.kind === 'choice' ? `: ${valuesOf(spec).replaceAll('`', '')}` : '';
  return `${spec.help}${words} (default: ${preset === '' ? 'none' : preset})`;
}

function row(flag: string, help: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of help.split(' ')) {
    if (line !== '' && COLUMN + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  const first = `  ${flag}`.length < COLUMN ? `  ${flag}`.padEnd(COLUMN) : `  ${flag}\n${' '.repeat(COLUMN)}`;
  return `${first}${lines.join(`\n${' '.repeat(COLUMN)}`)}\n`;
}
