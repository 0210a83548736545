import { spawnSync } from 'node:child_process';
import { MACHINE_NAMES } from '@switchyard/core/machines';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../__fixtures__/cli.ts';
import { SHELLS } from '../program.ts';

const cwd = temporaryFolder({
  'package.json': '{"dependencies":{"acme-npu":"*"}}',
  'node_modules/acme-npu/package.json': JSON.stringify({
    name: 'acme-npu',
    switchyard: { backend: { id: 'acme-npu', contract: 'v1', export: 'createAcmeNpuBackend' } },
  }),
});

async function complete(...words: readonly string[]): Promise<{ values: string[]; files: boolean }> {
  const { status, stdout, stderr } = await cli(['complete', '--', ...words], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  const last = lines.pop();
  return { values: lines.map((line) => line.split('\t', 1)[0]!), files: last === ':files' };
}

describe('complete', () => {
  it.each([
    [
      [''],
      'run explain devices backends doctor verify conformance bench serve inspect host config cache completion help'.split(
        ' ',
      ),
      false,
    ],
    [['ex'], ['explain'], false],
    [
      ['explain', '--backend', ''],
      ['acme-npu', 'cpu', 'cuda', 'mps-coreml', 'openvino', 'wasm', 'webgpu', 'auto'],
      false,
    ],
    [['bench', 'm.onnx', '--backends', 'cpu,c'], ['cpu,cuda'], false],
    [['run', 'm.onnx', '--trials', ''], ['off', 'placement', 'all'], false],
    [['run', 'm.onnx', '--isolation', 'th'], ['thread'], false],
    [['cache', ''], ['path', 'list', 'clear'], false],
    [['backends', ''], ['list', 'add', 'remove', 'acquire'], false],
    [['backends', 'add', 'c'], ['cuda'], false],
    [['backends', 'acquire', ''], ['cuda', 'openvino'], false],
    [['backends', 'acquire', 'cuda', ''], [], false],
    [['backends', 'acquire', 'cuda', '--from', ''], [], true],
    [['bench', 'm.onnx', '--html', ''], [], true],
    [['explain', '--backend=c'], ['--backend=cpu', '--backend=cuda'], false],
    [['explain', '--use-acme-npu=f'], ['--use-acme-npu=false'], false],
    [['explain', '--prefer', 'cuda,c'], ['cuda,cpu'], false],
    [['explain', '--fallback', ''], ['error', 'warn', 'allow'], false],
    [['run', '--plugin', ''], ['acme-npu'], false],
    [['explain', '--host', ''], [...MACHINE_NAMES], true],
    [['explain', '--host', 'mac-m4'], ['mac-m4-max'], true],
    [['completion', ''], [...SHELLS], false],
    [['run', ''], [], true],
    [['run', ' '], [], true],
    [['run', 'model.onnx', '--input', ''], [], true],
    [['run', 'model.onnx', '--top', ''], [], false],
    [['host', ''], [], false],
  ])('%j', async (words, values, files) => {
    expect(await complete(...words)).toEqual({ values, files });
  });

  it('knows the flags of every backend, those of third parties too', async () => {
    const { values } = await complete('explain', '--');
    expect(values).toEqual(
      expect.arrayContaining([
        '--use-acme-npu',
        '--no-use-openvino',
        '--host',
        '--installed',
        '--json',
        '--help',
      ]),
    );
    expect((await complete('inspect', '--')).values).not.toContain('--backend');
  });
});

describe('completion scripts', () => {
  const CHECKS: Readonly<Record<string, readonly string[]>> = {
    bash: ['bash', '-n'],
    zsh: ['zsh', '-n'],
    fish: ['fish', '--no-execute'],
  };

  it.each(SHELLS)('%s asks the program', async (shell) => {
    const { status, stdout } = await cli(['completion', shell], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain('switchyard complete -- ');
    const [program, flag] = CHECKS[shell] ?? [];
    if (program === undefined || spawnSync(program, ['--version']).error !== undefined) return;
    const checked = spawnSync(program, [flag!], { input: stdout, encoding: 'utf8' });
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });

  it('are a document with --json', async () => {
    const plain = await cli(['completion', 'fish'], { cwd });
    const json = await cli(['completion', 'fish', '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toEqual({ shell: 'fish', script: plain.stdout });
  });

  it('that of bash completes, with equals signs in the word', async () => {
    const { stdout } = await cli(['completion', 'bash'], { cwd });
    const script = `
switchyard() { printf '%s\\n' "asked: $*" >&2; printf -- '--use-cuda=true\\tdescribed\\n--use-cuda=false\\t\\n:none\\n'; }
${stdout.replaceAll('2>/dev/null', '')}
COMP_LINE='switchyard explain --use-cuda='; COMP_POINT=\${#COMP_LINE}
_switchyard
printf '%s\\n' "\${COMPREPLY[@]}"
`;
    const result = spawnSync('bash', [], { input: script, encoding: 'utf8' });
    expect(result.stderr).toBe('asked: complete -- explain --use-cuda=\n');
    expect(result.stdout).toBe('true\nfalse\n');
  });
});
