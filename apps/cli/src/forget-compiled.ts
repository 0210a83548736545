import { rm } from 'node:fs/promises';
import { errorText } from '@switchyard/core';
import { compiledFolder } from './compiled-folder.ts';

/** Removes the compiled form of this program from a folder for caches. Programs that are running are not disturbed. */
export async function forgetCompiled(cache: string, onWarning: (message: string) => void): Promise<void> {
  const folder = compiledFolder(cache);
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    onWarning(`\`${folder}\` could not be removed: ${errorText(error)}.`);
  }
}
