import { ACQUIRABLE } from '../acquisition/native-part.ts';
import type { Invocation } from '../situation.ts';
import type { NamedBackend } from './find-backend.ts';

/** What `backends add` and `backends remove` print with `--json`. */
export interface PackagesDocument {
  readonly schema: 1;
  readonly action: 'add' | 'remove';
  readonly backend: string;
  /** Packages that the command names. */
  readonly packages: readonly string[];
  /** Package of the native engine, which comes along or is shared with other backends; `null` if unknown. */
  readonly engine: string | null;
  readonly command: string;
  readonly folder: string;
  readonly manager: string;
  readonly managerSource: string;
  readonly notes: readonly string[];
  /** Whether the command was run. */
  readonly done: boolean;
  /** Exit status of the package manager, or `null` where it was not run. */
  readonly exitStatus: number | null;
}

/** What to know before and after. */
export function notesOf(named: NamedBackend, action: 'add' | 'remove'): readonly string[] {
  if (named.kind === 'first-party') {
    const { id, engine, beside, optIn } = named.entry;
    if (action === 'remove') {
      return ACQUIRABLE.includes(id)
        ? [
            `What was acquired for it lies with \`${engine}\`: remove it first with \`switchyard backends acquire ${id} --remove\`.`,
          ]
        : [];
    }
    return [
      'No install script is needed: scripts can stay blocked.',
      ...(engine === 'onnxruntime-node'
        ? ['It runs on `onnxruntime-node`, which `cpu` has brought already.']
        : [
            `It runs on \`${engine}\`, which ${beside.length > 0 ? 'is installed beside it' : 'comes with it'}.`,
          ]),
      ...(ACQUIRABLE.includes(id)
        ? [
            `npm does not carry all of its native part: \`switchyard backends acquire ${id}\` shows how to get it.`,
          ]
        : []),
      ...(optIn
        ? [`It is opt-in: name it with \`--backend ${id}\` or enable it with \`--enable ${id}\`.`]
        : []),
    ];
  }
  const name = named.kind === 'plugin' ? named.plugin.found.name : named.kind === 'package' ? named.name : '';
  return action === 'add'
    ? [
        'It is third-party code. None of it is run until somebody lists it.',
        `To list it: \`"plugins": ["${name}"]\` in switchyard.config.json, SWITCHYARD_PLUGINS=${name}, or \`--plugin ${name}\`.`,
      ]
    : [`Take \`${name}\` out of \`plugins\` in switchyard.config.json too, if it is there.`];
}

/** Says what would be run, or what came of it. */
export function printPackages({ context, options }: Invocation, document: PackagesDocument): void {
  if (options.json) {
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const { action, backend, packages, command, folder, managerSource, notes, done, exitStatus } = document;
  if (done) {
    if (exitStatus === 0) {
      context.stdout.write(
        action === 'add'
          ? `\`${backend}\` is installed. \`switchyard explain\` says whether it would be used.\n`
          : `\`${backend}\` is gone.\n`,
      );
    } else context.stderr.write(`\`${command}\` ended with status ${exitStatus}.\n`);
    return;
  }
  const lines = [
    command,
    '',
    `  in         ${folder} (package manager: ${managerSource})`,
    `  ${action === 'add' ? 'brings ' : 'removes'}    ${packages.join(', ')}`,
    ...notes.map((note) => `  note       ${note}`),
    '',
    'Nothing was run. Type it yourself, or add --yes.',
  ];
  context.stdout.write(`${lines.join('\n')}\n`);
}
