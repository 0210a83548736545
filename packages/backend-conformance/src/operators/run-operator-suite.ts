import { resolve } from 'node:path';
import { deepFreeze, type BackendV1, type HostFacts, type Reason } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import type { ChildRequest } from '../child/child-protocol.ts';
import { endingOf, startChild, type StartedChild } from '../child/start-child.ts';
import { lookAtMachine } from '../look-at-machine.ts';
import { VERSION } from '../version.ts';
import { findOperatorCases } from './find-operator-cases.ts';
import { openResultsFile, type OperatorSubject } from './operator-results-file.ts';
import type { OperatorResult } from './operator-result.ts';
import { readOperatorCase } from './read-operator-case.ts';

/** Cases in one process: enough that its start is cheap, few enough that memory which an engine keeps stays small. */
const CASES_PER_PROCESS = 150;
/** A process that does not get through its cases in this time is ended. */
const LIMIT_MS = 600_000;

/** What the operator suite is to run. */
export interface OperatorSuiteOptions {
  /** Makes the backend. It needs `origin`, because cases run in other processes. */
  readonly create: () => BackendV1;
  /** Folder in the layout of the ONNX project's `backend/test/data`. */
  readonly cases: string;
  /** (optional) Facts about the machine. Default: the machine is read. */
  readonly host?: HostFacts;
  /** (optional) Device by id. Default: the first that the probe lists. */
  readonly device?: string;
  /** (optional) File of results that is begun or continued. Default: none, everything is run. */
  readonly results?: string;
  /** (optional) Told of each case that has ended. Default: nobody is told. */
  readonly onCase?: (result: OperatorResult, done: number, all: number) => void;
  /** (optional) Ends the suite between two cases; the promise rejects with its reason. Default: never. */
  readonly signal?: AbortSignal;
}

/** Every case on one backend and device, or why there is no device. */
export type OperatorReport =
  | { readonly subject: OperatorSubject; readonly results: readonly OperatorResult[] }
  | { readonly subject: null; readonly absent: readonly Reason[] };

/**
 * Runs the test cases of the ONNX project through a backend, many in one process of their own. Where a process
 * ends, the case that it was at is tried once more in a new one, and has crashed only if that ends too.
 *
 * @throws RangeError for a backend without `origin`, a folder without cases, or results of something else
 */
export async function runOperatorSuite(options: OperatorSuiteOptions): Promise<OperatorReport> {
  const { signal } = options;
  const backend = options.create();
  const { id, package: from, nativeGroup } = backend.manifest;
  const { origin } = backend;
  if (origin === undefined) {
    throw new RangeError(
      `\`${id}\` has no \`origin\`, and operator cases run in other processes. Add \`origin\` to the object.`,
    );
  }
  const root = resolve(options.cases);
  const names = await findOperatorCases(root);
  const host = deepFreeze(options.host ?? (await readHostFacts()));
  const { device, absent, probe } = await lookAtMachine(backend, host, options.device);
  if (device === null) return { subject: null, absent };
  const subject: OperatorSubject = {
    backend: { id, package: `${from.name} ${from.version}` },
    engine: nativeGroup === undefined ? null : `${nativeGroup.name} ${nativeGroup.version}`,
    device: { id: device.id, name: device.name },
    kit: VERSION,
  };
  const file = options.results === undefined ? null : await openResultsFile(options.results, subject);
  const results = new Map((file?.before ?? []).map((result) => [result.case, result]));

  const request: ChildRequest = { mode: 'operators', origin, host, settings: {}, device, probe, more: {} };
  const processes = createProcesses(request, root);
  try {
    for (const name of names) {
      if (results.has(name)) continue;
      signal?.throwIfAborted();
      const result = await processes.run(name);
      results.set(name, result);
      await file?.add(result);
      options.onCase?.(result, results.size, names.length);
    }
  } finally {
    await processes.end();
  }
  return { subject, results: names.map((name) => results.get(name)!) };
}

interface Processes {
  run(name: string): Promise<OperatorResult>;
  end(): Promise<void>;
}

function createProcesses(request: ChildRequest, root: string): Processes {
  let child: StartedChild | null = null;
  let served = 0;
  const end = async (): Promise<void> => {
    await child?.end();
    child = null;
  };
  /** The answer, or how the process ended. */
  const ask = async (name: string): Promise<OperatorResult | string> => {
    if (served >= CASES_PER_PROCESS) await end();
    if (child === null) {
      child = startChild(request, { limitMs: LIMIT_MS });
      served = 0;
    }
    served += 1;
    child.send({ root, case: name });
    const answer = (await child.next()) as OperatorResult | null;
    if (answer !== null) return answer;
    const ended = await child.end();
    child = null;
    return endingOf(ended);
  };
  return {
    end,
    run: async (name) => {
      const alone = child === null;
      let answer = await ask(name);
      // What an earlier case did to the process is not the fault of this one.
      if (typeof answer === 'string' && !alone) answer = await ask(name);
      if (typeof answer !== 'string') return answer;
      const detail = `The process ${answer}.`.replaceAll(root, '.');
      return { ...(await readOperatorCase(root, name)).about, status: 'crashed', detail };
    },
  };
}
