import { readdirSync, readFileSync } from 'node:fs';
import { evidenceProblem, type ConformanceEvidence } from '../src/evidence/evidence.ts';

/** The root of the repository. */
export const ROOT: URL = new URL('../../../', import.meta.url);

const FOLDER = 'docs/evidence/';
const BEGIN =
  '<!-- hardware: made from docs/evidence by packages/backend-conformance/scripts/generate-hardware-table.ts -->';
const END = '<!-- /hardware -->';

interface Row {
  readonly backend: string;
  readonly platform: string;
  /** Whether a document is about this row. */
  readonly is: (evidence: ConformanceEvidence) => boolean;
  /** What was checked where there is no document. */
  readonly otherwise: string;
}

const MACHINES = 'the predicate on the facts of such machines, and the cases of the kit that need no device';

const on =
  (platform: string, arch?: string) =>
  ({ host }: ConformanceEvidence): boolean =>
    host.os.platform === platform && (arch === undefined || host.os.arch === arch);
const kind =
  (wanted: string) =>
  ({ device }: ConformanceEvidence): boolean =>
    device?.kind === wanted;
const emulated = ({ device }: ConformanceEvidence): boolean => device?.software === true;
const both =
  (...tests: readonly Row['is'][]) =>
  (evidence: ConformanceEvidence): boolean =>
    tests.every((test) => test(evidence));

/** Every cell that somebody may ask about. None of them is verified by being written here. */
const ROWS: readonly Row[] = [
  { backend: 'cpu', platform: 'Linux x64, glibc', is: on('linux', 'x64'), otherwise: MACHINES },
  { backend: 'cpu', platform: 'Linux arm64', is: on('linux', 'arm64'), otherwise: MACHINES },
  { backend: 'cpu', platform: 'macOS on Apple silicon', is: on('darwin', 'arm64'), otherwise: MACHINES },
  { backend: 'cpu', platform: 'Windows', is: on('win32'), otherwise: MACHINES },
  {
    backend: 'cuda',
    platform: 'Linux x64, WSL2',
    is: on('linux', 'x64'),
    otherwise: `${MACHINES}; without an NVIDIA GPU, that it refuses and says what is missing`,
  },
  {
    backend: 'mps-coreml',
    platform: 'macOS on Apple silicon',
    is: on('darwin', 'arm64'),
    otherwise: `${MACHINES}; on Linux, every combination of options, and that it refuses`,
  },
  {
    backend: 'openvino',
    platform: 'Intel GPUs',
    is: kind('gpu'),
    otherwise: `${MACHINES}; sessions on a double of openvino-node`,
  },
  {
    backend: 'openvino',
    platform: 'Intel NPUs',
    is: kind('npu'),
    otherwise: `${MACHINES}; sessions on a double of openvino-node`,
  },
  {
    backend: 'openvino',
    platform: 'the CPU device, Linux, Windows, macOS on Apple silicon',
    is: kind('cpu'),
    otherwise: `${MACHINES}; sessions on a double of openvino-node; without its runtime, that it refuses`,
  },
  { backend: 'wasm', platform: 'Linux x64', is: on('linux', 'x64'), otherwise: MACHINES },
  {
    backend: 'wasm',
    platform: 'Alpine, Intel Macs, and whatever else Node runs on',
    is: (evidence) => !on('linux', 'x64')(evidence),
    otherwise: MACHINES,
  },
  {
    backend: 'webgpu',
    platform: 'Linux x64 on software Vulkan (lavapipe), of class cpu',
    is: both(on('linux', 'x64'), emulated),
    otherwise: MACHINES,
  },
  {
    backend: 'webgpu',
    platform: 'GPUs through Vulkan, Metal or Direct3D 12',
    is: both(kind('gpu'), (evidence) => !emulated(evidence)),
    otherwise: MACHINES,
  },
];

/** A document of `docs/evidence`, with its file from the root of the repository. */
export interface EvidenceFile {
  readonly file: string;
  readonly evidence: ConformanceEvidence;
}

/** Every document of `docs/evidence`. @throws when one was changed after it was written */
export function evidenceFiles(): readonly EvidenceFile[] {
  return readdirSync(new URL(FOLDER, ROOT))
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => {
      const file = `${FOLDER}${name}`;
      const evidence = JSON.parse(readFileSync(new URL(file, ROOT), 'utf8')) as ConformanceEvidence;
      const problem = evidenceProblem(evidence);
      if (problem !== null) throw new Error(`${file}: ${problem}`);
      return { file, evidence };
    });
}

/** The table of hardware in Markdown: `verified` only where a document says so. */
export function hardwareTable(files: readonly EvidenceFile[]): string {
  const rows = ROWS.map((row) => {
    const about = files.filter(({ evidence }) => evidence.backend.id === row.backend && row.is(evidence));
    const verified = about.find(({ evidence }) => evidence.verdict === 'verified');
    const best = verified ?? about[0];
    return [
      `\`${row.backend}\``,
      row.platform,
      verified === undefined ? 'not verified' : '**verified**',
      best === undefined ? row.otherwise : describe(best),
    ];
  });
  const all = [['backend', 'platform', 'status', 'what was checked'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(all[0]!), rule, ...rows.map((row) => line(row))].join('\n');
}

/** The README with the table of these documents in the place of the one that it has. */
export function readmeWith(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error('The README has no marks around its table of hardware.');
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${readme.slice(end)}`;
}

function describe({ file, evidence }: EvidenceFile): string {
  const { results, host, backend, device, recordedAt } = evidence;
  const count = (status: string): number => results.filter((result) => result.status === status).length;
  const others = [
    ...(count('failed') === 0 ? [] : [`${count('failed')} failed`]),
    ...(count('skipped') === 0 ? [] : [`${count('skipped')} skipped`]),
  ];
  const system = host.os.name.known ? host.os.name.value : host.os.platform;
  const engine = backend.engine === null ? '' : `, ${backend.engine.name} ${backend.engine.version}`;
  const cases = [`${count('passed')} cases passed`, ...others].join(', ');
  return `${cases}, on ${device?.name ?? 'no device'}, ${system}, Node ${host.node.version}${engine}, ${recordedAt.slice(0, 10)} ([evidence](${file}))`;
}
