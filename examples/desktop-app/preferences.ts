import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the user of the app chose. */
export interface Preferences {
  /** A backend by its id, or `automatic`. */
  readonly choice: string;
  /** Backends that the user switched off. */
  readonly off: readonly string[];
}

/** What counts before the user says anything. */
const FIRST_PREFERENCES: Preferences = { choice: 'automatic', off: [] };

/**
 * Reads the file. One that is not there is no error; one that cannot be understood is, because starting over
 * would switch on what the user switched off.
 */
export async function readPreferences(file: string): Promise<Preferences> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return FIRST_PREFERENCES;
    throw error;
  }
  const problem = `The preferences in \`${file}\` cannot be understood. Repair the file, or move it away.`;
  let found: Partial<Preferences> | null;
  try {
    found = JSON.parse(text) as Partial<Preferences> | null;
  } catch (cause) {
    throw new Error(problem, { cause });
  }
  const { choice, off } = found ?? {};
  if (typeof choice !== 'string' || !Array.isArray(off) || off.some((id) => typeof id !== 'string')) {
    throw new Error(problem);
  }
  return { choice, off };
}

/** Writes the file, whole or not at all. */
export async function writePreferences(file: string, preferences: Preferences): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(preferences, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
