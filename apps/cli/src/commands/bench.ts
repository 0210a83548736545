import { resolve } from 'node:path';
import { checkFeeds, errorText, SelectionError, TensorError, type Tensors } from '@switchyard/core';
import { benchmarkPage } from '../benchmark/benchmark-page.ts';
import { batchOf, parseBatches, parseRuns } from '../benchmark/batch-sizes.ts';
import { chooseSubjects } from '../benchmark/choose-subjects.ts';
import {
  resultOf,
  type Benchmark,
  type BenchmarkResult,
  type RefusedBackend,
} from '../benchmark/benchmark.ts';
import { renderBenchmark } from '../benchmark/render-benchmark.ts';
import { EXIT_STATUSES } from '../exit-status.ts';
import { parseInputArgument } from '../inputs/index.ts';
import { openRuntime } from '../open-runtime.ts';
import { atomicWrite } from '../outputs/atomic-write.ts';
import { inputsOf, readModel } from '../read-model.ts';
import { situationOf, type Invocation } from '../situation.ts';
import { withProgress } from '../terminal/progress.ts';
import { loadFeeds } from './load-feeds.ts';
import { dimensionsOf, parseOptions, type RunArguments } from './run-arguments.ts';

/** What `bench` was told besides the model. */
export interface BenchArguments extends Pick<RunArguments, 'input' | 'dim' | 'option' | 'cache'> {
  readonly backends: string | undefined;
  readonly batch: string | undefined;
  readonly runs: string | undefined;
  readonly html: string | undefined;
}

/** `switchyard bench MODEL`: measures, and claims nothing that was not measured. */
export async function bench(invocation: Invocation, model: string, words: BenchArguments): Promise<number> {
  const { context, options } = invocation;
  const specs = words.input.map((text) => parseInputArgument(text));
  const runs = parseRuns(words.runs);
  const summary = await readModel(model, context, options);
  const inputs = inputsOf(summary);
  const dims = dimensionsOf(words.dim, inputs);
  const batches = parseBatches(words.batch, inputs, dims, specs.length > 0);
  const situation = await situationOf(invocation);
  const runtime = await openRuntime(situation, context, words);
  try {
    const { subjects, refused } = chooseSubjects(situation, await runtime.explain(), words.backends);
    let feeds: Tensors | undefined;
    if (specs.length > 0) {
      feeds = await loadFeeds(specs, inputs, dims, invocation);
      checkFeeds(inputs, feeds);
    }
    const path = resolve(context.cwd, model);
    const results: BenchmarkResult[] = [];
    const turnedDown: RefusedBackend[] = [...refused];
    for (const batch of batches) {
      for (const { backend, report } of subjects) {
        if (turnedDown.some((one) => one.backend === backend)) continue;
        const on = `${backend}, batch ${batch ?? 'as the model says'}`;
        const measured = await withProgress(`Measuring ${on}`, context, options, () =>
          runtime.calibrate(path, {
            backends: [backend],
            runs,
            freeDimensions: Object.fromEntries(dims),
            options: parseOptions(words.option, report, situation),
            ...(batch === null ? {} : { batch }),
            ...(feeds === undefined ? {} : { feeds }),
            ...(context.signal === undefined ? {} : { signal: context.signal }),
          }),
        ).catch((error: unknown) => {
          // What is remembered of this machine can refuse what the facts alone allow.
          if (!SelectionError.isInstance(error)) throw error;
          turnedDown.push({ backend, ...error.selection.refusal! });
          return { backends: [] };
        });
        const items = batch ?? batchOf(feeds, inputs);
        results.push(...measured.backends.map((one) => resultOf(one, items)));
      }
    }
    const benchmark: Benchmark = {
      schema: 1,
      when: new Date().toISOString(),
      model: summary.path,
      inputs: feeds === undefined ? 'generated' : 'given',
      host: {
        fingerprint: (await runtime.explain()).host.fingerprint,
        cpu: situation.input.host.cpu.model.known ? situation.input.host.cpu.model.value : null,
        node: situation.input.host.node.version,
      },
      results,
      refused: turnedDown,
    };
    if (words.html !== undefined) await writePage(words.html, benchmark, invocation);
    context.stdout.write(
      options.json ? `${JSON.stringify(benchmark, null, 2)}\n` : renderBenchmark(benchmark, invocation),
    );
    if (turnedDown.length > 0) return EXIT_STATUSES.refused.status;
    const whole = results.every(({ problem }) => problem === null);
    return EXIT_STATUSES[whole ? 'ok' : 'execution'].status;
  } finally {
    await runtime.close();
  }
}

async function writePage(
  file: string,
  benchmark: Benchmark,
  { context, options }: Invocation,
): Promise<void> {
  const path = resolve(context.cwd, file);
  try {
    await atomicWrite(path, Buffer.from(benchmarkPage(benchmark)));
  } catch (error) {
    throw new TensorError('output-unwritable', `\`${file}\` could not be written: ${errorText(error)}.`, {
      remedy: 'Name a file in a folder that exists and can be written to.',
      cause: error,
    });
  }
  if (!options.quiet) context.stderr.write(`wrote   ${file}\n`);
}
