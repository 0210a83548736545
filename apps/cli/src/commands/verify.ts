import { resolve } from 'node:path';
import {
  checkFeeds,
  EngineError,
  select,
  selectDevice,
  SelectionError,
  type DeviceV1,
  type ProbeOutcome,
  type SelectInput,
  type SelectionReport,
  type Tensors,
} from '@switchyard/core';
import {
  calibrate,
  openTrialMemory,
  probeOutcomes,
  runTrials,
  trialProcesses,
  type Runtime,
  type TrialResults,
  type TrialSubject,
} from '@switchyard/runtime';
import { BUILT_IN } from '@switchyard/composition';
import { EXIT_STATUSES } from '../exit-status.ts';
import { parseInputArgument } from '../inputs/index.ts';
import { openRuntime } from '../open-runtime.ts';
import { inputsOf, readModel } from '../read-model.ts';
import { situationOf, type Invocation, type Situation } from '../situation.ts';
import { withProgress } from '../terminal/progress.ts';
import { UsageError } from '../usage-error.ts';
import { renderVerification } from '../verification/render-verification.ts';
import { verificationOf, type Verification } from '../verification/verification.ts';
import { loadFeeds } from './load-feeds.ts';
import { dimensionsOf, parseOptions, type RunArguments } from './run-arguments.ts';

/** What `verify` was told besides the model. */
export type VerifyArguments = Pick<RunArguments, 'input' | 'dim' | 'option' | 'strict' | 'cache'>;

/** `switchyard verify MODEL`: runs the trials now, whatever is remembered, and shows every figure. */
export async function verify(invocation: Invocation, model: string, words: VerifyArguments): Promise<number> {
  const { context, options } = invocation;
  const specs = words.input.map((text) => parseInputArgument(text));
  const summary = await readModel(model, context, options);
  const inputs = inputsOf(summary);
  const dims = dimensionsOf(words.dim, inputs);
  const situation = await situationOf(invocation);
  const runtime = await openRuntime(situation, context, words);
  try {
    const early = await runtime.explain();
    if (early.selected === null) throw new SelectionError(early);
    let feeds: Tensors | undefined;
    if (specs.length > 0) {
      feeds = await loadFeeds(specs, inputs, dims, invocation);
      checkFeeds(inputs, feeds);
    }
    const verification = await withProgress('Trying backends', context, options, async (say) => {
      const chosen = await chooseNow(situation, runtime, invocation, say);
      const request: ProveRequest = {
        ...chosen,
        model: { path: resolve(context.cwd, model) },
        options: parseOptions(words.option, chosen.report, situation),
        strict: words.strict === true,
        remember: words.cache !== false,
        feeds,
        freeDimensions: Object.fromEntries(dims),
        signal: context.signal,
        say,
      };
      return prove(situation, runtime, request, summary.path);
    });
    context.stdout.write(
      options.json
        ? `${JSON.stringify(verification, null, 2)}\n`
        : renderVerification(verification, invocation),
    );
    return EXIT_STATUSES[verification.verdict === 'passed' ? 'ok' : 'unproven'].status;
  } finally {
    await runtime.close();
  }
}

interface Chosen {
  readonly input: SelectInput;
  readonly report: SelectionReport;
  readonly device: DeviceV1;
}

