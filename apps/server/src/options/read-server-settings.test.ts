import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '@switchyard/core';
import { afterAll, describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { readServerSettings } from './read-server-settings.ts';
import { ServerUsageError } from './usage-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-options-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const read = (
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  files: readonly string[] = [],
) => readServerSettings({ files, environment, flags: readCommandLine(argv, 'switchyard-server').flags });

async function refusal(work: () => Promise<unknown>): Promise<SettingsError> {
  const error: unknown = await work().then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (SettingsError.isInstance(error)) return error;
  throw error;
}

describe('the layers', () => {
  it('count from the flag down to the default, and tell who spoke', async () => {
    const user = file('user.json', '{ "server": { "httpPort": 1, "name": "user", "maxBodyBytes": "1MiB" } }');
    const project = file(
      'project.json',
      '{\n  // ours\n  "server": {\n    "httpPort": 2,\n    "grpcPort": "off",\n  }\n}',
    );
    const { settings, sources } = await read(
      ['--http-port', '4'],
      {
        SWITCHYARD_SERVER_HTTP_PORT: '3',
        SWITCHYARD_SERVER_KEYLESS: 'health,metrics',
        SWITCHYARD_SERVER_HOST: '',
      },
      [user, project],
    );
    expect(settings).toMatchObject({
      httpPort: 4,
      grpcPort: null,
      name: 'user',
      maxBodyBytes: 1024 ** 2,
      keyless: ['health', 'metrics'],
      host: '127.0.0.1',
      exitTimeoutMs: 30_000,
    });
    expect(Object.fromEntries(sources)).toEqual({
      httpPort: '--http-port 4',
      grpcPort: `${project}:5`,
      name: `${user}:1`,
      maxBodyBytes: `${user}:1`,
      keyless: 'SWITCHYARD_SERVER_KEYLESS=health,metrics',
    });
  });

  it.each([
    ['--shutdown-delay=1.5s', { shutdownDelayMs: 1500 }],
    ['--exit-timeout=2m', { exitTimeoutMs: 120_000 }],
    ['--shutdown-delay=0', { shutdownDelayMs: 0 }],
    ['--max-body-bytes=2GiB', { maxBodyBytes: 2 * 1024 ** 3 }],
    ['--shared-memory', { sharedMemory: true }],
    ['--no-cache', { cache: false }],
    ['--cache=no', { cache: false }],
    ['--compress-from=off', { compressFrom: null }],
    ['--rate-per-key=0.5', { ratePerKey: 0.5 }],
    [
      '--cors-origins=https://a.example,https://b.example',
      { corsOrigins: ['https://a.example', 'https://b.example'] },
    ],
  ])('read %s', async (flag, expected) => {
    expect((await read([flag])).settings).toMatchObject(expected);
  });

  it.each([
    [['--http-port=70000'], {}, '--http-port=70000', 'a port, 0 to 65535'],
    [['--exit-timeout=30'], {}, '--exit-timeout=30', '`30s`'],
    [['--shared-memory=maybe'], {}, '--shared-memory=maybe', 'true, 1, yes'],
    [['--log-format', 'xml'], {}, '--log-format xml', '`json`, `text`'],
    [['--keyless=fly'], {}, '--keyless=fly', '`infer`'],
    [[], { SWITCHYARD_SERVER_GRPC_PORT: 'x' }, 'SWITCHYARD_SERVER_GRPC_PORT=x', 'a port'],
  ])('refuse %j with %j, by name', async (argv, environment, source, wanted) => {
    const error = await refusal(() => read(argv, environment));
    expect(error).toMatchObject({ code: 'invalid-value', source });
    expect(error.message).toContain(wanted);
  });

  it.each([
    ['{ "server": { "htpPort": 1 } }', /:1 has the key `server\.htpPort`.+Did you mean `server\.httpPort`\?/],
    ['{\n"server": {\n"httpPort": 1,\n"httpPort": 2 } }', /:4 says `server\.httpPort` twice/],
    ['{ "server": [] }', /something that is no object/],
    ['{ "server": { "httpPort": "8000" } }', /:1 has for `server\.httpPort` the value "8000"/],
    ['{ "server": { "keyless": "health" } }', /the value "health"/],
  ])('refuse the file %j', async (text, message) => {
    await expect(read([], {}, [file('wrong.json', text)])).rejects.toThrow(message);
  });

  it('warn of a variable that nobody knows, with the nearest name', async () => {
    const { warnings } = await read([], { SWITCHYARD_SERVER_HTP_PORT: '1', SWITCHYARD_BACKEND: 'cpu' });
    expect(warnings).toEqual([
      {
        message: 'The environment variable `SWITCHYARD_SERVER_HTP_PORT` is not known.',
        remedy: 'Did you mean `SWITCHYARD_SERVER_HTTP_PORT`?',
      },
    ]);
  });

  it('refuse two flags that contradict each other, and take the same twice', async () => {
    expect((await refusal(() => read(['--http-port=1', '--http-port', '2']))).code).toBe('conflict');
    expect((await read(['--cache', '--cache=true'])).settings.cache).toBe(true);
  });
});

describe('the command line', () => {
  it('keeps words apart from flags', () => {
    const line = readCommandLine(['a', '--http-port', '0', 'b', '--check', '--', '--c'], 'switchyard-server');
    expect(line).toMatchObject({ words: ['a', 'b', '--c'], check: true, json: false, config: undefined });
  });

  it.each([
    ['--htp-port', 'Did you mean `--http-port`?'],
    ['--http', 'Did you mean'],
    ['--backnd', 'Did you mean `--backend`?'],
    ['--check=yes', 'takes no value'],
    ['--http-port', 'needs a value'],
    ['--no-http-port', 'has no flag'],
    ['-x', 'See `switchyard serve --help`.'],
  ])('refuses %s', (word, text) => {
    expect(() => readCommandLine([word], 'switchyard serve')).toThrow(ServerUsageError);
    expect(() => readCommandLine([word], 'switchyard serve')).toThrow(text);
  });
});
