import {
  EngineError,
  ExecutionError,
  makeTensor,
  type PlacementV1,
  type Reason,
  type TrialName,
} from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from './__fixtures__/fake-clock.ts';
import { onDevice, scriptedBackend, type Script } from './__fixtures__/scripted-backend.ts';
import { runTrials } from './run-trials.ts';
import type { RunTrialsRequest, TrialResults } from './trial-types.ts';

const model = { bytes: new Uint8Array(64), name: 'scripted' };

function subject(script: Script) {
  const backend = scriptedBackend(script);
  const device = backend.predicate({} as never).devices[0]!;
  return { backend, device };
}

function trial(
  script: Partial<Script> = {},
  more: Partial<RunTrialsRequest> = {},
  clock: FakeClock = fakeClock(),
): Promise<TrialResults> {
  return runTrials({
    candidate: subject({ id: 'alpha', clock, ...script }),
    reference: subject({ id: 'cpu', clock, runMs: () => 8 }),
    model,
    clock,
    open: (backend, given, context) => backend.doOpen(given, context),
    ...more,
  });
}

const states = ({ trials, notRun }: TrialResults) => ({
  ...Object.fromEntries(trials.map((one) => [one.trial, one.passed ? 'passed' : 'failed'])),
  ...Object.fromEntries(notRun.map((one) => [one.trial, 'not run'])),
});
const failure = ({ trials }: TrialResults): Reason => {
  const failed = trials.find((one) => !one.passed);
  if (failed === undefined || failed.passed) throw new Error('Nothing failed.');
  return failed.reason;
};
const whyNot = ({ notRun }: TrialResults, name: TrialName) => notRun.find((one) => one.trial === name)?.why;