/** The choice after whoever was chosen was tried on this machine now: what is remembered does not count here. */
async function chooseNow(
  situation: Situation,
  runtime: Runtime,
  { context }: Invocation,
  say: (phase: string) => void,
): Promise<Chosen> {
  let probes: Readonly<Record<string, ProbeOutcome>> = {};
  const tried = new Set<string>();
  for (;;) {
    const input = { ...situation.input, probes };
    const { report, device } = selectDevice(input);
    if (report.selected === null) throw new SelectionError(report);
    const id = report.selected.backend;
    if (id === BUILT_IN || tried.has(id)) {
      if (device !== null) return { input, report, device };
      throw noDevice(id);
    }
    tried.add(id);
    const reports = await runtime.probe({
      ids: [id],
      refresh: true,
      onLevel: (backend, level) => say(`Trying ${backend}: ${level}`),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
    probes = { ...probes, ...probeOutcomes(reports) };
  }
}

interface ProveRequest extends Chosen {
  readonly model: { readonly path: string };
  readonly options: TrialSubject['options'];
  readonly strict: boolean;
  readonly remember: boolean;
  readonly feeds: Tensors | undefined;
  readonly freeDimensions: Readonly<Record<string, number>>;
  readonly signal: AbortSignal | undefined;
  readonly say: (phase: string) => void;
}

async function prove(
  situation: Situation,
  runtime: Runtime,
  request: ProveRequest,
  name: string,
): Promise<Verification> {
  const { device, options, model, feeds, freeDimensions, signal, say, strict, input } = request;
  const id = request.report.selected!.backend;
  const candidate: TrialSubject = { backend: situation.registry.get(id)!, device, options: options ?? {} };
  const reference = referenceOf(situation, request.report);
  const opener = trialProcesses([candidate.backend, reference.backend]);
  const settings = {
    model,
    ...(feeds === undefined ? {} : { feeds }),
    freeDimensions,
    onProgress: say,
    ...(signal === undefined ? {} : { signal }),
  };
  const isReference = id === BUILT_IN;
  const results = await runTrials({
    ...settings,
    candidate,
    reference,
    open: (backend, source, context) =>
      opener(backend, source, strict && context.device.id === device.id ? { ...context, strict } : context),
    // The reference can only be compared with itself: whether it gives one answer twice.
    ...(isReference ? { trials: ['parity'] } : {}),
  });
  const placement = isReference
    ? ((await calibrate({ ...settings, subjects: [candidate], runs: 1 })).backends[0]?.placement ?? null)
    : results.figures.placement;
  // What strict opening or options taught says nothing about other ways of opening the model.
  if (request.remember && !isReference && !strict)
    await remember(request, runtime, candidate, reference, results);
  const selection = select({
    ...input,
    trials: { [id]: results.trials },
    trialsNotRun: { [id]: results.notRun },
  });
  return verificationOf({ model: name, backend: id, device, strict, results, placement, selection });
}

/** Trials that a person ran are as good as those of a first run, which then need not be repeated. */
async function remember(
  { model, input }: ProveRequest,
  runtime: Runtime,
  candidate: TrialSubject,
  reference: TrialSubject,
  { trials, notRun, figures }: TrialResults,
): Promise<void> {
  const artifacts = Object.fromEntries(
    input.known.flatMap((known) =>
      known.state === 'installed' ? [[known.manifest.id, known.artifacts ?? []] as const] : [],
    ),
  );
  const memory = await openTrialMemory({ store: runtime.store, model, host: runtime.host, artifacts });
  await memory.remember(candidate, reference, { trials, notRun, inputs: figures.inputs });
}

function referenceOf({ registry, input }: Situation, report: SelectionReport): TrialSubject {
  const cpu = report.candidates.find(({ backend }) => backend === BUILT_IN);
  if (cpu?.status === 'disabled') {
    const said = cpu.sources[0]?.detail ?? 'a setting';
    throw new UsageError(
      `\`verify\` compares with \`${BUILT_IN}\`, which \`${said}\` forbids.`,
      'Leave that out for this command.',
    );
  }
  const source = { layer: 'api', detail: 'the reference of trials' } as const;
  const asked = selectDevice({ ...input, settings: [{ kind: 'backend', backend: BUILT_IN, source }] });
  const backend = registry.get(BUILT_IN);
  if (backend === null || asked.device === null) throw new SelectionError(asked.report);
  return { backend, device: asked.device };
}

function noDevice(id: string): EngineError {
  return new EngineError({
    backend: id,
    reason: {
      code: 'device-unknown',
      message: `Neither the facts about this machine nor a probe tell on which device \`${id}\` would run.`,
      evidence: [],
      remedy: `Name it, as in --device ${id}:0, or see \`switchyard doctor\`.`,
    },
  });
}
