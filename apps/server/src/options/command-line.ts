import { nearestName, VALUE_FLAGS } from '@switchyard/core';
import { OPTIONS, type OptionSpec } from './option-specs.ts';
import type { FlagValue } from './read-server-settings.ts';
import { ServerUsageError } from './usage-error.ts';

/** What a command line says, once the selection flags were taken out of it. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly flags: readonly FlagValue[];
  /** Configuration file that takes the place of the project's, or `undefined`. */
  readonly config: string | undefined;
  readonly check: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** Flags that are no settings: they are about this one start. */
export const PLAIN_FLAGS = {
  '--config': "use this configuration file in place of the project's",
  '--check': 'load the models, say where they would run, and end without listening',
  '--json': 'print one JSON document with addresses and models on standard output',
  '--quiet': 'no table of the models at start',
  '--help': 'print help',
  '--version': 'print the version',
} as const;

const SHORT: Readonly<Record<string, string>> = { '-h': '--help', '-V': '--version' };

/**
 * Reads a command line. There are no abbreviations, and a flag that takes yes or no takes it after `=` only.
 *
 * @param program what the reader typed to start it: `switchyard-server`, `switchyard serve`
 * @throws ServerUsageError naming the literal word
 */
export function readCommandLine(argv: readonly string[], program: string): CommandLine {
  const words: string[] = [];
  const flags: FlagValue[] = [];
  const plain = new Set<string>();
  let config: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const word = SHORT[argv[index]!] ?? argv[index]!;
    if (word === '--') {
      words.push(...argv.slice(index + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const flag = equals === -1 ? word : word.slice(0, equals);
    const inline = equals === -1 ? null : word.slice(equals + 1);
    const valueOf = (): { readonly text: string; readonly source: string } => {
      if (inline !== null) return { text: inline, source: word };
      const next = argv[index + 1];
      if (next === undefined || next.startsWith('--')) {
        throw new ServerUsageError(`\`${flag}\` needs a value.`, `See \`${program} --help\`.`);
      }
      index += 1;
      return { text: next, source: `${flag} ${next}` };
    };
    if (flag === '--config') {
      config = valueOf().text;
    } else if (Object.hasOwn(PLAIN_FLAGS, flag)) {
      if (inline !== null) {
        throw new ServerUsageError(
          `\`${flag}\` takes no value, but \`${word}\` gives it one.`,
          `Write \`${flag}\`.`,
        );
      }
      plain.add(flag);
    } else {
      flags.push(settingFlag(flag, word, inline, valueOf, program));
    }
  }
  return {
    words,
    flags,
    config,
    check: plain.has('--check'),
    json: plain.has('--json'),
    quiet: plain.has('--quiet'),
    help: plain.has('--help'),
    version: plain.has('--version'),
  };
}

function settingFlag(
  flag: string,
  word: string,
  inline: string | null,
  valueOf: () => { readonly text: string; readonly source: string },
  program: string,
): FlagValue {
  const spec = OPTIONS.find((one) => flag === `--${one.name}`);
  if (spec === undefined) {
    const denied = OPTIONS.find((one) => one.kind === 'boolean' && flag === `--no-${one.name}`);
    if (denied !== undefined && inline === null) return { spec: denied, text: 'false', source: word };
    throw unknownFlag(word, flag, program);
  }
  if (spec.kind === 'boolean') return { spec, text: inline ?? 'true', source: word };
  return { spec, ...valueOf() };
}

function unknownFlag(word: string, flag: string, program: string): ServerUsageError {
  const nearest = nearestName(flag, [
    ...OPTIONS.flatMap((spec) => flagsOf(spec)),
    ...Object.keys(PLAIN_FLAGS),
    ...Object.keys(VALUE_FLAGS),
  ]);
  return new ServerUsageError(
    `\`${program}\` has no flag \`${word}\`.`,
    nearest === null ? `See \`${program} --help\`.` : `Did you mean \`${nearest}\`?`,
  );
}

function flagsOf(spec: OptionSpec): readonly string[] {
  return spec.kind === 'boolean' ? [`--${spec.name}`, `--no-${spec.name}`] : [`--${spec.name}`];
}
