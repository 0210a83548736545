import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { parseHostFacts } from '@switchyard/core/host';
import { MACHINE_NAMES } from '@switchyard/core/machines';
import { identityModel, ifModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder, type Outcome } from './__fixtures__/cli.ts';

const COMMANDS = 'run explain devices doctor verify bench inspect host config cache completion'.split(' ');

const cwd = temporaryFolder({ 'identity.onnx': identityModel(), 'if.onnx': ifModel() });
const switchyard = (...argv: readonly string[]): Promise<Outcome> => cli(argv, { cwd });

describe('help and version', () => {
  it('is what one gets without arguments, with --help and with help', async () => {
    const bare = await switchyard();
    expect(bare).toMatchObject({ status: 0, stderr: '' });
    expect(bare.stdout).toMatch(/^Usage: switchyard [^]*Examples:/);
    expect(await switchyard('--help')).toEqual(bare);
    expect(await switchyard('help')).toEqual(bare);
  });

  it.each([...COMMANDS])('%s has help with examples', async (name) => {
    const help = await switchyard(name, '--help');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain(`Usage: switchyard ${name} `);
    expect(help.stdout).toContain(`  $ switchyard ${name}`);
    expect(help.stdout).toContain('--json');
    expect(await switchyard('help', name)).toEqual(help);
  });

  it('prints the version', async () => {
    expect(await switchyard('--version')).toEqual({ status: 0, stdout: '0.0.0\n', stderr: '' });
  });
});

describe('a command line that cannot be followed', () => {
  const errors: readonly (readonly [readonly string[], RegExp])[] = [
    [['expalin'], /no command `expalin`[^]*-> Did you mean `switchyard explain`\?/],
    [['--quiet'], /No command was given; the commands are run, [^]*switchyard --help/],
    [['explain', '--quiet=yes'], /`--quiet` takes no value, but `--quiet=yes`[^]*-> Write `--quiet`/],
    [['explain', '--installed', 'cpu,,cuda'], /`--installed cpu,,cuda` has an empty member[^]*single commas/],
    [['zzzzzz'], /no command `zzzzzz`; the commands are run, [^]*switchyard --help/],
    [['--jsn'], /`switchyard` has no flag `--jsn`[^]*-> Did you mean `--json`\?/],
    [
      ['explain', '--bakend', 'cpu'],
      /`switchyard explain` has no flag `--bakend`[^]*-> Did you mean `--backend`\?/,
    ],
    [['explain', '--use-openvin'], /no flag `--use-openvin`[^]*-> Did you mean `--use-openvino`\?/],
    [['explain', '--no-use-cud'], /-> Did you mean `--no-use-cuda`\?/],
    [['explain', '--use-openvino', 'false'], /`--use-openvino false`[^]*-> Write `--use-openvino=false`/],
    [['explain', '--use-openvino=maybe'], /`--use-openvino=maybe` is neither yes nor no[^]*-> Write true/],
    [['explain', '--no-use-openvino=true'], /says no twice or yes and no[^]*-> Write/],
    [['explain', '--backend'], /`--backend` needs a value[^]*-> Write `--backend VALUE`/],
    [['explain', '--host'], /`--host` needs a value[^]*->/],
    [['explain', '--hos', 'x'], /no flag `--hos`[^]*-> Did you mean `--host`\?/],
    [['explain', 'identity.onnx', 'false'], /takes one word[^]*`false` was given as well[^]*must follow `=`/],
    [['explain', '--use-cuda', 'Use', 'nVidia', 'backend'], /`nVidia`, `backend`/],
    [
      ['cache'],
      /`switchyard cache` needs an action, and none was given[^]*-> Write `switchyard cache ACTION`/,
    ],
    [['run'], /`switchyard run` needs a model, and none was given[^]*-> Write `switchyard run MODEL`/],
    [
      ['inspect', 'identity.onnx', '--backend', 'cpu'],
      /`switchyard inspect` chooses no backend, so `--backend cpu`[^]*-> Leave/,
    ],
    [['--backend', 'cpu'], /`--backend cpu` was given without a command[^]*-> Write a command/],
    [['completion', 'tcsh'], /tcsh[^]*bash, zsh, fish, powershell/],
    [
      ['explain', '--device', 'cuda:0', '--device', 'cuda:1'],
      /`--device cuda:0` and `--device cuda:1`|cuda:1.*cuda:0/,
    ],
  ];

  it.each(errors)('%j ends with 2', async (argv, message) => {
    const { status, stdout, stderr } = await switchyard(...argv);
    expect(stdout + stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it('is one document with --json', async () => {
    const { status, stdout, stderr } = await switchyard('expalin', '--json');
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'usage',
        message: expect.stringMatching(
          /^There is no command `expalin`.*Did you mean `switchyard explain`\?$/,
        ),
        remedy: 'Did you mean `switchyard explain`?',
      },
    });
  });
});

