import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { loadMachine } from '@switchyard/core/machines';
import { softwareVulkanEnvironment } from '@switchyard/tooling/software-vulkan';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openApp, type App } from './open-app.ts';
import { runWindow } from './run-window.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-desktop-'));
const file = join(folder, 'app', 'preferences.json');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(join(folder, 'app'), { recursive: true, force: true }));

type Variables = Readonly<Record<string, string>>;
const around = (more: Variables) => ({ HOME: folder, XDG_CONFIG_HOME: folder, ...more });

/** The app on a machine without a GPU, or on the one that it is given. */
async function open(
  variables: Variables = {},
  machine: 'linux-plain' | 'mac-m4-max' = 'linux-plain',
): Promise<App> {
  return openApp({ file, cwd: folder, environment: around(variables), host: await loadMachine(machine) });
}

const kept = (): unknown => JSON.parse(readFileSync(file, 'utf8'));

it('ships two backends, and takes none that nobody asked for, whatever could run', async () => {
  const app = await open({}, 'mac-m4-max');
  expect(app.backends).toEqual(['cpu', 'webgpu']);
  expect(await app.status()).toMatch(/^choice: automatic, off: none\nbackend=cpu /);
  expect(await app.why()).toMatch(/webgpu: not enabled .*\n.*\n {4}opt-in-not-given: It could run here on /);
});

it('keeps a choice over a restart, with the words of its own window in the report', async () => {
  await (await open({}, 'mac-m4-max')).choose('webgpu');
  expect(kept()).toEqual({ choice: 'webgpu', off: [] });
  const again = await open({}, 'mac-m4-max');
  expect(await again.status()).toMatch(
    /^choice: webgpu, off: none\nbackend=webgpu {2}.* {2}source=use webgpu$/,
  );
});

it('says that a choice cannot be met, keeps it, and lets nothing else compute in its place', async () => {
  const app = await open();
  const answer = await app.choose('webgpu');
  expect(answer).toContain('choice: webgpu');
  expect(answer).toContain('refused: `use webgpu` asks for `webgpu`, and nothing else may take its place.');
  expect(answer).toContain('-> Install a Vulkan driver');
  expect(await app.add([1], [2])).toMatch(/^refused: /);
  expect(kept()).toEqual({ choice: 'webgpu', off: [] });
  expect(await app.choose('automatic')).toContain('backend=cpu');
  expect(await app.add([1, 2], [10, 20])).toMatch(/^11 22\nbackend=cpu /);
});

it('honours its off-switch over its own choice, over restarts, and takes it back', async () => {
  const app = await open({}, 'mac-m4-max');
  await app.switch('webgpu', true);
  await app.switch('webgpu', true);
  expect(kept()).toEqual({ choice: 'automatic', off: ['webgpu'] });
  const again = await open({}, 'mac-m4-max');
  expect(await again.why()).toContain('disabled-by-user: `off webgpu` says that `webgpu` must not be used.');
  expect(await again.choose('webgpu')).toContain('refused: ');
  expect(await again.switch('webgpu', false)).toContain('backend=webgpu');
});

it('honours the off-switch of whoever runs the machine over the choice of its user', async () => {
  await (await open()).choose('cpu');
  const app = await open({ SWITCHYARD_DISABLE: 'cpu' });
  expect(await app.status()).toMatch(/refused: .*SWITCHYARD_DISABLE=cpu/);
  expect(await app.add([1], [2])).toMatch(/^refused: /);
});

it('does not start over where its preferences are damaged, and leaves them as they are', async () => {
  await (await open()).switch('webgpu', true);
  for (const damaged of ['{', 'null', '{"choice":"cpu"}', '{"choice":"cpu","off":[1]}']) {
    writeFileSync(file, damaged);
    await expect(open()).rejects.toThrow('cannot be understood');
    expect(readFileSync(file, 'utf8')).toBe(damaged);
  }
});

it('has a window in the terminal', async () => {
  const output = new PassThrough();
  const written = text(output);
  const typed = [
    'off webgpu',
    'use cpu',
    'use tpu',
    'add 1 2',
    'add 1 2 + 3 4',
    'help',
    'quit',
    'use webgpu',
  ];
  const place = { file, cwd: folder, environment: around({}), host: await loadMachine('linux-plain') };
  await runWindow(place, Readable.from(typed.map((line) => `${line}\n`)), output);
  output.end();
  const shown = await written;
  expect(shown).toContain('There is no `tpu` in this app. There are cpu and webgpu.');
  expect(shown).toContain('Write a + between the two lists');
  expect(shown).toMatch(/> 4 6\nbackend=cpu .* source=use cpu\n/);
  expect(kept()).toEqual({ choice: 'cpu', off: ['webgpu'] });
});

const vulkan =
  Object.keys(softwareVulkanEnvironment()).length > 0 || process.env['VK_DRIVER_FILES'] !== undefined;
describe.skipIf(!vulkan)(
  'on Vulkan (skipped where scripts/install-software-vulkan.sh did not bring it)',
  () => {
    it('really computes on webgpu once its user chose it', async () => {
      const app = await openApp({ file, cwd: folder, environment: around({}) });
      await app.choose('webgpu');
      expect(await app.add([1, 2], [10, 20])).toMatch(/^11 22\nbackend=webgpu {2}device=webgpu:0 /);
    });
  },
);
