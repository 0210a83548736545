import { stripVTControlCharacters } from 'node:util';
import { renderSelection, select, simulateInstalled, type SelectionReport } from '@switchyard/core';
import { parseHostFacts, type HostFacts } from '@switchyard/core/host';
import { loadMachine, MACHINE_NAMES } from '@switchyard/core/machines';
import { identityModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../__fixtures__/cli.ts';
import { schemaOf } from '../__fixtures__/schemas.ts';
import { scriptedPlugin } from '../__fixtures__/scripted-plugin.ts';
import { compose } from '../compose.ts';
import { discoverHere } from '../discover-here.ts';

const validate = schemaOf('selection-report');
const cwd = temporaryFolder({ 'identity.onnx': identityModel(), 'notes.txt': 'no machine' });
const INSTALLED = ['cpu', 'openvino', 'mps-coreml', 'cuda'];

async function explain(...argv: readonly string[]): Promise<{ status: number; report: SelectionReport }> {
  const { status, stdout, stderr } = await cli(['explain', ...argv, '--json'], { cwd });
  expect(stderr).toBe('');
  return { status, report: JSON.parse(stdout) as SelectionReport };
}

describe.each(MACHINE_NAMES)('explain --host %s', (name) => {
  it.each([INSTALLED, ['cpu'], ['openvino'], ['cpu', 'mps']])(
    'with %s is what select says',
    async (...ids) => {
      const list = ids.join(',');
      const { status, report } = await explain('--host', name, '--installed', list);
      expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
      const { registry } = await compose(discoverHere(cwd), []);
      const expected = select({
        known: simulateInstalled(registry.known(), ids, `--installed ${list}`),
        host: await loadMachine(name),
        settings: [],
        simulated: true,
      });
      expect(report).toEqual(JSON.parse(JSON.stringify(expected)));
      expect(status).toBe(expected.selected === null ? 3 : 0);
    },
  );

  it('loses nothing of the report in the text, with and without colours', async () => {
    const { report } = await explain('--host', name, '--installed', INSTALLED.join());
    const words = ['explain', '--host', name, '--installed', INSTALLED.join()];
    const plain = await cli(words, { cwd });
    const coloured = await cli(words, { cwd, terminal: true });
    expect(plain.stdout).toBe(renderSelection(report));
    expect(coloured.stdout).not.toBe(plain.stdout);
    expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout);
    for (const candidate of report.candidates) {
      expect(plain.stdout).toContain(candidate.backend);
      for (const { message, remedy, evidence } of candidate.reasons) {
        expect(plain.stdout).toContain(message);
        if (remedy !== null) expect(plain.stdout).toContain(remedy);
        for (const { path, value } of evidence) {
          expect(plain.stdout).toContain(`${path} = ${JSON.stringify(value)}`);
        }
      }
    }
  });
});

describe('the founding incident', () => {
  it('A1, A2: nothing said, and the opt-in backend stays out', async () => {
    const mac = await explain('--host', 'mac-m4-max', '--installed', 'openvino,mps-coreml,cpu');
    expect(mac.report.selected?.backend).toBe('mps-coreml');
    const plain = await explain('--host', 'linux-plain', '--installed', 'openvino,cpu');
    expect(plain.report.selected?.backend).toBe('cpu');
    for (const { report } of [mac, plain]) {
      const openvino = report.candidates.find(({ backend }) => backend === 'openvino');
      expect(openvino).toMatchObject({ status: 'not-enabled', reasons: [{ code: 'opt-in-not-given' }] });
    }
  });

  it.each(['--use-openvino=false', '--use-openvino=0', '--use-openvino=no', '--no-use-openvino'])(
    'A3: %s switches it off',
    async (flag) => {
      const { status, report } = await explain(
        '--host',
        'linux-intel-igpu-npu',
        '--installed',
        'cpu,openvino',
        flag,
      );
      expect(status).toBe(0);
      expect(report.selected?.backend).toBe('cpu');
      const openvino = report.candidates.find(({ backend }) => backend === 'openvino');
      expect(openvino).toMatchObject({ status: 'disabled', reasons: [{ code: 'disabled-by-user' }] });
      expect(openvino?.sources).toEqual([{ layer: 'flag', detail: flag }]);
    },
  );

  it('A6: a flag beats a variable, and the report shows what it overrode', async () => {
    const { stdout } = await cli(['explain', '--use-openvino=false', '--json'], {
      cwd,
      environment: { SWITCHYARD_USE_OPENVINO: 'true' },
    });
    const report = JSON.parse(stdout) as SelectionReport;
    expect(report.selected?.backend).toBe('cpu');
    expect(report.settings).toContainEqual(
      expect.objectContaining({
        key: 'disable.openvino',
        source: { layer: 'flag', detail: '--use-openvino=false' },
        overrode: [{ layer: 'env', detail: 'SWITCHYARD_USE_OPENVINO=true' }],
      }),
    );
  });

  it('B3: a Mac is not asked for CUDA', async () => {
    const { status, report } = await explain('--host', 'mac-m4-max', '--backend', 'cuda');
    expect(status).toBe(3);
    expect(report).toMatchObject({ outcome: 'refused', refusal: { code: 'platform-unsupported' } });
  });

  it('B4: two exact backends are a conflict, not a third choice', async () => {
    const { status, report } = await explain('--use-cuda', '--use-openvino');
    expect(status).toBe(2);
    expect(report.selected).toBeNull();
    expect(report.refusal?.message).toContain('`--use-cuda` and `--use-openvino` contradict each other');
  });

  it('A8: mps names mps-coreml', async () => {
    const { report } = await explain('--host', 'mac-m4-max', '--backend', 'mps');
    expect(report.selected?.backend).toBe('mps-coreml');
  });
});

