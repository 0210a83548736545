import { parseArgs } from 'node:util';
import { isDeviceKind, isPackageManager } from './check-answers.ts';
import { DEVICE_KINDS, PACKAGE_MANAGERS, type ProjectAnswers } from './project-answers.ts';
import { UsageError } from './usage-error.ts';

/** What was said on the command line. */
export interface CommandLine {
  /** Folder of the new package as it was typed, or `null`. */
  readonly directory: string | null;
  readonly answers: Partial<ProjectAnswers>;
  /** Nothing is asked; what was not said is worked out from the id. */
  readonly yes: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

export const HELP: string = `Usage: create-backend [DIRECTORY] [OPTIONS]

Makes a package with a Switchyard backend whose tests pass at once.

  --id <id>                  id of the backend, as in my-npu (default: the name of the folder)
  --name <package>           name of the npm package (default: switchyard-backend-<id>)
  --title <text>             name for people (default: from the id)
  --device-kind <kind>       ${DEVICE_KINDS.join(', ')} (default: what the id says, or npu)
  --package-manager <name>   ${PACKAGE_MANAGERS.join(', ')} (default: the one that started this)
  --dir <folder>             the same as DIRECTORY
  -y, --yes                  ask nothing
  --json                     print what was written as JSON; implies --yes
  --help, --version
`;

/**
 * Reads the command line.
 *
 * @throws UsageError for a flag that does not exist or a value that means nothing
 */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parse(argv);
  const [first, second] = positionals;
  if (second !== undefined) {
    throw new UsageError(
      `One folder can be made at a time, and \`${second}\` is a second one. Leave it out.`,
    );
  }
  if (first !== undefined && values.dir !== undefined && first !== values.dir) {
    throw new UsageError(`Two folders were named, \`${first}\` and \`${values.dir}\`. Leave one out.`);
  }
  const kind = values['device-kind'];
  const manager = values['package-manager'];
  if (kind !== undefined && !isDeviceKind(kind)) throw notOne('--device-kind', kind, DEVICE_KINDS);
  if (manager !== undefined && !isPackageManager(manager)) {
    throw notOne('--package-manager', manager, PACKAGE_MANAGERS);
  }
  return {
    directory: first ?? values.dir ?? null,
    answers: {
      ...(values.id === undefined ? {} : { id: values.id }),
      ...(values.name === undefined ? {} : { packageName: values.name }),
      ...(values.title === undefined ? {} : { title: values.title }),
      ...(kind === undefined ? {} : { deviceKind: kind }),
      ...(manager === undefined ? {} : { packageManager: manager }),
    },
    yes: values.yes === true || values.json === true,
    json: values.json === true,
    help: values.help === true,
    version: values.version === true,
  };
}

interface Parsed {
  readonly values: {
    readonly [name in 'id' | 'name' | 'title' | 'device-kind' | 'package-manager' | 'dir']?:
      | string
      | undefined;
  } & { readonly [name in 'yes' | 'json' | 'help' | 'version']?: boolean | undefined };
  readonly positionals: readonly string[];
}

function parse(argv: readonly string[]): Parsed {
  try {
    return parseArgs({
      // npm takes the dashes of `npm create … -- --yes` away; pnpm hands them on.
      args: argv.filter((word) => word !== '--'),
      allowPositionals: true,
      options: {
        id: { type: 'string' },
        name: { type: 'string' },
        title: { type: 'string' },
        'device-kind': { type: 'string' },
        'package-manager': { type: 'string' },
        dir: { type: 'string' },
        yes: { type: 'boolean', short: 'y' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ', 1);
    throw new UsageError(`${sentence!.replace(/\.$/, '')}. See \`--help\`.`, { cause: error });
  }
}

function notOne(flag: string, value: string, words: readonly string[]): UsageError {
  return new UsageError(`\`${flag} ${value}\` is none of ${words.join(', ')}.`);
}
