import { SettingsError } from '../errors/settings-error.ts';
import type { BackendNames } from './backend-names.ts';
import { BOOLEAN_SPELLINGS, parseBoolean } from './boolean-spelling.ts';
import type { SettingSource, SettingStatement } from './setting-statement.ts';
import { statementsFromText } from './statements-from-text.ts';

/** Selection flags that take a value, with the setting they stand for. The same in every app. */
export const VALUE_FLAGS = {
  '--backend': 'backend',
  '--disable': 'disable',
  '--enable': 'enable',
  '--prefer': 'prefer',
  '--device': 'device',
  '--fallback': 'fallback',
  '--plugin': 'plugins',
} as const;

/**
 * Takes the selection flags out of a command line and leaves the rest in its order. Nothing after
 * `--` is touched. There are no abbreviations, and a separate word after `--use-<id>` that looks like
 * a boolean is refused instead of being swallowed.
 *
 * @throws SettingsError `invalid-value` or `unknown-backend`, naming the literal flag
 */
export function takeSelectionFlags(
  argv: readonly string[],
  names: BackendNames,
): { readonly statements: readonly SettingStatement[]; readonly rest: readonly string[] } {
  const statements: SettingStatement[] = [];
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index]!;
    if (word === '--') {
      rest.push(...argv.slice(index));
      break;
    }
    const [flag, inline] = splitFlag(word);
    const use = /^--(no-)?use-(.+)$/.exec(flag);
    if (Object.hasOwn(VALUE_FLAGS, flag)) {
      const value = inline ?? argv[index + 1];
      if (value === undefined || (inline === null && value.startsWith('--'))) throw missingValue(flag);
      if (inline === null) index += 1;
      const source: SettingSource = { layer: 'flag', detail: inline === null ? `${flag} ${value}` : word };
      statements.push(...statementsFromText(VALUE_FLAGS[flag as keyof typeof VALUE_FLAGS], value, source));
    } else if (use !== null) {
      statements.push(useFlag(word, use[2]!, use[1] !== undefined, inline, argv[index + 1], names));
    } else {
      rest.push(word);
    }
  }
  return { statements, rest };
}

function useFlag(
  literal: string,
  backend: string,
  negated: boolean,
  inline: string | null,
  next: string | undefined,
  names: BackendNames,
): SettingStatement {
  const flag = `--${negated ? 'no-' : ''}use-${backend}`;
  if (names.resolve(backend) === null) {
    const nearest = names.nearest(backend);
    throw new SettingsError(
      'unknown-backend',
      `There is no flag \`${flag}\`, because no backend \`${backend}\` is known.`,
      {
        source: literal,
        remedy:
          nearest === null
            ? `Known backends: ${names.ids.join(', ')}.`
            : `Did you mean \`--${negated ? 'no-' : ''}use-${nearest}\`?`,
      },
    );
  }
  if (inline === null && next !== undefined && parseBoolean(next) !== null) {
    throw new SettingsError(
      'invalid-value',
      `\`${flag} ${next}\` is ambiguous: the value must be part of the flag.`,
      {
        source: `${flag} ${next}`,
        remedy: `Write \`${flag}=${next}\`.`,
      },
    );
  }
  if (negated && inline !== null) {
    throw new SettingsError('invalid-value', `\`${literal}\` says no twice or yes and no at once.`, {
      source: literal,
      remedy: `Write \`--use-${backend}=true\` or \`--use-${backend}=false\`.`,
    });
  }
  const value = inline === null ? true : parseBoolean(inline);
  if (value === null) {
    throw new SettingsError('invalid-value', `\`${literal}\` is neither yes nor no.`, {
      source: literal,
      remedy: `Write ${BOOLEAN_SPELLINGS} after the equals sign.`,
    });
  }
  return { kind: 'use', backend, value: negated ? false : value, source: { layer: 'flag', detail: literal } };
}

function splitFlag(word: string): [string, string | null] {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals === -1 ? [word, null] : [word.slice(0, equals), word.slice(equals + 1)];
}

function missingValue(flag: string): SettingsError {
  return new SettingsError('invalid-value', `\`${flag}\` needs a value.`, {
    source: flag,
    remedy: `Write \`${flag} VALUE\`.`,
  });
}
