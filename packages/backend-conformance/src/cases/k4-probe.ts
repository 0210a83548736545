import { pathToFileURL } from 'node:url';
import type { BackendV1 } from '@switchyard/core';
import { probeBackend, type ProbeRecord } from '@switchyard/runtime';
import type { Fault } from '../child/faults.ts';
import { programOf } from '../child/start-child.ts';
import type { CaseContext, ConformanceCase } from '../conformance-case.ts';
import { expectThat, shown } from '../conformance-failure.ts';

const MEMORY_LIMIT = 384 * 1024 * 1024;

const faulty = new WeakMap<BackendV1, Map<Fault, Promise<ProbeRecord>>>();

/** Probes the backend with a fault in the process that tries it; once for every object and fault. */
export function probeWithFault(context: CaseContext, fault: Fault): Promise<ProbeRecord> {
  const records = faulty.get(context.backend) ?? new Map<Fault, Promise<ProbeRecord>>();
  faulty.set(context.backend, records);
  const record = records.get(fault) ?? startFaultyProbe(context, fault);
  records.set(fault, record);
  return record;
}

function startFaultyProbe({ backend, host }: CaseContext, fault: Fault): Promise<ProbeRecord> {
  return probeBackend({
    backend: {
      ...backend,
      origin: {
        module: pathToFileURL(programOf('faults')).href,
        factory: 'createFaultyBackend',
        arguments: [backend.origin!, fault],
      },
      // Files that are missing would end the probe before the fault.
      doArtifacts: async () => [],
    },
    host,
    ...(fault === 'memory' ? { memoryLimitBytes: MEMORY_LIMIT } : {}),
    ...(fault === 'hang' ? { deadlines: { engine: 300 } } : {}),
  });
}

function said({ status, summary, reason }: ProbeRecord): string {
  return `${status}, ${reason?.code ?? 'no reason'}: ${shown(reason?.message ?? summary)}`;
}

/** What a fault has to become, whatever the backend is. */
const OUTCOMES: Readonly<
  Record<Exclude<Fault, 'noise'>, { readonly status: string; readonly code: string }>
> = {
  abort: { status: 'crashed', code: 'probe-crashed' },
  segfault: { status: 'crashed', code: 'probe-crashed' },
  hang: { status: 'timeout', code: 'probe-timeout' },
  garbage: { status: 'failed', code: 'plugin-bug' },
  memory: { status: 'crashed', code: 'probe-crashed' },
};

/** K4: being tried in a process of its own. */
export const PROBE_CASES: readonly ConformanceCase[] = [
  {
    id: 'K4.1',
    title: 'a probe says that it works, or why it does not',
    change:
      'Return `{ ok: false, reason }` from `doProbe` for everything that can go wrong, and set `origin` to the module and factory that make this very backend.',
    needs: 'origin',
    place: 'caller',
    async run({ probe }) {
      expectThat(
        probe !== null,
        'It was not probed, because its own files are missing or its predicate says no.',
      );
      const { status, reason, levels, evidence } = probe;
      expectThat(
        status !== 'crashed' && reason?.code !== 'plugin-bug',
        () => `The probe ended as ${said(probe)}.`,
      );
      expectThat(
        levels.some(({ level, status: ended }) => level === 'module' && ended === 'ok') ||
          levels.every(({ level }) => level === 'artifacts'),
        () => `No other process could make it: ${said(probe)}.`,
      );
      expectThat(evidence.stdout === '', `The probe printed to standard output: ${shown(evidence.stdout)}.`);
      if (status !== 'ok') {
        expectThat(
          reason !== null && reason.message.trim().endsWith('.'),
          () => `It does not work, and says why without a sentence: ${said(probe)}.`,
        );
      }
      const devices = probe.devices.map(({ id }) => id).join(', ');
      return { status, ...(devices === '' ? {} : { devices }) };
    },
  },
  {
    id: 'K4.2',
    title: 'a process that dies, hangs or talks nonsense while it is tried is told for what it is',
    change:
      'Leave the process as it is: no handlers of signals or of uncaught exceptions, no replaced `process` members, nothing on file descriptor 3.',
    needs: 'origin',
    place: 'caller',
    async run(context) {
      const faults = Object.keys(OUTCOMES) as readonly (keyof typeof OUTCOMES)[];
      // Resident memory of a process is only known on Linux.
      const possible = faults.filter((fault) => fault !== 'memory' || process.platform === 'linux');
      // Side by side, because each of them is mostly the start of a process.
      const records = await Promise.all(possible.map((fault) => probeWithFault(context, fault)));
      for (const [index, record] of records.entries()) {
        const fault = possible[index]!;
        const wanted = OUTCOMES[fault];
        expectThat(
          record.status === wanted.status && record.reason?.code === wanted.code,
          () =>
            `With the fault \`${fault}\` the probe ended as ${said(record)}, and not as ${wanted.status}, ${wanted.code}.`,
        );
      }
      return { faults: possible.length };
    },
  },
  {
    id: 'K4.3',
    title: 'noise on standard output and standard error changes no answer',
    change: 'Answer with what `doProbe` returns, and with nothing that is printed.',
    needs: 'origin',
    place: 'caller',
    async run(context) {
      const { probe } = context;
      expectThat(probe !== null, 'It was not probed.');
      const noisy = await probeWithFault(context, 'noise');
      if (probe.levels.some(({ level, status }) => level === 'artifacts' && status !== 'ok'))
        return { status: noisy.status };
      expectThat(
        noisy.status === probe.status && noisy.reason?.code === probe.reason?.code,
        () => `Without noise the probe ended as ${said(probe)}, with noise as ${said(noisy)}.`,
      );
      return { status: noisy.status };
    },
  },
];