describe('a sound backend', () => {
  it('passes all three, at two batch sizes, with figures that say so', async () => {
    const results = await trial();
    expect(states(results)).toEqual({ placement: 'passed', parity: 'passed', speed: 'passed' });
    expect(results.figures).toMatchObject({
      inputs: 'generated',
      cases: [
        { label: 'batch 1', shapes: { x: [1, 4] } },
        { label: 'batch 3', shapes: { x: [3, 4] } },
      ],
      openMs: { candidate: 100, reference: 100 },
      firstRunMs: 2,
      share: { nodes: { device: 10, counted: 10 }, timeShare: 1 },
      speed: { ratio: 0.25, candidate: { median: 2 }, reference: { median: 8 } },
    });
    expect(results.figures.parity!.map((one) => one.outputs[0])).toMatchObject([
      { output: 'y', agrees: true, maxAbsoluteError: 0 },
      { output: 'y', agrees: true, maxAbsoluteError: 0 },
    ]);
    expect(results.trials.every((one) => one.when === '2026-11-22T00:00:00.000Z')).toBe(true);
  });

  it('opening and compiling are reported and never counted', async () => {
    const slow = await trial({ openMs: 90_000, runMs: (run) => (run === 1 ? 20_000 : 2) });
    expect(states(slow)).toMatchObject({ speed: 'passed' });
    expect(slow.figures).toMatchObject({
      openMs: { candidate: 90_000 },
      firstRunMs: 20_000,
      speed: { ratio: 0.25 },
    });
  });

  it('is tried on the inputs of the caller, and on a larger batch of them', async () => {
    const x = makeTensor('float32', [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
    const { figures } = await trial({}, { feeds: { x } });
    expect(figures.inputs).toBe('given');
    expect(figures.cases.map((one) => one.shapes)).toEqual([{ x: [2, 4] }, { x: [3, 4] }]);
  });

  it('rounding errors within the tolerance are agreement, and are recorded', async () => {
    const results = await trial({ change: (value) => value * 1.0005 });
    expect(states(results)).toMatchObject({ parity: 'passed' });
    expect(results.figures.parity![0]!.outputs[0]!.maxRelativeError).toBeCloseTo(0.0005, 5);
  });

  it('only the trials that are asked for run', async () => {
    const placed = await trial({}, { trials: ['placement'] });
    expect(states(placed)).toEqual({ placement: 'passed' });
    expect(placed.figures).toMatchObject({ parity: null, speed: null });
  });
});

describe('placement', () => {
  const placement = (placed: PlacementV1) => trial({ placement: placed });

  it.each([
    ['no node on the device', onDevice('alpha', 0, null), /not running there: 0 of 10 nodes/],
    [
      'a tenth of the time on the device',
      onDevice('alpha', 9, 0.1),
      /9 of 10 nodes and 10 % of the time .*at least 50 % of the time/,
    ],
    [
      'three of ten nodes, time unknown',
      onDevice('alpha', 3, null),
      /3 of 10 nodes .*at least 50 % of the nodes/,
    ],
  ])('%s fails', async (_name, placed, text) => {
    const results = await placement(placed);
    expect(states(results)).toEqual({ placement: 'failed', parity: 'not run', speed: 'not run' });
    expect(failure(results)).toMatchObject({
      code: 'trial-placement',
      remedy: expect.stringContaining('--backend alpha'),
    });
    expect(failure(results).message).toMatch(text);
  });

  it('shape operators on the CPU do not count against the share of nodes', async () => {
    const placed = onDevice('alpha', 3, null, 0);
    const host = { name: 'CPUExecutionProvider', nodes: 8, timeShare: null };
    const shapes = {
      ...placed,
      providers: [...placed.providers, { ...host, operators: { Shape: 4, Gather: 3, Conv: 1 } }],
    };
    expect(states(await placement(shapes))).toMatchObject({ placement: 'passed' });
    const convolutions = { ...placed, providers: [...placed.providers, { ...host, operators: { Conv: 8 } }] };
    expect(states(await placement(convolutions))).toMatchObject({ placement: 'failed' });
    const strict = await trial(
      { placement: shapes },
      { policy: { placement: { allowHostShapeOps: false } } },
    );
    expect(states(strict)).toMatchObject({ placement: 'failed' });
  });

  it.each([
    [
      'nothing is known',
      {
        source: 'EXECUTION_DEVICES only',
        complete: false,
        partitions: null,
        providers: [{ name: 'GPU', nodes: null, timeShare: null }],
      },
    ],
    ['nodes are missing from the record', { ...onDevice('alpha', 10, null), complete: false }],
    ['there is no record', { source: 'none', complete: true, partitions: null, providers: [] }],
  ])('is never passed where %s', async (_name, placed) => {
    const results = await placement(placed);
    expect(states(results)).toEqual({ placement: 'not run', parity: 'passed', speed: 'passed' });
    expect(whyNot(results, 'placement')).toMatch(/does not (tell|account)/);
  });
});

describe('parity', () => {
  it.each([
    [
      'finite wrong numbers',
      { change: (value: number) => value * 1.05 },
      /With batch 1: .*`y` differs in 4 of 4 elements.*0\.05 relative/,
    ],
    [
      'wrong only for batch > 1',
      { change: (value: number, { row }: { row: number }) => (row > 0 ? 0 : value) },
      /With batch 3: .*`y` differs in 8 of 12 elements, first in element 4/,
    ],
    ['NaN', { change: () => Number.NaN }, /with NaN against/],
    [
      'an infinity',
      { change: (value: number, { index }: { index: number }) => (index === 2 ? Infinity : value) },
      /1 of 4 elements, first in element 2 with Infinity/,
    ],
    [
      'an error',
      { throws: new ExecutionError('run-failed', 'The kernel is missing.', { backend: 'alpha' }) },
      /failed with batch 1, on inputs that the CPU runs: The kernel is missing/,
    ],
    [
      'an error for batch > 1 only',
      { throwsAboveOne: new Error('batch too large') },
      /failed with batch 3.*batch too large/,
    ],
  ] as const)('%s fails', async (_name, script, text) => {
    const results = await trial(script);
    expect(states(results)).toEqual({ placement: 'passed', parity: 'failed', speed: 'not run' });
    expect(failure(results).code).toBe('trial-parity');
    expect(failure(results).message).toMatch(text);
  });

  it.each([
    ['has nothing finite to say', { change: () => Number.NaN }, /no finite element/],
    ['contradicts itself', { change: (value: number) => value + (calls += 1) }, /does not agree with itself/],
  ])('is not run where the reference %s', async (_name, script, text) => {
    const clock = fakeClock();
    const reference = subject({ id: 'cpu', clock, ...script });
    const results = await trial({}, { reference }, clock);
    expect(states(results)).toMatchObject({ parity: 'not run' });
    expect(whyNot(results, 'parity')).toMatch(text);
  });
});
let calls = 0;

describe('speed', () => {
  it('three times slower fails with the medians', async () => {
    const results = await trial({ runMs: () => 24 });
    expect(states(results)).toEqual({ placement: 'passed', parity: 'passed', speed: 'failed' });
    expect(failure(results)).toMatchObject({ code: 'trial-speed' });
    expect(failure(results).message).toMatch(/3 times the CPU.*median 24 ms .*on the CPU 8 ms/);
  });

  it.each([
    ['just within the margin', () => 8.4, 'passed'],
    ['just beyond it, without noise', () => 8.5, 'failed'],
    ['beyond it, in noise that overlaps', (run: number) => (run % 2 === 1 ? 20 : 7.9), 'not run'],
  ])('%s', async (_name, runMs, state) => {
    expect(states(await trial({ runMs }))).toMatchObject({ speed: state });
  });

  it('is not run where the clock is too coarse', async () => {
    const clock = fakeClock();
    const reference = subject({ id: 'cpu', clock, runMs: () => 0 });
    const results = await trial({ runMs: () => 0 }, { reference }, clock);
    expect(whyNot(results, 'speed')).toMatch(/too short for the clock/);
  });

  it('a warm run that does not end is a measurement', async () => {
    // Two runs for parity, two to warm up, and then one round.
    const results = await trial({ hangsAt: 6 });
    expect(states(results)).toMatchObject({ speed: 'failed' });
    expect(failure(results).message).toMatch(/had not ended after 1e?[0-9+]*.* ms; the CPU takes 8 ms/);
  });
});

describe('the budget', () => {
  it.each([
    [
      'opening hangs',
      { hangsOpening: true },
      /120 s for all trials were spent during the opening on alpha device/,
    ],
    ['the first run hangs', { hangsAt: 1 }, /spent during its run with batch 1/],
    [
      'the first run is interrupted',
      { hangsAt: 1, interruptible: true },
      /spent during its run with batch 1/,
    ],
  ])('%s: not run, with the reason', async (_name, script, text) => {
    const results = await trial(script);
    expect(results.trials.filter((one) => !one.passed)).toEqual([]);
    expect(whyNot(results, 'parity')).toMatch(text);
    expect(whyNot(results, 'speed')).toMatch(text);
  });

  it('a model that is too large is not opened at all', async () => {
    const clock = fakeClock();
    const candidate = subject({ id: 'alpha', clock });
    const results = await trial({}, { candidate, policy: { budget: { bytes: 100 } } }, clock);
    expect(states(results)).toEqual({ placement: 'not run', parity: 'not run', speed: 'not run' });
    expect(whyNot(results, 'speed')).toMatch(/at least 128 bytes, more than the 100/);
    expect(candidate.backend.calls.doOpen).toEqual([]);
  });

  it('a session that takes too much memory ends the trials', async () => {
    const results = await trial({}, { residentBytes: () => Promise.resolve(2 ** 40) });
    expect(states(results)).toEqual({ placement: 'passed', parity: 'passed', speed: 'not run' });
    expect(whyNot(results, 'speed')).toMatch(/1099511627776 bytes of memory/);
  });

  it('the caller can give up', async () => {
    const given = new AbortController();
    const ending = trial({ hangsOpening: true }, { signal: given.signal });
    given.abort(new Error('enough'));
    await expect(ending).rejects.toMatchObject({ code: 'aborted' });
  });

  it('a run that the caller interrupted says nothing about the backend', async () => {
    const given = new AbortController();
    const ending = trial(
      { hangsAt: 1, interruptible: true },
      {
        signal: given.signal,
        onProgress: (phase) => {
          if (phase === 'trials: parity') queueMicrotask(() => given.abort());
        },
      },
    );
    await expect(ending).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('opening', () => {
  const reason: Reason = { code: 'probe-failed', message: 'The driver said no.', evidence: [], remedy: null };

  it('a refusal fails the first trial that was asked for', async () => {
    const refuses = new EngineError({ backend: 'alpha', reason });
    expect(failure(await trial({ refuses }))).toMatchObject({
      code: 'trial-placement',
      message: expect.stringContaining('The driver said no.'),
    });
    expect(failure(await trial({ refuses }, { trials: ['speed'] })).code).toBe('trial-speed');
  });

  it('a session on another device than the one asked for fails', async () => {
    const reason = failure(await trial({ onAnotherDevice: true }));
    expect(reason).toMatchObject({
      code: 'trial-placement',
      message: expect.stringContaining('`alpha:0` was asked for, but the session is on `alpha:1`'),
    });
  });

  it('running out of time proves nothing', async () => {
    const refuses = new EngineError({ backend: 'alpha', reason: { ...reason, code: 'probe-timeout' } });
    expect(states(await trial({ refuses }))).toEqual({
      placement: 'not run',
      parity: 'not run',
      speed: 'not run',
    });
  });

  it('a reference that cannot open the model leaves everything open', async () => {
    const clock = fakeClock();
    const reference = subject({ id: 'cpu', clock, refuses: new Error('no such operator') });
    const results = await trial({}, { reference }, clock);
    expect(whyNot(results, 'placement')).toMatch(/CPU.* does not open the model: no such operator/);
  });

  it('inputs that do not fit leave everything open', async () => {
    const feeds = { x: makeTensor('float32', [1, 5], [1, 2, 3, 4, 5]) };
    expect(whyNot(await trial({}, { feeds }), 'parity')).toMatch(/do not fit the model/);
  });
});
