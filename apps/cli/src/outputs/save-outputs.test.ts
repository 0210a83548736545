import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTensor } from '@switchyard/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readNpy } from '../inputs/npy.ts';
import { readNpzMember } from '../inputs/npz.ts';
import { parseOutputArgument } from './parse-output-argument.ts';
import { safeFileNames } from './safe-file-name.ts';
import { saveOutputs, type SavedFile } from './save-outputs.ts';

const logits = makeTensor('float32', [1, 2], [0.5, -1]);
const words = makeTensor('string', [1], ['ja']);
const half = makeTensor('bfloat16', [2], [1, 2]);

let cwd = '';
let printed: Uint8Array[] = [];
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'switchyard-outputs-'));
  printed = [];
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function save(
  text: string,
  outputs: Parameters<typeof saveOutputs>[0] = { logits },
): Promise<readonly SavedFile[]> {
  return saveOutputs(outputs, parseOutputArgument(text), {
    cwd,
    stdout: (bytes) => {
      printed.push(bytes);
      return Promise.resolve();
    },
  });
}
const read = (name: string): Buffer => readFileSync(join(cwd, name));

describe('places and formats', () => {
  it('one output to npy, raw and JSON', async () => {
    expect(await save('a.npy')).toEqual([{ path: 'a.npy', outputs: ['logits'], format: 'npy', bytes: 136 }]);
    expect(readNpy(read('a.npy'), 'a')).toEqual(logits);
    await save('a.bin');
    expect([...read('a.bin')]).toEqual([...Buffer.from(new Float32Array([0.5, -1]).buffer)]);
    await save('a.json');
    expect(read('a.json').toString()).toBe(
      '{"logits":{"dtype":"float32","shape":[1,2],"values":[0.5,-1]}}\n',
    );
    await save('plain?format=raw');
    expect(read('plain')).toHaveLength(8);
  });

  it('all outputs to an archive, one by its name', async () => {
    await save('all.npz', { logits, words });
    const { bytes } = await readNpzMember(read('all.npz'), 'words', 'x', 'all');
    expect(readNpy(bytes, 'words')).toEqual(words);
    await save('words=w.npy', { logits, words });
    expect(readNpy(read('w.npy'), 'w')).toEqual(words);
  });

  it('a directory, which is made, with names that stay in it', async () => {
    const saved = await save('out/', {
      '../../etc/passwd': logits,
      'A:0': logits,
      a_0: logits,
      '': logits,
      nul: logits,
    });
    expect(saved.map(({ path }) => path)).toEqual(
      ['out/__.._etc_passwd.npy', 'out/A_0.npy', 'out/a_0-2.npy', 'out/_.npy', 'out/_nul.npy'].map((path) =>
        join(...path.split('/')),
      ),
    );
    expect(readdirSync(cwd)).toEqual(['out']);
    expect(readdirSync(join(cwd, 'out'))).toHaveLength(5);
    expect(await save('out', { logits })).toMatchObject([{ format: 'npy', path: join('out', 'logits.npy') }]);
    await save('out/?format=raw', { half });
    expect(read('out/half.bin')).toHaveLength(4);
  });

  it('standard output, JSON unless told otherwise', async () => {
    await save('-', { logits, words });
    expect(JSON.parse(Buffer.from(printed[0]!).toString())).toHaveProperty('words.values', ['ja']);
    expect(await save('logits=-?format=npy', { logits, words })).toMatchObject([
      { path: '-', format: 'npy' },
    ]);
    expect(readNpy(printed[1]!, 'stdout')).toEqual(logits);
  });
});

