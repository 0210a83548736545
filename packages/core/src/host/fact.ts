import type { Fact } from './host-facts.ts';

/** A fact that was read. `source` names the file, the command or the call that it was read from. */
export function known<T>(value: T, source: string): Fact<T> {
  return { known: true, value, source };
}

/** A fact that could not be read, with the reason as a phrase that fits into parentheses. */
export function unknown<T>(why: string): Fact<T> {
  return { known: false, why };
}

/** What an exception says, in one line: the code of a system error with its path, or the message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const firstLine = error.message.split('\n', 1)[0] ?? '';
  return firstLine === '' ? error.name : firstLine;
}

/**
 * The reader's own answer, or an unknown fact where it threw: a mistake in the reader of one fact must
 * not take the other facts with it.
 */
export async function guarded<T>(read: () => Promise<Fact<T>> | Fact<T>): Promise<Fact<T>> {
  try {
    return await read();
  } catch (error) {
    return unknown(`reading it failed: ${reasonOf(error)}`);
  }
}
