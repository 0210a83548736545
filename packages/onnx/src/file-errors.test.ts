import { chmod, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './__fixtures__/temporary-folder.ts';
import { OnnxFileError, inspectModel, inspectModelBytes } from './index.ts';
import { buildModel, ifModel, mlpModel } from './testing/index.ts';

async function refusal(work: Promise<unknown>): Promise<OnnxFileError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!OnnxFileError.isInstance(error)) throw new Error('an OnnxFileError was expected', { cause: error });
  return error;
}

const refusalOf = (bytes: Uint8Array): Promise<OnnxFileError> =>
  refusal(Promise.resolve().then(() => inspectModelBytes(bytes)));

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const windows = process.platform === 'win32';
const onWindows = windows ? ' (skipped: Windows has no such file)' : '';
const privileged = process.getuid?.() === 0;
const notRefused =
  windows || privileged ? ' (skipped: this user may read everything, or rights work differently)' : '';

describe('files that the system does not hand over', () => {
  test('a missing file, also below a file', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'file.onnx');
    await writeFile(file, ifModel());
    for (const path of [join(folder, 'none.onnx'), ...(windows ? [] : [join(file, 'none.onnx')])]) {
      const error = await refusal(inspectModel(path));
      expect(error).toMatchObject({ code: 'model-not-found', path });
      expect(error.message).toContain(path);
      expect(error.message).toContain('no such file');
      expect(error.cause).toBeInstanceOf(Error);
    }
  });

  test('a folder', async () => {
    const path = await temporaryFolder();
    const error = await refusal(inspectModel(path));
    expect(error).toMatchObject({ code: 'model-is-directory', path });
    expect(error.message).toContain('Name the `.onnx` file inside it.');
  });

  test.skipIf(windows)(`a link that leads to itself${onWindows}`, async () => {
    const path = join(await temporaryFolder(), 'loop.onnx');
    await symlink(path, path);
    const error = await refusal(inspectModel(path));
    expect(error.code).toBe('model-unreadable');
    expect(error.message).toContain('ELOOP');
  });

  test.skipIf(windows)(`a pipe, without waiting for its writer${onWindows}`, async () => {
    const path = join(await temporaryFolder(), 'pipe.onnx');
    execFileSync('mkfifo', [path]);
    const error = await refusal(inspectModel(path));
    expect(error.code).toBe('model-unreadable');
    expect(error.message).toContain('no regular file');
  });

  test.skipIf(windows || privileged)(`a file without the right to read it${notRefused}`, async () => {
    const path = join(await temporaryFolder(), 'secret.onnx');
    await writeFile(path, ifModel());
    await chmod(path, 0);
    const error = await refusal(inspectModel(path));
    expect(error.code).toBe('model-unreadable');
    expect(error.message).toContain('EACCES');
  });

  test('an empty file', async () => {
    const path = join(await temporaryFolder(), 'empty.onnx');
    await writeFile(path, '');
    expect(await refusal(inspectModel(path))).toMatchObject({ code: 'model-empty', path, byteOffset: 0 });
  });

  test('an aborted signal stops the work with its own reason', async () => {
    const path = join(await temporaryFolder(), 'model.onnx');
    await writeFile(path, ifModel());
    const reason = new Error('enough');
    await expect(inspectModel(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const work = inspectModel(path, { signal: controller.signal });
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
  });
});

describe('files of another kind are called by their name', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
  test.each<[string, Uint8Array, string]>([
    ['Git LFS pointer', ascii(pointer), 'git lfs pull'],
    ['PNG image', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), 'Check the path'],
    ['ZIP archive', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), 'torch.onnx.export'],
    ['Python pickle', Uint8Array.of(0x80, 2, 0x8a, 0x0a), 'torch.onnx.export'],
    ['safetensors', Uint8Array.from([16, 0, 0, 0, 0, 0, 0, 0, ...ascii('{"w":{}}')]), 'Export'],
    ['GGUF model', ascii('GGUF\u0003\0\0\0'), 'Export'],
    ['TensorFlow Lite', ascii('\u001c\0\0\0TFL3'), 'tf2onnx'],
    ['ONNX Runtime `.ort`', ascii('\u0020\0\0\0ORTM'), '.onnx'],
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d), 'tf2onnx'],
    ['gzip archive', Uint8Array.of(0x1f, 0x8b, 8, 0), 'Unpack'],
    ['HTML page', ascii('<!DOCTYPE html><title>404</title>'), 'download'],
    ['OpenVINO', ascii('<?xml version="1.0"?><net name="m"/>'), '.onnx'],
    ['text file', ascii('import torch\nprint("größe")\n'), 'Check the path'],
  ])('%s', async (name, bytes, advice) => {
    const path = join(await temporaryFolder(), 'model.onnx');
    await writeFile(path, bytes);
    const error = await refusal(inspectModel(path));
    expect(error).toMatchObject({ code: 'model-not-onnx', path });
    expect(error.looksLike).toContain(name);
    expect(error.message).toContain(`looks like a ${error.looksLike ?? ''}`);
    expect(error.message).toContain(advice);
  });

  test('another protobuf format is told by its first field', async () => {
    // A TensorFlow GraphDef starts with nodes as field 1, where ONNX has a number.
    const error = await refusalOf(Uint8Array.of(0x0a, 0x02, 0x0a, 0x00));
    expect(error.code).toBe('model-not-onnx');
    expect(error.message).toContain('`ir_version`: wire type 2 does not fit a field of kind integer');
  });

  test('random bytes', async () => {
    expect((await refusalOf(Uint8Array.of(0xc3, 0x28, 0xf0, 0x90, 0x00, 0xff))).code).toBe('model-not-onnx');
  });
});

