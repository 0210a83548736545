import type { Writable } from 'node:stream';
import { createKey, parseKeyName, parseScopes } from './operation/api-keys.ts';
import { ServerUsageError } from './options/usage-error.ts';

const FLAGS: readonly string[] = ['--name', '--scopes'];

/**
 * `switchyard-server keys create`: prints a new key, which is kept nowhere, and the line of the keys file
 * that stands for it.
 */
export function createKeyCommand(argv: readonly string[], program: string, stdout: Writable): number {
  const usage = `Write \`${program} keys create --name NAME --scopes infer,read\`.`;
  if (argv[0] !== 'create') throw new ServerUsageError('`keys` needs the word `create`.', usage);
  const values = new Map<string, string>();
  for (let index = 1; index < argv.length; index += 1) {
    const [flag, inline] = argv[index]!.split(/=(.*)/s, 2) as [string, string | undefined];
    if (!FLAGS.includes(flag)) throw new ServerUsageError(`\`keys create\` has no flag \`${flag}\`.`, usage);
    const value = inline ?? argv[(index += 1)];
    if (value === undefined) throw new ServerUsageError(`\`${flag}\` needs a value.`, usage);
    values.set(flag, value);
  }
  const [name, scopes] = FLAGS.map((flag) => values.get(flag));
  if (name === undefined || scopes === undefined) {
    throw new ServerUsageError('`keys create` needs a name and scopes.', usage);
  }
  const { key, line } = createKey(parseKeyName(name, '`--name`'), parseScopes(scopes, '`--scopes`'));
  stdout.write(`Key, shown once:          ${key}\nLine for the keys file:   ${line}\n`);
  return 0;
}
