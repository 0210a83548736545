import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runScript } from './__fixtures__/run-script.ts';
import { locateOrtPackage } from './load-ort-library.ts';
import { ORT_VERSION } from './ort-facts.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ort-host-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is the version that this package depends on', () => {
  expect(locateOrtPackage(import.meta.url)?.version).toBe(ORT_VERSION);
});

it('loads nothing on import', () => {
  const { status, stderr } = runScript(`
    process.dlopen = () => { throw new Error('dlopen'); };
    await import('@switchyard/ort-host');`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('shares one library among copies of this package, also after the require cache was reset', () => {
  const { status, stdout, stderr } = runScript(`
    import { createRequire } from 'node:module';
    import { runOnce } from './src/__fixtures__/run-once.ts';
    const require = createRequire(process.cwd() + '/package.json');
    const first = await runOnce();
    for (const key of Object.keys(require.cache)) delete require.cache[key];
    const copy = await import('./src/load-ort-library.ts?copy');
    const { loadOrtLibrary } = await import('./src/load-ort-library.ts');
    console.log(first, await runOnce(), copy.loadOrtLibrary !== loadOrtLibrary, copy.loadOrtLibrary('a') === loadOrtLibrary('b'));`);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '4 4 true true\n', stderr: '' });
});

const RUN = `const { runOnce } = await import('./src/__fixtures__/run-once.ts'); await runOnce();`;

it('keeps the telemetry client of the Linux build from starting, unless a person decided otherwise', () => {
  const temporary = mkdtempSync(path.join(folder, 'telemetry-'));
  const script = `${RUN}\nconsole.log(process.env['ORT_DISABLE_TELEMETRY']);`;
  const untold = runScript(`delete process.env['ORT_DISABLE_TELEMETRY'];\n${script}`, [], {
    TMPDIR: temporary,
  });
  expect(untold).toMatchObject({ status: 0, stdout: '1\n' });
  // The client would have left its files here.
  expect(readdirSync(temporary)).toEqual([]);
  expect(runScript(script, [], { ORT_DISABLE_TELEMETRY: '0' })).toMatchObject({ status: 0, stdout: '0\n' });
});

it('works in worker threads and in the main thread at once', () => {
  const { status, stdout, stderr } = runScript(`
    import { Worker } from 'node:worker_threads';
    import { runOnce } from './src/__fixtures__/run-once.ts';
    const results = [1, 2].map(() => new Promise((resolve, reject) => {
      const worker = new Worker('./src/__fixtures__/run-once.ts', { execArgv: ['--conditions=@switchyard/source'] });
      worker.once('message', resolve);
      worker.once('error', reject);
    }));
    console.log(await runOnce(), ...await Promise.all(results));`);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '4 4 4\n', stderr: '' });
});

/** A copy of the installed library; another version is made by renaming its symbol version. */
function copyLibrary(name: string, version: string): string {
  const target = mkdtempSync(path.join(folder, name));
  const own = locateOrtPackage(import.meta.url)!.folder;
  for (const file of ['onnxruntime_binding.node', 'libonnxruntime.so.1']) {
    const copy = path.join(target, file);
    copyFileSync(path.join(own, file), copy);
    if (version === ORT_VERSION) continue;
    const bytes = readFileSync(copy);
    for (let at = bytes.indexOf(`VERS_${ORT_VERSION}`); at >= 0; at = bytes.indexOf(`VERS_${ORT_VERSION}`)) {
      bytes.write(`VERS_${version}`, at, 'latin1');
    }
    writeFileSync(copy, bytes);
  }
  return path.join(target, 'onnxruntime_binding.node');
}

describe.runIf(process.platform === 'linux')('beside another copy of ONNX Runtime', () => {
  const AFTER = `
    import { runOnce } from './src/__fixtures__/run-once.ts';
    process.dlopen({ exports: {} }, process.argv.at(-1));
    console.log(JSON.stringify(await runOnce().catch(({ code, backend, message }) => ({ code, backend, message }))));`;

  it('refuses another version, with both versions, the file and what to do', () => {
    const binding = copyLibrary('other', '1.29.9');
    const { status, stdout, stderr } = runScript(AFTER, [binding]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const error = JSON.parse(stdout) as { code: string; backend: string; message: string };
    expect(error).toMatchObject({ code: 'native-conflict', backend: 'cpu' });
    expect(error.message).toContain(
      `onnxruntime-node ${ORT_VERSION} is wanted from \`${locateOrtPackage(import.meta.url)!.folder}\``,
    );
    expect(error.message).toContain(
      `1.29.9 is already loaded in this process from \`${path.dirname(binding)}`,
    );
    expect(error.message).toContain('isolation `process`');
  });

  it('puts up with the same version', () => {
    const { status, stdout } = runScript(AFTER, [copyLibrary('same', ORT_VERSION)]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '4\n' });
  });
});
