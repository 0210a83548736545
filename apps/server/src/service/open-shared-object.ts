import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ProtocolError, type SystemSharedMemoryRegion } from '@switchyard/open-inference';
import { shown } from '../repository/texts.ts';
import { invalid } from './texts.ts';

/**
 * Opens the file of a POSIX shared memory object for reading and writing.
 *
 * @param folder where the objects are; a key names a file in it, and nothing else
 * @returns the descriptor, which the caller closes
 * @throws ProtocolError invalid-argument for a key that is no name, what is no regular file, and a range beyond it
 */
export function openSharedObject(folder: string, region: SystemSharedMemoryRegion): number {
  const name = region.key.startsWith('/') ? region.key.slice(1) : region.key;
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name) || name.length > 255) {
    throw invalid(
      `Unable to open shared memory region: '${shown(region.key)}'. A key is the name of an object, as in ` +
        "'/input', and no path",
    );
  }
  if (!isSize(region.offset) || !isSize(region.byte_size) || region.byte_size === 0) {
    throw invalid(
      `Invalid offset + byte size for shared memory region: '${shown(region.name)}'. Both are whole numbers, ` +
        'and the size is at least 1',
    );
  }
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a pipe that somebody put there would wait for ever.
    const flags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    descriptor = openSync(join(folder, name), flags);
  } catch (cause) {
    throw new ProtocolError(
      'invalid-argument',
      `Unable to open shared memory region: '${shown(region.key)}'`,
      { cause },
    );
  }
  try {
    const file = fstatSync(descriptor);
    if (!file.isFile()) throw invalid(`Unable to open shared memory region: '${shown(region.key)}'`);
    if (region.offset + region.byte_size > file.size) {
      throw invalid(
        `Invalid offset + byte size for shared memory region: '${shown(region.name)}'. The object ` +
          `'${shown(region.key)}' has ${file.size} bytes, but ${region.byte_size} from offset ${region.offset} ` +
          'were asked for',
      );
    }
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Whether a number is a size or an offset in bytes. */
export function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
