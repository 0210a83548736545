import { readFile } from 'node:fs/promises';
import { nearestName, SettingsError, type HostFacts } from '@switchyard/core';
import { parseHostFacts } from '@switchyard/core/host';
import { isMachineName, loadMachine, MACHINE_NAMES } from '@switchyard/core/machines';

/**
 * The facts of a machine by name, or from a file that `switchyard host --json` wrote.
 *
 * @throws SettingsError `host-facts-invalid`
 */
export async function loadHost(word: string, locate: (path: string) => string): Promise<HostFacts> {
  if (isMachineName(word)) return loadMachine(word);
  let text: string;
  try {
    text = await readFile(locate(word), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const nearest = nearestName(word, MACHINE_NAMES);
    const found =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? 'is neither a machine that comes with Switchyard nor a file'
        : `cannot be read as a file (${code})`;
    throw new SettingsError('host-facts-invalid', `\`--host ${word}\` ${found}.`, {
      source: `--host ${word}`,
      remedy:
        nearest === null
          ? `Name a file of \`switchyard host --json\`, or one of ${MACHINE_NAMES.join(', ')}.`
          : `Did you mean \`${nearest}\`?`,
      cause: error,
    });
  }
  return parseHostFacts(text, word);
}
