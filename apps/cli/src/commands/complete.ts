import { FALLBACK_POLICIES } from '@switchyard/core';
import { describeMachines } from '@switchyard/core/machines';
import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import { BUILT_IN, type Discovery } from '@switchyard/composition';
import { ACQUIRABLE } from '../acquisition/native-part.ts';
import { discoverHere } from '../discover-here.ts';
import { BACKENDS_ACTIONS, buildProgram, CACHE_ACTIONS, SHELLS } from '../program.ts';
import { nameOfFlag } from '../usage-errors.ts';

/** What may stand next: values with a description, and whether files may stand there too. */
export interface Completions {
  readonly values: readonly (readonly [value: string, description: string])[];
  readonly files: boolean;
}

const BOOLEANS: readonly (readonly [string, string])[] = [
  ['true', ''],
  ['false', ''],
];

/**
 * `switchyard complete -- WORDS`: what the completion scripts ask. One line per value with a tab before
 * its description; the last line is `:files` where files may stand, otherwise `:none`.
 */
export async function complete(context: CliContext): Promise<number> {
  const start = context.argv[1] === '--' ? 2 : 1;
  const words = context.argv.slice(start);
  const serving = words.slice(0, -1).includes('serve') ? await serverFlags() : new Map<string, ServerFlag>();
  const { values, files } = completionsFor(words, discoverHere(context.cwd), serving);
  const lines = values.map(([value, description]) => `${value}\t${description.replaceAll(/\s+/g, ' ')}\n`);
  context.stdout.write(`${lines.join('')}${files ? ':files' : ':none'}\n`);
  return 0;
}

/** Completions for a command line whose last word is the one under the cursor. */
function completionsFor(
  words: readonly string[],
  discovery: Discovery,
  serving: ReadonlyMap<string, ServerFlag>,
): Completions {
  const ids = discovery.names.map(({ id }) => id).toSorted();
  const program = buildProgram(ids, async () => {});
  const current = (words.at(-1) ?? '').trim();
  const before = words.slice(0, -1);
  const command = program.commands.find((one) => before.includes(one.name()));
  const flags = new Map([...flagTable(program, command), ...serving]);

  const inline = /^(--[^=]+)=(.*)$/.exec(current);
  if (inline !== null) {
    const [, flag, typed] = inline as unknown as [string, string, string];
    const found = serverValues(serving.get(flag), typed) ?? valuesOf(flag, typed, ids, discovery);
    return { ...found, values: found.values.map(([value, text]) => [`${flag}=${value}`, text]) };
  }
  const previous = before.at(-1) ?? '';
  if (flags.get(previous)?.takesValue === true) {
    return serverValues(serving.get(previous), current) ?? valuesOf(previous, current, ids, discovery);
  }
  if (current.startsWith('-')) {
    const values = [...flags].map(([flag, { description }]) => [flag, description] as const);
    return only(values, current);
  }
  if (command === undefined) {
    const commands = program.commands.map((one) => [one.name(), one.description()] as const);
    return only([...commands, ['help', 'print help for a command']], current);
  }
  if (command.name() === 'backends') return backendsWords(before, current, discovery);
  const choices =
    command.name() === 'completion' ? SHELLS : command.name() === 'cache' ? CACHE_ACTIONS : null;
  if (choices !== null) {
    return only(
      choices.map((word) => [word, ''] as const),
      current,
    );
  }
  return { values: [], files: command.registeredArguments.length > 0 };
}

/** The action first, then the backends that it is for. */
function backendsWords(before: readonly string[], current: string, discovery: Discovery): Completions {
  const action = before.find((word) => BACKENDS_ACTIONS.includes(word));
  if (action === undefined) {
    return only(
      BACKENDS_ACTIONS.map((word) => [word, ''] as const),
      current,
    );
  }
  const ids = discovery.names.map(({ id }) => id).filter((id) => id !== BUILT_IN);
  const known = action === 'list' ? [] : action === 'acquire' ? ACQUIRABLE : ids;
  return only(known.some((id) => before.includes(id)) ? [] : known.map((id) => [id, ''] as const), current);
}

/** A flag of the server's program. */
interface ServerFlag {
  readonly description: string;
  readonly takesValue: boolean;
  readonly values: readonly string[];
  readonly files: boolean;
}

/** Flags of `serve`, where the package that has them is there. */
async function serverFlags(): Promise<ReadonlyMap<string, ServerFlag>> {
  const server = await import('@switchyard/server/options').catch((error: unknown) => {
    // Nothing to complete with; the command itself says how to get it.
    if ((error as { readonly code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  });
  if (server === null) return new Map();
  const settings = server.OPTIONS.map(({ name, help, kind, words = [], off }): [string, ServerFlag] => [
    `--${name}`,
    {
      description: help,
      takesValue: kind !== 'boolean',
      values: kind === 'boolean' ? ['true', 'false'] : [...words, ...(off === true ? ['off'] : [])],
      files: kind === 'text',
    },
  ]);
  const plain = Object.entries(server.PLAIN_FLAGS).map(([flag, description]): [string, ServerFlag] => [
    flag,
    { description, takesValue: flag === '--config', values: [], files: flag === '--config' },
  ]);
  return new Map([...settings, ...plain]);
}

function serverValues(flag: ServerFlag | undefined, typed: string): Completions | null {
  if (flag === undefined) return null;
  const values = flag.values.map((value) => [value, ''] as const);
  return { ...only(values, typed), files: flag.files };
}

function flagTable(
  program: Command,
  command: Command | undefined,
): ReadonlyMap<string, { readonly description: string; readonly takesValue: boolean }> {
  const options = [...(command?.options ?? []), ...program.options];
  const table = new Map(
    options.map((option) => [
      nameOfFlag(option),
      { description: option.description, takesValue: option.required },
    ]),
  );
  return table.set('--help', { description: 'print help', takesValue: false });
}

function valuesOf(flag: string, typed: string, ids: readonly string[], discovery: Discovery): Completions {
  if (/^--(?:no-)?use-/.test(flag)) return only(BOOLEANS, typed);
  switch (flag) {
    case '--backend':
      return only(
        [...ids, 'auto'].map((id) => [id, ''] as const),
        typed,
      );
    case '--backends':
    case '--prefer':
    case '--enable':
    case '--disable':
    case '--installed': {
      // Only the last member of a list is under the cursor.
      const said = typed.slice(0, typed.lastIndexOf(',') + 1);
      const left = ids.filter((id) => !said.split(',').includes(id));
      return only(
        left.map((id) => [`${said}${id}`, ''] as const),
        typed,
      );
    }
    case '--fallback':
      return only(
        FALLBACK_POLICIES.map((policy) => [policy, ''] as const),
        typed,
      );
    case '--trials':
      return only(
        ['off', 'placement', 'all'].map((mode) => [mode, ''] as const),
        typed,
      );
    case '--isolation':
      return only(
        ['inline', 'thread', 'process'].map((kind) => [kind, ''] as const),
        typed,
      );
    case '--plugin':
      return only(
        discovery.plugins.map(({ found, id }) => [found.name, id] as const),
        typed,
      );
    case '--host': {
      const machines = describeMachines().map(({ name, description }) => [name, description] as const);
      return { ...only(machines, typed), files: true };
    }
    case '--config':
    case '--labels':
    case '--html':
    case '--from':
    case '--input':
    case '--output':
      return { values: [], files: true };
    default:
      return { values: [], files: false };
  }
}

function only(values: Completions['values'], typed: string): Completions {
  return { values: values.filter(([value]) => value.startsWith(typed)), files: false };
}
