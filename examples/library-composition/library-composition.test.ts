import { afterEach, expect, it } from 'vitest';
import { compose } from './compose.ts';
import { readWords } from './read-words.ts';
import { runProgram } from './run-program.ts';

async function run(...argv: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  let text = '';
  const status = await runProgram(argv, (more) => {
    text += more;
  });
  return { status, text };
}

afterEach(() => {
  delete process.env['SWITCHYARD_DISABLE'];
});

it('opens and runs on what selection takes when nobody says anything, and says what that was', async () => {
  const { status, text } = await run();
  expect(text).toMatch(
    /^11 22 33\nbackend=cpu {2}device=cpu \(.+\) {2}reason=only-candidate {2}source=default\n$/,
  );
  expect(status).toBe(0);
});

it('runs on exactly the backend that was named, and quotes the words of this program', async () => {
  const { status, text } = await run('--with', 'wasm');
  expect(text).toMatch(/^11 22 33\nbackend=wasm {2}.+ {2}reason=explicit-request {2}source=--with wasm\n$/);
  expect(status).toBe(0);
});

it('explains without starting anything, each backend with its reason', async () => {
  const { status, text } = await run('--explain', '--without', 'wasm');
  expect(status).toBe(0);
  expect(text).toContain('Selected: cpu on ');
  expect(text).toContain('disabled-by-user: `--without wasm` says that `wasm` must not be used.');
  expect(text).toContain('-> Get the edition of this program for NVIDIA GPUs.');
});

it('takes nothing in the place of what cannot be had', async () => {
  const { status, text } = await run('--with', 'cuda');
  expect(status).toBe(3);
  expect(text).toContain('package-missing: ');
  expect(text).toContain('-> Get the edition of this program for NVIDIA GPUs.');
  expect(text).not.toContain('backend=');
});

it('refuses with both words when they contradict each other', async () => {
  const { status, text } = await run('--with', 'cpu', '--without', 'cpu');
  expect(status).toBe(3);
  expect(text).toContain('--with cpu');
  expect(text).toContain('--without cpu');
});

it('lets nothing count but its own words', async () => {
  process.env['SWITCHYARD_DISABLE'] = 'cpu';
  expect((await run()).status).toBe(0);
});

it('refuses words that it does not know, and the order of its list means nothing', () => {
  expect(() => readWords(['--use', 'cpu'])).toThrow('`--use` is not understood.');
  expect(() => readWords(['--with'])).toThrow('`--with` is not understood.');
  expect(compose().get('cuda')).toBeNull();
});