/** One length-delimited field around what is there. */
function wrap(field: number, content: Buffer): Buffer {
  const length: number[] = [];
  let rest = content.length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([field * 8 + 2, ...length, rest]), content]);
}

describe('damaged models', () => {
  test('a file that is cut off says where and in what', async () => {
    const path = join(await temporaryFolder(), 'cut.onnx');
    const bytes = mlpModel([4, 64, 2]);
    await writeFile(path, bytes);
    await truncate(path, bytes.length - 300);
    const error = await refusal(inspectModel(path));
    expect(error.code).toBe('model-truncated');
    expect(error.message).toContain(`at byte ${error.byteOffset}`);
    expect(error.message).toContain('while reading `graph`');
    expect(error.message).toContain(`the file has ${bytes.length - 300 - error.byteOffset!} more`);
  });

  test('a file that ends before its graph', async () => {
    const error = await refusalOf(buildModel({ nodes: [], outputs: [] }).subarray(0, 14));
    expect(error).toMatchObject({ code: 'model-truncated', byteOffset: 14 });
    expect(error.message).toContain('no graph');
  });

  test('a length that its container cannot hold', async () => {
    // graph of 4 bytes, holding a node that claims 9, in a file that has them.
    const error = await refusalOf(Uint8Array.from([8, 9, 0x3a, 4, 0x0a, 9, 0, 0, ...Array(16).fill(0)]));
    expect(error).toMatchObject({ code: 'model-not-onnx', byteOffset: 6 });
    expect(error.message).toContain('`graph.node`: 9 bytes should follow, but what holds them has 2 more');
  });

  test.each<[string, number[], string]>([
    ['a number of more than 10 bytes', [8, ...Array(10).fill(0xff), 1], 'more than 10 bytes'],
    ['a negative length', [8, 9, 0x3a, ...Array(9).fill(0xff), 1], 'negative'],
    ['field number zero', [8, 9, 0, 0], '0 is no field number'],
    ['a group', [8, 9, 0x0b], 'wire type 3'],
    ['a negative dimension', [8, 9, 0x3a, 13, 0x2a, 11, 8, ...Array(9).fill(0xff), 1], 'no length of a dim'],
  ])('%s', async (_, bytes, found) => {
    const error = await refusalOf(Uint8Array.from(bytes));
    expect(error.code).toBe('model-not-onnx');
    expect(error.message).toContain('is damaged');
    expect(error.message).toContain(found);
  });

  test('nesting without end is refused before the stack is used up', async () => {
    // node > attribute > graph > node ... : each level wraps the one before.
    let inner: Buffer = Buffer.alloc(0);
    for (let level = 0; level < 2000; level += 1) inner = wrap(1, wrap(5, wrap(6, inner)));
    const error = await refusalOf(Buffer.concat([Buffer.from([8, 9]), wrap(7, inner)]));
    expect(error.code).toBe('model-not-onnx');
    expect(error.message).toContain('nested more than 100 deep');
    expect(error.message.length).toBeLessThan(300);
  });

  test('more names than memory should hold are refused', async () => {
    // 600,000 inputs of two bytes each: a small file that would become a large list.
    const inputs = Buffer.alloc(1_200_000, Buffer.from([0x5a, 0]));
    const head = Buffer.from([8, 9, 0x3a, 0x80, 0x9f, 0x49]);
    expect((await refusalOf(Buffer.concat([head, inputs]))).message).toContain(
      'names and lists take more than',
    );
  });
});

test('an error of another copy of this package is recognised', async () => {
  const path = await temporaryFolder();
  await mkdir(join(path, 'sub'));
  const error = await refusal(inspectModel(path));
  const marker = Symbol.for('switchyard.onnx.OnnxFileError');
  expect(OnnxFileError.isInstance({ [marker]: true })).toBe(true);
  expect(OnnxFileError.isInstance(new Error('model-not-found'))).toBe(false);
  expect(Object.keys(error)).not.toContain(String(marker));
  expect(error.name).toBe('OnnxFileError');
});
