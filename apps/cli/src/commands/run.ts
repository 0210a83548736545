import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  checkFeeds,
  knownId,
  renderSelectionLine,
  SelectionError,
  type IsolationV1,
  type SelectionReport,
} from '@switchyard/core';
import type { Session, SpareProcess } from '@switchyard/runtime';
import { parseInputArgument, type InputSpec } from '../inputs/index.ts';
import { loadLabels, parseOutputArgument, saveOutputs, type OutputSpec } from '../outputs/index.ts';
import { openRuntime } from '../open-runtime.ts';
import { inputsOf, readModel } from '../read-model.ts';
import { situationOf, type Invocation, type Situation } from '../situation.ts';
import { styleFor } from '../terminal/style.ts';
import { withProgress } from '../terminal/progress.ts';
import { UsageError } from '../usage-error.ts';
import { printResult } from './print-result.ts';
import { loadFeeds } from './load-feeds.ts';
import { dimensionsOf, namesToCompute, parseOptions, parseTop, type RunArguments } from './run-arguments.ts';

/** `switchyard run MODEL`: runs a model once, and says on which hardware and why. */
export async function run(invocation: Invocation, model: string, words: RunArguments): Promise<number> {
  const { options } = invocation;
  const inputSpecs = words.input.map((text) => parseInputArgument(text));
  const outputSpecs = words.output.map((text) => parseOutputArgument(text));
  const top = parseTop(words.top, words.labels, options.json);
  if (options.json && outputSpecs.some(({ path }) => path === '-')) {
    throw new UsageError(
      '`--output -` and `--json` would both write to standard output.',
      'Leave one of them out.',
    );
  }
  // Node.js starts there while this process looks at the model, the machine and the backends.
  const spare = await spareFor(words);
  try {
    return await runModel(invocation, model, words, { inputSpecs, outputSpecs, top, spare });
  } finally {
    spare?.end();
  }
}

interface RunPlan {
  readonly inputSpecs: readonly InputSpec[];
  readonly outputSpecs: readonly OutputSpec[];
  readonly top: ReturnType<typeof parseTop>;
  readonly spare: SpareProcess | undefined;
}

async function runModel(
  invocation: Invocation,
  model: string,
  words: RunArguments,
  { inputSpecs, outputSpecs, top, spare }: RunPlan,
): Promise<number> {
  const { context, options } = invocation;
  const summary = await readModel(model, context, options);
  const inputs = inputsOf(summary);
  const dims = dimensionsOf(words.dim, inputs);
  const wanted = namesToCompute(outputSpecs, summary.outputs);
  const labels = words.labels === undefined ? undefined : await loadLabels(words.labels, context.cwd);

  const situation = await situationOf(invocation);
  const runtime = await openRuntime(situation, context, words, spare);
  // `await using` would be shorter, but Node.js 22 cannot parse it when it runs these sources.
  try {
    // Refused requests and wrong options are said before inputs are read, which can take long.
    const path = resolve(context.cwd, model);
    const expected = await runtime.explain({ verify: words.verify === true }, path);
    if (expected.selected === null) throw new SelectionError(expected);
    const backendOptions = parseOptions(words.option, expected, situation);

    const feeds = await withProgress('Reading inputs', context, options, () =>
      loadFeeds(inputSpecs, inputs, dims, invocation),
    );
    checkFeeds(inputs, feeds);
    const signal = context.signal === undefined ? {} : { signal: context.signal };
    const started = performance.now();
    const source = `${expected.selected.backend} on ${expected.selected.deviceName}`;
    const session: Session = await withProgress(`Opening on ${source}`, context, options, (say) =>
      runtime.open(
        { path },
        {
          options: backendOptions,
          verify: words.verify === true,
          strict: words.strict === true,
          ...isolationOf(words, situation),
          feeds,
          freeDimensions: Object.fromEntries(dims),
          ...signal,
          onProgress: say,
        },
      ),
    );
    const loaded = performance.now();
    sayTruth(session.selection, invocation);
    const outputs = await withProgress('Running', context, options, () =>
      session.run(feeds, { ...signal, ...(wanted === null ? {} : { outputs: wanted }) }),
    );
    const timings = { loadMilliseconds: loaded - started, runMilliseconds: performance.now() - loaded };

    const saved = [];
    for (const spec of outputSpecs) {
      saved.push(...(await saveOutputs(outputs, spec, { cwd: context.cwd, stdout: writerOf(invocation) })));
    }
    printResult(invocation, { model: summary, session, outputs, saved, timings, top, labels });
    return 0;
  } finally {
    await runtime.close();
  }
}

/** So that Ctrl-C, progress and a crash of the engine behave. */
const UNLESS_TOLD_OTHERWISE: IsolationV1 = 'process';

async function spareFor({
  isolation = UNLESS_TOLD_OTHERWISE,
}: RunArguments): Promise<SpareProcess | undefined> {
  if (isolation !== 'process') return undefined;
  const { startSpareProcess } = await import('@switchyard/runtime');
  return startSpareProcess();
}

/** Backends that no other process can make get what they recommend. */
function isolationOf(
  { isolation }: RunArguments,
  { registry }: Situation,
): { readonly isolation?: IsolationV1 } {
  if (isolation !== undefined) return { isolation };
  const backends = registry.known().flatMap((known) => registry.get(knownId(known)) ?? []);
  return backends.every(({ origin }) => origin !== undefined) ? { isolation: UNLESS_TOLD_OTHERWISE } : {};
}

/** The one line of truth, and every warning, on every run. */
function sayTruth(report: SelectionReport, { context, options }: Invocation): void {
  const style = styleFor(context.stderr, context.environment, options.color);
  if (!options.quiet) context.stderr.write(`${style('bold', renderSelectionLine(report))}\n`);
  for (const { message, remedy } of report.warnings) {
    context.stderr.write(`${style('yellow', 'warning:')} ${message}\n`);
    if (remedy !== null) context.stderr.write(`  -> ${remedy}\n`);
  }
}

function writerOf({ context }: Invocation): (bytes: Uint8Array) => Promise<void> {
  return (bytes) =>
    new Promise((done, fail) => {
      context.stdout.write(bytes, (error) => (error === null || error === undefined ? done() : fail(error)));
    });
}