describe('settings', () => {
  it('a variable that is neither yes nor no is refused by name', async () => {
    const { status, stdout } = await cli(['explain'], {
      cwd,
      environment: { SWITCHYARD_USE_OPENVINO: 'maybe' },
    });
    expect(stdout).toMatch(/`SWITCHYARD_USE_OPENVINO` is `maybe`[^]*true, 1, yes, on/);
    expect(status).toBe(2);
  });

  it.each(['SWITCHYARD_BACKEND', 'SWITCHYARD_FALLBACK', 'SWITCHYARD_PREFER'])(
    '%s is read',
    async (variable) => {
      const { status } = await cli(['explain'], { cwd, environment: { [variable]: 'nonsense' } });
      expect(status).toBe(2);
    },
  );

  it('an unknown variable is a warning with the nearest name', async () => {
    const environment = { SWITCHYARD_BAKEND: 'cpu', SWITCHYARD_DEBUG: '1' };
    const { status, stderr } = await cli(['run', 'identity.onnx', '--input', '[1]'], { cwd, environment });
    expect(stderr).toMatch(/warning: .*`SWITCHYARD_BAKEND`[^]*-> Did you mean `SWITCHYARD_BACKEND`\?/);
    expect(stderr).not.toContain('SWITCHYARD_DEBUG');
    expect(status).toBe(0);
  });

  it.each([
    ['{ "backend": "cpu", }\n{', /switchyard\.config\.json:2 is not valid JSON/],
    [
      '{\n  "backnd": "cpu"\n}',
      /switchyard\.config\.json:2 has the key `backnd`[^]*-> Did you mean `backend`\?/,
    ],
    ['{\n\n  "fallback": "perhaps"\n}', /switchyard\.config\.json:3 has for `fallback`[^]*-> Write one of/],
  ])('a malformed configuration names file and line: %j', async (text, message) => {
    const folder = temporaryFolder({ 'switchyard.config.json': text });
    for (const command of ['explain', 'config', 'devices']) {
      const { status, stderr } = await cli([command], { cwd: folder });
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
    }
  });

  it('config prints every value with its source, what it overrode and the files', async () => {
    const folder = temporaryFolder({
      'switchyard.config.json': '{\n  // pinned\n  "backend": "openvino",\n  "disable": ["cuda"]\n}',
      '.config/switchyard/config.json': '{ "fallback": "error" }',
    });
    const options = { cwd: folder, environment: { SWITCHYARD_FALLBACK: 'allow' } };
    const { status, stdout } = await cli(['config', '--json', '--backend', 'cpu'], options);
    expect(status).toBe(0);
    const project = join(folder, 'switchyard.config.json');
    const user = join(folder, '.config/switchyard/config.json');
    expect(JSON.parse(stdout)).toEqual({
      settings: [
        {
          key: 'backend',
          value: 'cpu',
          source: { layer: 'flag', detail: '--backend cpu' },
          overrode: [{ layer: 'project-config', detail: `${project}:3` }],
        },
        {
          key: 'disable.cuda',
          value: true,
          source: { layer: 'project-config', detail: `${project}:4` },
          overrode: [],
        },
        {
          key: 'fallback',
          value: 'allow',
          source: { layer: 'env', detail: 'SWITCHYARD_FALLBACK=allow' },
          overrode: [{ layer: 'user-config', detail: `${user}:1` }],
        },
      ],
      files: [user, project],
      warnings: [],
      problems: [],
    });
    const text = await cli(['config', '--backend', 'cpu'], options);
    for (const word of [
      'disable.cuda',
      `${project}:4`,
      'flag: --backend cpu',
      `overrides project-config: ${project}:3`,
      user,
    ]) {
      expect(text.stdout).toContain(word);
    }
  });

  it('--config takes the place of the file of the project, and must exist', async () => {
    const folder = temporaryFolder({
      'switchyard.config.json': '{ "backend": "cuda" }',
      'other.json': '{ "backend": "cpu" }',
    });
    const other = await cli(['explain', '--config', 'other.json', '--json'], { cwd: folder });
    expect(JSON.parse(other.stdout)).toMatchObject({ selected: { backend: 'cpu' }, basis: 'requested' });
    const missing = await cli(['--config', 'nowhere.json', 'explain'], { cwd: folder });
    expect(missing.stderr).toMatch(/nowhere\.json` was named, but does not exist[^]*->/);
    expect(missing.status).toBe(2);
  });

  it('config warns of a listed plugin that is not there', async () => {
    const { status, stdout } = await switchyard('config', '--plugin', 'acme-npu');
    expect(stdout).toMatch(
      /`--plugin acme-npu` lists `acme-npu`, but no such package[^]*-> npm install acme-npu/,
    );
    expect(status).toBe(0);
  });

  it('problems end config with 2', async () => {
    const { status, stdout } = await switchyard('config', '--use-cpu', '--use-cuda');
    expect(stdout).toMatch(/contradict each other[^]*Remove one/);
    expect(status).toBe(2);
  });
});

describe('devices', () => {
  it('lists every backend, available or not, and why', async () => {
    const { status, stdout } = await switchyard(
      'devices',
      '--host',
      'mac-m4-max',
      '--installed',
      'cpu,mps-coreml,cuda,openvino',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^BACKEND +DEVICE +KIND +NAME +AVAILABLE +WHY\n/);
    expect(stdout).toMatch(/^mps-coreml +coreml:all +\S.*Apple M4 Max.* yes +Selected\./m);
    expect(stdout).toMatch(/^cuda +- +- +- +no +\S/m);
    expect(stdout).toMatch(/^openvino .*--enable openvino/m);
  });

  it.each(MACHINE_NAMES)('%s: JSON and text agree, and nothing is left without a reason', async (name) => {
    const words = ['devices', '--host', name, '--installed', 'cpu,mps-coreml,cuda,openvino'];
    const { stdout } = await switchyard(...words, '--json');
    const { backends } = JSON.parse(stdout) as {
      backends: {
        backend: string;
        available: string;
        devices: { id: string }[];
        reasons: { message: string }[];
      }[];
    };
    expect(backends.map(({ backend }) => backend).toSorted()).toEqual([
      'cpu',
      'cuda',
      'mps-coreml',
      'openvino',
      'wasm',
      'webgpu',
    ]);
    const text = await switchyard(...words);
    for (const { devices, reasons, available, backend } of backends) {
      expect(reasons.length).toBeGreaterThan(0);
      if (available === 'yes') expect(devices.length).toBeGreaterThan(0);
      expect(text.stdout).toMatch(new RegExp(`^${backend} .* ${available} +\\S`, 'm'));
      for (const { id } of devices) expect(text.stdout).toContain(` ${id} `);
    }
  });

  it('an opt-in backend that is off is still said to be there', async () => {
    const words = ['devices', '--host', 'linux-intel-igpu-npu', '--installed', 'cpu,openvino', '--json'];
    const { stdout } = await switchyard(...words);
    const { backends } = JSON.parse(stdout) as { backends: Record<string, unknown>[] };
    expect(backends.find(({ backend }) => backend === 'openvino')).toMatchObject({
      status: 'not-enabled',
      optIn: true,
    });
  });
});

describe('host and inspect', () => {
  it('host --json is read back, and the text names its facts', async () => {
    const { stdout } = await switchyard('host', '--json');
    const facts = parseHostFacts(stdout, 'host --json');
    const text = await switchyard('host');
    expect(text.stdout).toContain(facts.node.version);
    expect(text.stdout).toMatch(/^System\n/);
  });

  it('inspect prints inputs, outputs, operators and subgraphs', async () => {
    const { stdout } = await switchyard('inspect', 'if.onnx');
    for (const line of [
      'Inputs',
      '  condition  bool     []',
      '  x          float32  [n]',
      'Subgraphs',
      '  If `choose`  then_branch  2 nodes  depth 1',
    ]) {
      expect(stdout.split('\n')).toContain(line);
    }
    const json = await switchyard('inspect', 'if.onnx', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      path: 'if.onnx',
      nodeCount: 1,
      opsets: { 'ai.onnx': 17 },
    });
  });
});

describe('colours', () => {
  const words = ['explain', '--host', 'linux-plain', '--installed', 'cpu'];
  const coloured = (text: string): boolean => stripVTControlCharacters(text) !== text;

  it('are for terminals only, and off with --no-color, NO_COLOR and TERM=dumb', async () => {
    const terminal = { cwd, terminal: true };
    expect(coloured((await cli(words, terminal)).stdout)).toBe(true);
    expect(coloured((await cli(words, { cwd })).stdout)).toBe(false);
    expect(coloured((await cli([...words, '--no-color'], terminal)).stdout)).toBe(false);
    expect(coloured((await cli(words, { ...terminal, environment: { NO_COLOR: '1' } })).stdout)).toBe(false);
    expect(coloured((await cli(words, { ...terminal, environment: { TERM: 'dumb' } })).stdout)).toBe(false);
    expect(coloured((await cli(['expalin'], terminal)).stderr)).toBe(true);
    expect(coloured((await cli(['expalin', '--no-color'], terminal)).stderr)).toBe(false);
  });
});

it('leaves nothing behind in the folder that it runs in', () => {
  expect(existsSync(join(cwd, '.switchyard'))).toBe(false);
});
