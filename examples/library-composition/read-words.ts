import type { SettingStatement } from '@switchyard/core';

/** What was typed after the name of the program. */
export interface Words {
  /** Only show the report. */
  readonly explain: boolean;
  readonly settings: readonly SettingStatement[];
}

/**
 * Reads `--explain`, `--with BACKEND` and `--without BACKEND`: this program has words of its own, and every statement
 * carries them as they were typed, for the report to quote.
 *
 * @throws Error for anything else
 */
export function readWords(argv: readonly string[]): Words {
  const settings: SettingStatement[] = [];
  let explain = false;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index]!;
    if (word === '--explain') {
      explain = true;
      continue;
    }
    const backend = argv[(index += 1)];
    if ((word !== '--with' && word !== '--without') || backend === undefined) {
      throw new Error(`\`${word}\` is not understood. Write --explain, --with BACKEND or --without BACKEND.`);
    }
    const source = { layer: 'flag', detail: `${word} ${backend}` } as const;
    settings.push({ kind: word === '--with' ? 'backend' : 'disable', backend, source });
  }
  return { explain, settings };
}
