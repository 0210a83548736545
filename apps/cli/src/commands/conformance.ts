import { resolve } from 'node:path';
import { SelectionError, selectDevice, type BackendV1, type DeviceV1 } from '@switchyard/core';
import { BUILT_IN } from '@switchyard/composition';
import type { ConformanceEvidence, ConformanceReport } from '@switchyard/backend-conformance';
import { operatorSuite } from '../conformance/operator-suite.ts';
import { renderConformance } from '../conformance/render-conformance.ts';
import { takeFigures, type Figures } from '../conformance/take-figures.ts';
import { personOf, redact } from '../diagnosis/redact.ts';
import { EXIT_STATUSES } from '../exit-status.ts';
import { importPeer } from '../import-peer.ts';
import { atomicWrite } from '../outputs/atomic-write.ts';
import { reportOf, situationOf, type Invocation, type Situation } from '../situation.ts';
import { withProgress } from '../terminal/progress.ts';
import { UsageError } from '../usage-error.ts';

type Kit = typeof import('@switchyard/backend-conformance');

/** What `conformance` was told. */
export interface ConformanceWords {
  /** File to write the evidence to. */
  readonly evidence?: string;
  /** Fail where the machine lacks the device, in place of skipping. */
  readonly requireDevice?: boolean;
  /** Run the operator cases of the ONNX project in place of the kit. */
  readonly operators?: boolean;
  /** Folder of the operator cases. */
  readonly cases?: string;
  /** File of operator results that is begun or continued. */
  readonly results?: string;
  /** Page of the operators to write. */
  readonly html?: string;
}

/** `switchyard conformance --backend ID`: the whole kit on one backend of this project, on this machine. */
export async function conformance(invocation: Invocation, words: ConformanceWords): Promise<number> {
  const { context, options } = invocation;
  checkWords(words);
  const kit = await importPeer<Kit>({
    // An optional peer, because only authors and owners of hardware run it.
    name: '@switchyard/backend-conformance',
    command: 'switchyard conformance',
    cwd: context.cwd,
    load: () => import('@switchyard/backend-conformance'),
  });
  const situation = await situationOf(invocation);
  const { id, device: wanted } = named(situation);
  const backend = situation.registry.get(id);
  if (backend === null) throw new SelectionError(reportOf(situation));
  const { host } = situation.input;
  if (words.operators === true)
    return operatorSuite(kit, { backend, device: wanted, host }, invocation, words);
  const { report, evidence, notes } = await withProgress(
    `Trying \`${id}\``,
    context,
    options,
    async (say) => {
      const found = await kit.runConformance({
        create: () => backend,
        host,
        requireDevice: words.requireDevice === true,
        ...(wanted === undefined ? {} : { device: wanted }),
        onCase: (name, ended) => {
          if (ended === null) say(`Trying \`${id}\`: ${name}`);
        },
      });
      const { device } = found.machine;
      if (device !== null) say(`Trying \`${id}\`: figures`);
      const figures =
        device === null ? null : await figuresOf(kit, situation, { backend, device }, context.signal);
      return {
        report: found,
        evidence: evidenceOf(kit, invocation, situation, backend, found, figures),
        notes: figures?.notes ?? [],
      };
    },
  );
  const lines = [...notes, `Verdict: ${evidence.verdict}`];
  if (words.evidence !== undefined) {
    const path = resolve(context.cwd, words.evidence);
    await atomicWrite(path, Buffer.from(`${JSON.stringify(evidence, null, 2)}\n`));
    lines.push(`Evidence: \`${words.evidence}\`, ${evidence.hash}`);
  }
  context.stdout.write(
    options.json ? `${JSON.stringify(evidence, null, 2)}\n` : renderConformance(id, report, lines),
  );
  const proved = report.failed === 0 && report.machine.device !== null;
  return EXIT_STATUSES[proved ? 'ok' : 'unproven'].status;
}

/** Words that only count together. */
function checkWords({ operators, cases, results, html, evidence, requireDevice }: ConformanceWords): void {
  if (operators === true && cases === undefined) {
    throw new UsageError(
      '--operators has no cases to run.',
      'Write --cases DIR, a folder of the ONNX project.',
    );
  }
  if (operators !== true && (cases ?? results ?? html) !== undefined) {
    throw new UsageError(
      '--cases, --results and --html belong to --operators.',
      'Write --operators as well.',
    );
  }
  if (operators === true && (evidence !== undefined || requireDevice === true)) {
    throw new UsageError(
      '--evidence and --require-device belong to the kit, not to --operators.',
      'Write --html FILE or --json to keep what the operator cases showed.',
    );
  }
}

/** The one backend that the settings name. */
function named(situation: Situation): { readonly id: string; readonly device: string | undefined } {
  const { kind, backends = [], device } = reportOf(situation).request;
  const [id] = backends;
  if (kind === 'exact' && id !== undefined) return { id, device };
  throw new UsageError(
    '`switchyard conformance` tries one backend, and none was named.',
    'Write --backend ID, as in --backend cpu.',
  );
}

async function figuresOf(
  kit: Kit,
  { registry, input }: Situation,
  candidate: { readonly backend: BackendV1; readonly device: DeviceV1 },
  signal: AbortSignal | undefined,
): Promise<Figures | null> {
  const source = { layer: 'api', detail: 'the reference of the figures' } as const;
  const { device } = selectDevice({ ...input, settings: [{ kind: 'backend', backend: BUILT_IN, source }] });
  const backend = registry.get(BUILT_IN);
  // Without the reference there is nothing to compare with, and the verdict says so.
  if (backend === null || device === null) return null;
  const model = { bytes: kit.EVIDENCE_MODEL.bytes(), name: kit.EVIDENCE_MODEL.name };
  return takeFigures(model, candidate, { backend, device }, signal);
}

function evidenceOf(
  kit: Kit,
  { context }: Invocation,
  { input }: Situation,
  backend: BackendV1,
  { results, machine }: ConformanceReport,
  figures: Figures | null,
): ConformanceEvidence {
  const { id, package: from, nativeGroup } = backend.manifest;
  const parts = {
    recordedAt: new Date().toISOString(),
    backend: {
      id,
      package: from,
      engine: nativeGroup === undefined ? null : { name: nativeGroup.name, version: nativeGroup.version },
    },
    host: input.host,
    device: machine.device,
    results: results.map(({ id: name, title, status, detail, instead, figures: measured }) => {
      return { id: name, title, status, detail, instead, figures: measured };
    }),
    placement: figures?.placement ?? null,
    parity: figures?.parity ?? null,
    speed: figures?.speed ?? null,
  };
  const { homes, names } = personOf(context.environment);
  // The folder of the project says where somebody keeps their work.
  const person = { homes: [context.cwd, ...homes], names };
  return kit.makeEvidence(redact(JSON.parse(JSON.stringify(parts)), person) as typeof parts);
}
