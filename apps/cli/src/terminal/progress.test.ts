import { setTimeout as wait } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../cli-context.ts';
import { withProgress } from './progress.ts';

async function progressOf(
  terminal: boolean,
  options: { readonly quiet?: boolean; readonly json?: boolean } = {},
  milliseconds = 1300,
): Promise<string> {
  let text = '';
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  Object.assign(stderr, {
    isTTY: terminal,
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  const context = { stderr } as unknown as CliContext;
  const result = await withProgress(
    'Opening',
    context,
    { quiet: false, json: false, ...options },
    async (say) => {
      say('Compiling');
      await wait(milliseconds);
      return 42;
    },
  );
  expect(result).toBe(42);
  return text;
}

describe('withProgress', () => {
  it('shows the phase of something long on a terminal', async () => {
    expect(await progressOf(true)).toContain('Compiling');
  });

  it.each([
    ['without a terminal', () => progressOf(false)],
    ['with --quiet', () => progressOf(true, { quiet: true })],
    ['with --json', () => progressOf(true, { json: true })],
    ['for what is quick', () => progressOf(true, {}, 1)],
  ])('is silent %s', async (_name, work) => {
    expect(await work()).toBe('');
  });
});
