import { byteLength, checkFeeds, errorText, type BackendSessionV1, type Tensors } from '@switchyard/core';
import { compareTensors } from './compare-tensors.ts';
import { freeDimensionsOf, generateFeeds, type FeedHints } from './generate-feeds.ts';
import { resizeFeeds } from './resize-feeds.ts';
import { GivenUp, TimeSpent, type TimeBudget } from './time-budget.ts';
import type { TrialPolicy } from './trial-policy.ts';

/** Inputs with what the reference makes of them. */
export interface TrialCase {
  /** `batch 1`, `the caller's own inputs`. */
  readonly label: string;
  readonly feeds: Tensors;
  readonly expected: Tensors;
}

export type PreparedCases =
  | {
      readonly ok: true;
      /** One or two; the first is the one that speed is measured on. */
      readonly cases: readonly TrialCase[];
      /** What the reader should know: why there is only one case. */
      readonly notes: readonly string[];
      /** Why results cannot be compared, or `null`. */
      readonly incomparable: string | null;
    }
  | { readonly ok: false; readonly why: string };

export interface PrepareRequest {
  readonly feeds: Tensors | undefined;
  readonly hints: FeedHints | undefined;
  readonly freeDimensions: Readonly<Record<string, number>> | undefined;
  readonly policy: TrialPolicy;
  /** Whether results will be compared, for which more is prepared. */
  readonly compare: boolean;
}

/** Sizes of free dimensions, in the order in which they are tried until the reference takes one. */
export const FREE_SIZES: readonly { readonly freeSize?: number; readonly unnamedAreBatch?: boolean }[] = [
  {},
  { unnamedAreBatch: true },
  { freeSize: 1 },
  { freeSize: 1, unnamedAreBatch: true },
  { freeSize: 256 },
  { freeSize: 256, unnamedAreBatch: true },
  { freeSize: 512 },
  { freeSize: 512, unnamedAreBatch: true },
];

/** Finds inputs that the reference runs on, in two batch sizes or shapes where the model has free dimensions. */
export async function prepareCases(
  session: BackendSessionV1,
  request: PrepareRequest,
  budget: TimeBudget,
): Promise<PreparedCases> {
  const run = (feeds: Tensors): Promise<Tensors> =>
    budget.spend('a run on the CPU', () => session.doRun(feeds, { signal: budget.signal }));
  const first = await firstCase(session, request, run);
  if (!first.ok) return first;
  const cases = [first.value];
  const notes: string[] = [];
  let incomparable: string | null = null;
  if (request.compare) {
    const again = await run(first.value.feeds);
    incomparable = incomparableOutputs(first.value.expected, again, request.policy);
    const seconds = secondFeeds(session, request, first);
    if (seconds.length === 0)
      notes.push('The model has no free dimension, so there is only one shape to try.');
    const refused: string[] = [];
    for (const second of seconds) {
      const result = await attempt(run, second.feeds);
      if (result.ok) {
        cases.push({ ...second, expected: result.outputs });
        break;
      }
      refused.push(`Only one shape was tried, because the CPU refuses ${second.label}: ${result.why}`);
    }
    if (cases.length === 1) notes.push(...refused.slice(0, 1));
  }
  return { ok: true, cases, notes, incomparable };
}

type Run = (feeds: Tensors) => Promise<Tensors>;
type Size = (typeof FREE_SIZES)[number];
interface FirstCase {
  readonly ok: true;
  readonly value: TrialCase;
  /** How free dimensions were chosen; `null` for the caller's own inputs. */
  readonly size: Size | null;
}

