import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { create, emptyFolder } from './__fixtures__/create.ts';
import type { WrittenProject } from './write-project.ts';

const written = (stdout: string) =>
  JSON.parse(stdout) as WrittenProject & {
    readonly id: string;
    readonly packageName: string;
    readonly deviceKind: string;
    readonly packageManager: string;
    readonly next: readonly string[];
  };

describe('create-backend', () => {
  it('works out everything from the name of the folder', async () => {
    const cwd = emptyFolder();
    const ended = await create(cwd, ['my-npu', '--json'], { userAgent: 'pnpm/12.21.0 npm/? node/v24' });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(written(ended.stdout)).toMatchObject({
      id: 'my-npu',
      packageName: 'switchyard-backend-my-npu',
      title: 'My NPU',
      deviceKind: 'npu',
      packageManager: 'pnpm',
      directory: join(cwd, 'my-npu'),
      next: ['cd my-npu', 'pnpm install', 'pnpm run test'],
    });
  });

  it('takes flags behind dashes, as pnpm hands them on', async () => {
    const ended = await create(emptyFolder(), ['my-npu', '--', '--json']);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(written(ended.stdout).id).toBe('my-npu');
  });

  it('takes every answer as a flag', async () => {
    const cwd = emptyFolder();
    const flags = [
      '--id',
      'acme-x1',
      '--name',
      '@acme/x1',
      '--title',
      'Acme X1 (beta)',
      '--device-kind',
      'gpu',
    ];
    const ended = await create(cwd, [...flags, '--package-manager', 'yarn', '--dir', 'here', '--json']);
    expect(ended.status).toBe(0);
    const manifest = JSON.parse(readFileSync(join(cwd, 'here/package.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({
      name: '@acme/x1',
      switchyard: { backend: { id: 'acme-x1', contract: 'v1', export: 'createAcmeX1Backend' } },
    });
    expect(readFileSync(join(cwd, 'here/src/identity.ts'), 'utf8')).toContain("DeviceKind = 'gpu'");
    expect(readFileSync(join(cwd, 'here/.github/workflows/ci.yml'), 'utf8')).toContain(
      'yarn install --immutable',
    );
  });

  it.each(['npu', 'cpu'])('leaves no placeholder and few places to fill in, for a %s', async (kind) => {
    const cwd = emptyFolder();
    const ended = await create(cwd, ['my-thing', '--device-kind', kind, '--json']);
    const { files, fillIns, directory } = written(ended.stdout);
    const texts = files.map((file) => [file, readFileSync(join(directory, file), 'utf8')] as const);
    for (const [file, text] of texts) {
      expect(`${file}\n${text}`).not.toMatch(
        /template-id|TemplateId|Template Title|@template|predicate-cpu|<[a-z-]+>$/m,
      );
    }
    expect(fillIns.map(({ file }) => file)).toEqual([
      'src/__fixtures__/host.ts',
      'src/engine.ts',
      'src/manifest.ts',
      'src/options.ts',
      'src/predicate.ts',
      'src/stand-in.ts',
    ]);
    const marks = texts
      .filter(([file]) => file.endsWith('.ts'))
      .flatMap(([, text]) => [...text.matchAll(/fill-in:/g)]);
    expect(marks).toHaveLength(fillIns.length);
    const readme = texts.find(([file]) => file === 'README.md')![1];
    for (const { file } of fillIns) expect(readme).toContain(`\`${file}\``);
  });

  it('says what comes next and what is left to do', async () => {
    const cwd = emptyFolder();
    const { status, stdout } = await create(cwd, ['my-npu', '--yes']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/  cd my-npu\n  npm install\n  npm run test\n/);
    expect(stdout).toContain('fill in 6 places');
    expect(stdout).toMatch(/src\/predicate\.ts:\d+\n/);
  });

  it('writes nothing into a folder that has something in it', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'full'));
    writeFileSync(join(cwd, 'full/notes.txt'), 'mine');
    writeFileSync(join(cwd, 'file'), 'mine');
    expect(await create(cwd, ['full', '--yes'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^error: The folder `.+full` is not empty \(`notes\.txt` is in it\).+\n$/,
      ) as string,
    });
    expect(readdirSync(join(cwd, 'full'))).toEqual(['notes.txt']);
    expect((await create(cwd, ['file', '--yes'])).stderr).toContain('is a file, not a folder');
  });

  it('takes an empty folder, and one that git has begun', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'my-npu/.git'), { recursive: true });
    expect((await create(cwd, ['my-npu', '--yes'])).status).toBe(0);
  });

  it.each([
    [['--id', 'My NPU', 'x'], /id `My NPU` is not made of lower-case words/],
    [['--id', 'auto', 'x'], /id `auto` is a word that means something else/],
    [['--id', 'cuda', 'x'], /belongs to a backend that comes with Switchyard/],
    [['--id', '', 'x'], /needs an id/],
    [['x', '--name', 'Not A Name'], /npm does not take `Not A Name`/],
    [['x', '--name', '@switchyard/mine'], /scope of Switchyard itself/],
    [['x', '--name', 'fs'], /means something else/],
    [['x', '--name', 'a'.repeat(215)], /215 characters; npm allows 214/],
    [['x', '--name', ''], /needs a name/],
    [['x', '--title', "it's `mine`"], /title .+ may have letters/],
    [['x', '--device-kind', 'tpu'], /`--device-kind tpu` is none of npu, gpu, cpu/],
    [['x', '--package-manager', 'pip'], /`--package-manager pip` is none of npm/],
    [['x', 'y'], /`y` is a second one/],
    [['x', '--dir', 'y'], /Two folders were named/],
    [['x', '--colour'], /Unknown option '--colour'\. See `--help`/],
    [[], /Name a folder, as in `npm create @switchyard\/backend my-npu`/],
  ])('refuses %j with the reason, and writes nothing', async (argv, reason) => {
    const cwd = emptyFolder();
    const ended = await create(cwd, [...argv, '--yes']);
    expect(ended).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(reason) as string });
    const asJson = await create(cwd, [...argv, '--json']);
    expect(asJson).toMatchObject({ status: 2, stderr: '' });
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      error: { code: 'usage', message: expect.stringMatching(reason) as string },
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('has help and a version', async () => {
    const cwd = emptyFolder();
    expect((await create(cwd, ['--help'])).stdout).toContain('--device-kind');
    expect((await create(cwd, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('create-backend with a person', () => {
  const ENTER = '\r';

  it('asks for what was not said, with what is likely already typed', async () => {
    const cwd = emptyFolder();
    const ended = await create(cwd, [], { typed: [`acme-gpu${ENTER}`, ENTER, ENTER, ENTER, ENTER] });
    expect(ended.status).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, 'acme-gpu/package.json'), 'utf8'))).toMatchObject({
      name: 'switchyard-backend-acme-gpu',
    });
    expect(readFileSync(join(cwd, 'acme-gpu/src/identity.ts'), 'utf8')).toContain("DeviceKind = 'gpu'");
  });

  it('writes nothing when the person gives up', async () => {
    const cwd = emptyFolder();
    const ended = await create(cwd, ['my-npu'], { typed: ['\u0003'] });
    expect(ended.status).toBe(130);
    expect(ended.stdout).toContain('Nothing was written.');
    expect(existsSync(join(cwd, 'my-npu'))).toBe(false);
  });
});
