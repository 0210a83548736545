import { known, unknown } from '../fact.ts';
import type { Fact } from '../host-facts.ts';
import type { CommandResult } from './run-command.ts';

/** `key: value` lines of sysctl(8), and why a key may be missing from them. */
export interface Sysctl {
  /** The value; `null` for a key that this system does not have. */
  read(key: string): Fact<string | null>;
  /** Keys below a prefix with their values. */
  below(prefix: string): ReadonlyMap<string, string>;
}

/** sysctl exits with 1 when one key does not exist and still prints the others, so its output counts as far as it goes. */
export function parseSysctl(result: CommandResult): Sysctl {
  const values = new Map<string, string>();
  for (const line of result.stdout.split('\n')) {
    const match = /^([a-z][\w.]*): ?(.*)$/.exec(line.trimEnd());
    if (match !== null) values.set(match[1] ?? '', (match[2] ?? '').trim());
  }
  const answered = result.failure === null || result.failure.endsWith('exited with 1');
  return {
    read(key) {
      const value = values.get(key);
      if (value !== undefined && value !== '') return known(value, `sysctl ${key}`);
      if (!answered) return unknown(result.failure ?? 'sysctl did not answer');
      return values.size === 0
        ? unknown('sysctl printed nothing')
        : known(null, `sysctl, which has no ${key}`);
    },
    below(prefix) {
      return new Map([...values].filter(([key]) => key.startsWith(prefix)));
    },
  };
}

/** The value of a key that every Mac of the kind has: where it is missing, the fact is not known. */
export function required(sysctl: Sysctl, key: string): Fact<string> {
  const fact = sysctl.read(key);
  if (!fact.known) return fact;
  return fact.value === null ? unknown(`sysctl has no ${key}`) : known(fact.value, fact.source);
}

/** {@link required}, as a whole number of zero or more. */
export function requiredNumber(sysctl: Sysctl, key: string): Fact<number> {
  const fact = required(sysctl, key);
  if (!fact.known) return fact;
  return /^\d+$/.test(fact.value)
    ? known(Number(fact.value), fact.source)
    : unknown(`sysctl ${key} is not a number`);
}