describe('what cannot be written', () => {
  it.each([
    ['no/such/a.npy', 'its directory `no/such` does not exist. Make it first with `mkdir -p no/such`'],
    ['no/such/', 'its directory `no` does not exist'],
    ['file/a.npy', 'is a file, not a directory'],
    ['a.txt', 'does not tell a format'],
    ['folder?format=npz', 'an archive is one file'],
  ])('%s', async (text, message) => {
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'file'), '');
    await expect(save(text)).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining(message),
    });
  });

  it('two outputs in a file for one', async () => {
    await expect(save('a.npy', { logits, words })).rejects.toThrow(
      'can hold one output as npy, but there are 2',
    );
    await expect(save('a.npy', {})).rejects.toThrow('but there are 0');
  });

  it('types that the format lacks, and then nothing is written at all', async () => {
    await expect(save('out/', { logits, half })).rejects.toThrow('NumPy has no bfloat16');
    await expect(save('all.npz', { logits, half })).rejects.toThrow('NumPy has no bfloat16');
    await expect(save('words=a.bin', { words })).rejects.toThrow('is text, which has no raw form');
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('an output that is not there', async () => {
    await expect(save('logit=a.npy')).rejects.toMatchObject({
      code: 'output-unknown',
      message: expect.stringContaining('Did you mean `logits`?'),
    });
    await expect(save('toString=a.npy')).rejects.toMatchObject({ code: 'output-unknown' });
  });

  it.skipIf(process.getuid?.() === 0)(
    'a directory without the right to write (skipped for root, who may)',
    async () => {
      mkdirSync(join(cwd, 'locked'), { mode: 0o500 });
      await expect(save('locked/a.npy')).rejects.toThrow('this user may not write there');
    },
  );
});

describe('replacing', () => {
  it('replaces a file whole, keeps its permissions, and leaves nothing else behind', async () => {
    writeFileSync(join(cwd, 'a.npy'), 'x'.repeat(9999));
    chmodSync(join(cwd, 'a.npy'), 0o640);
    await save('a.npy');
    expect(read('a.npy')).toHaveLength(136);
    expect(statSync(join(cwd, 'a.npy')).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o640);
    expect(readdirSync(cwd)).toEqual(['a.npy']);
  });

  it.skipIf(process.platform === 'win32')(
    'keeps a symbolic link, and a device (skipped on Windows)',
    async () => {
      writeFileSync(join(cwd, 'real.npy'), '');
      symlinkSync('real.npy', join(cwd, 'link.npy'));
      await save('link.npy');
      expect(lstatSync(join(cwd, 'link.npy')).isSymbolicLink()).toBe(true);
      expect(readNpy(read('real.npy'), 'real')).toEqual(logits);
      symlinkSync('/dev/null', join(cwd, 'null.npy'));
      await save('null.npy');
      expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    },
  );

  it('leaves no temporary file where renaming fails', async () => {
    mkdirSync(join(cwd, 'logits.npy'));
    mkdirSync(join(cwd, 'd'));
    mkdirSync(join(cwd, 'd', 'logits.npy'));
    await expect(save('d/')).rejects.toThrow('it is a directory');
    expect(readdirSync(join(cwd, 'd'))).toEqual(['logits.npy']);
    expect(existsSync(join(cwd, 'd', 'logits.npy'))).toBe(true);
  });
});

describe('parseOutputArgument', () => {
  it.each([
    ['out.npz', null, 'out.npz', 'npz'],
    ['a/b:0=x/y.JSON', 'a/b:0', 'x/y.JSON', 'json'],
    ['./a=b.npy', null, './a=b.npy', 'npy'],
    ['dir/', null, 'dir/', null],
    ['-?format=npy', null, '-', 'npy'],
    ['what%3F.bin', null, 'what?.bin', 'raw'],
  ])('%s', (text, name, path, format) => {
    expect(parseOutputArgument(text)).toEqual({ text, name, path, format });
  });

  it.each([
    ['=a.npy', 'has no name'],
    ['a=', 'has no path'],
    ['-?format=nyp', 'Did you mean `npy`?'],
    ['-?top=3', 'The only option is `?format=`'],
  ])('refuses %s', (text, message) => {
    expect(() => parseOutputArgument(text)).toThrow(message);
  });
});

it('safeFileNames never meet and never leave', () => {
  const names = ['a', 'A', 'a-2', '..', '.', '/', '\\', 'x'.repeat(500), '-rf', 'com1.x', 'ü'];
  const files = safeFileNames(names, '.npy');
  expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(names.length);
  for (const file of files) expect(file).toMatch(/^\w[\w.-]{0,130}\.npy$/u);
});