async function firstCase(
  session: BackendSessionV1,
  { feeds, ...request }: PrepareRequest,
  run: Run,
): Promise<FirstCase | { readonly ok: false; readonly why: string }> {
  if (feeds !== undefined) {
    try {
      checkFeeds(session.inputs, feeds);
    } catch (error) {
      return { ok: false, why: `The inputs that were given do not fit the model: ${errorText(error)}` };
    }
    const result = await attempt(run, feeds);
    if (!result.ok) return { ok: false, why: `The CPU fails on the inputs that were given: ${result.why}` };
    return {
      ok: true,
      value: { label: "the caller's own inputs", feeds, expected: result.outputs },
      size: null,
    };
  }
  const refused: string[] = [];
  const free = freeDimensionsOf(session.inputs).any;
  for (const size of free ? FREE_SIZES : FREE_SIZES.slice(0, 1)) {
    const generated = generateFeeds(generation(session, request, size, 1));
    if (!generated.ok) return generated;
    const result = await attempt(run, generated.feeds);
    if (result.ok) {
      return {
        ok: true,
        value: { label: 'batch 1', feeds: generated.feeds, expected: result.outputs },
        size,
      };
    }
    refused.push(result.why);
  }
  return {
    ok: false,
    why: `The CPU takes none of the inputs that were made up; with real inputs it may: ${refused[0]}`,
  };
}

function secondFeeds(
  session: BackendSessionV1,
  request: PrepareRequest,
  first: FirstCase,
): readonly Pick<TrialCase, 'label' | 'feeds'>[] {
  if (first.size === null) {
    const label = "the caller's own inputs in another batch size";
    return [false, true].flatMap((unnamedAreBatch) => {
      const resized = resizeFeeds(session.inputs, first.value.feeds, { other: [3, 1], unnamedAreBatch });
      return resized === null ? [] : [{ label, feeds: resized }];
    });
  }
  const free = freeDimensionsOf(session.inputs);
  if (!free.any) return [];
  const size = free.batch ? first.size : { ...first.size, freeSize: (first.size.freeSize ?? 16) + 8 };
  const generated = generateFeeds(generation(session, request, size, free.batch ? 3 : 1));
  return generated.ok ? [{ label: free.batch ? 'batch 3' : 'another shape', feeds: generated.feeds }] : [];
}

function generation(
  { inputs }: BackendSessionV1,
  { hints, freeDimensions, policy }: Omit<PrepareRequest, 'feeds'>,
  size: Size,
  batch: number,
): Parameters<typeof generateFeeds>[0] {
  return {
    inputs,
    ...size,
    batch,
    seed: batch,
    maximumBytes: Math.floor(policy.budget.bytes / 8),
    ...(hints === undefined ? {} : { hints }),
    ...(freeDimensions === undefined ? {} : { freeDimensions }),
  };
}

async function attempt(
  run: Run,
  feeds: Tensors,
): Promise<{ readonly ok: true; readonly outputs: Tensors } | { readonly ok: false; readonly why: string }> {
  try {
    return { ok: true, outputs: await run(feeds) };
  } catch (error) {
    if (error instanceof TimeSpent || error instanceof GivenUp) throw error;
    return { ok: false, why: errorText(error) };
  }
}

function incomparableOutputs(expected: Tensors, again: Tensors, policy: TrialPolicy): string | null {
  const comparisons = Object.entries(expected).map(([name, tensor]) =>
    compareTensors(name, tensor, again[name], policy.parity.tolerances),
  );
  const different = comparisons.find((comparison) => !comparison.agrees);
  if (different !== undefined) {
    return `The CPU does not agree with itself when it runs twice on the same inputs. ${different.problem}`;
  }
  if (comparisons.some((comparison) => comparison.comparable > 0)) return null;
  return 'The CPU gives no finite element on these inputs, so there is nothing to compare with.';
}

/** Bytes that tensors take; strings count eight each. */
export function bytesOf(...all: readonly Tensors[]): number {
  return all
    .flatMap((tensors) => Object.values(tensors))
    .reduce(
      (sum, tensor) =>
        sum + (tensor.dtype === 'string' ? byteLength('uint64', tensor.shape) : tensor.bytes.byteLength),
      0,
    );
}
