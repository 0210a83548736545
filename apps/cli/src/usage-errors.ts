import { nearestName, VALUE_FLAGS } from '@switchyard/core';
import type { Command, CommanderError, Option } from 'commander';
import { UsageError } from './usage-error.ts';

/** Says in our words what commander found wrong: what was asked, what was found, what to do. */
export function usageError(error: CommanderError, program: Command, words: readonly string[]): UsageError {
  const command = program.commands.find((one) => words.includes(one.name()));
  const name = command === undefined ? 'switchyard' : `switchyard ${command.name()}`;
  const help = `See \`${name} --help\`.`;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption': {
      const flags = flagsOf(program, command);
      const bare = quoted.replace(/=.*$/s, '');
      if (bare !== quoted && flags.includes(bare)) {
        return new UsageError(
          `\`${bare}\` takes no value, but \`${quoted}\` gives it one.`,
          `Write \`${bare}\`.`,
        );
      }
      const nearest = nearestName(bare, flags);
      return new UsageError(
        `\`${name}\` has no flag \`${quoted}\`.`,
        nearest === null ? help : `Did you mean \`${nearest}\`?`,
      );
    }
    case 'commander.unknownCommand': {
      const names = program.commands.map((one) => one.name());
      const nearest = nearestName(quoted, names);
      return new UsageError(
        `There is no command \`${quoted}\`; the commands are ${names.join(', ')}.`,
        nearest === null ? 'See `switchyard --help`.' : `Did you mean \`switchyard ${nearest}\`?`,
      );
    }
    case 'commander.help':
      return new UsageError(
        `No command was given; the commands are ${program.commands.map((one) => one.name()).join(', ')}.`,
        'See `switchyard --help`.',
      );
    case 'commander.optionMissingArgument':
      return new UsageError(`\`${quoted.split(' ', 1)[0]}\` needs a value.`, `Write \`${quoted}\`.`);
    case 'commander.missingArgument':
      return new UsageError(
        `\`${name}\` needs ${quoted === 'model' ? 'a model' : `${/^[aeiou]/.test(quoted) ? 'an' : 'a'} ${quoted}`}, and none was given.`,
        `Write \`${name} ${quoted.toUpperCase()}\`.`,
      );
    case 'commander.excessArguments': {
      const wanted = command?.registeredArguments.length ?? 0;
      const stray = (command?.args ?? []).slice(wanted).map((word) => `\`${word}\``);
      return new UsageError(
        `\`${name}\` takes ${wanted === 0 ? 'no words' : wanted === 1 ? 'one word' : `${wanted} words`} besides its flags, and ${stray.join(', ')} was given as well.`,
        stray.some((word) => /^`(?:true|false|yes|no|on|off|[01])`$/.test(word))
          ? 'A value of a flag that has `=` in its help must follow `=`.'
          : help,
      );
    }
    default:
      return new UsageError(sentence(error.message), help);
  }
}

/** Every flag that would have been understood. */
function flagsOf(program: Command, command: Command | undefined): readonly string[] {
  const options = [...program.options, ...(command?.options ?? [])];
  const own = options.map((option) => nameOfFlag(option));
  return [...new Set([...own, ...(command === undefined ? Object.keys(VALUE_FLAGS) : []), '--help'])];
}

/** The flag without the value that help shows after it: `--use-cuda` for `--use-cuda[=boolean]`. */
export function nameOfFlag(option: Option): string {
  return (option.long ?? option.short ?? '').replace(/\[.*$/, '');
}

function sentence(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