describe('explain', () => {
  it('replays what host --json wrote', async () => {
    const recorded = await cli(['host', '--json'], { cwd });
    const facts: HostFacts = parseHostFacts(recorded.stdout, 'host --json');
    expect(facts.provenance.kind).toBe('live');
    const folder = temporaryFolder({ 'machine.json': recorded.stdout });
    const replayed = await cli(['explain', '--host', 'machine.json', '--json'], { cwd: folder });
    const live = await explain();
    const report = JSON.parse(replayed.stdout) as SelectionReport;
    expect(report.host).toEqual({ fingerprint: live.report.host.fingerprint, simulated: true });
    expect(report.selected).toEqual(live.report.selected);
  });

  it('tells what was probed and tried before, with its age, and starts nothing', async () => {
    const folder = temporaryFolder({
      ...scriptedPlugin('wrong'),
      'identity.onnx': identityModel('float32', ['batch', 4]),
    });
    const asked = (...words: readonly string[]) =>
      cli(['explain', 'identity.onnx', ...words], { cwd: folder });
    const before = await asked();
    expect(before.stdout).toMatch(/^Selected: acme-npu/m);
    expect(before.stdout).toMatch(
      /trial parity: not run: It was not tried yet on this machine with this model/,
    );
    expect(before.stdout).not.toContain('probe: ');
    const tried = await asked('--probe');
    expect(tried.stdout).toMatch(/^Selected: cpu .*, as a fallback$/m);
    expect(tried.status).toBe(0);
    const after = await asked();
    expect(after.stdout).toMatch(/^Selected: cpu .*, as a fallback$/m);
    expect(after.stdout).toMatch(
      /^ {4}probe: worked \(\S+Z, (?:just now|\d+ seconds? ago)\): The Acme engine/m,
    );
    expect(after.stdout).toMatch(/^ {4}trial parity: failed \(\S+Z, (?:just now|\d+ seconds? ago)\): /m);
    const document = JSON.parse((await asked('--json')).stdout) as SelectionReport;
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    const without = await asked('--no-cache');
    expect(without.stdout).toMatch(/^Selected: acme-npu/m);
    const off = await asked('--trials', 'off');
    expect(off.stdout).toMatch(/trial parity: not run: Trials are switched off/);
  });

  it('probes this machine only', async () => {
    const { status, stderr } = await cli(['explain', '--probe', '--host', 'mac-m4-max'], { cwd });
    expect(status).toBe(2);
    expect(stderr).toMatch(/ask about another one/);
  });

  it('ends with 4 for a model that cannot be read', async () => {
    const { status, stdout, stderr } = await cli(['explain', 'notes.txt'], { cwd });
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr).toContain('text file');
  });

  it('summarizes a model in text and prints only the report in JSON', async () => {
    const { stdout } = await cli(['explain', 'identity.onnx'], { cwd });
    expect(stdout).toMatch(/^Model: {4}identity\.onnx \(\d+ B, ai\.onnx 17\)\nInputs: {3}x: float32 \[n\]\n/);
    expect(stdout).toContain('\nSelected: cpu');
    const { report } = await explain('identity.onnx');
    expect(validate(report)).toBe(true);
  });

  it.each([
    [
      ['--host', 'mac-m4-mx'],
      /`--host mac-m4-mx` is neither a machine .* nor a file\.[^]*Did you mean `mac-m4-max`\?/,
    ],
    [['--host', 'notes.txt'], /`notes\.txt` is not JSON[^]*switchyard host --json/],
    [['--installed', 'cpu,opnvino'], /`opnvino`[^]*Did you mean `openvino`\?/],
  ])('%j is refused with what to do', async (argv, message) => {
    const { status, stdout, stderr } = await cli(['explain', ...argv], { cwd });
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
