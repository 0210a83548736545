import { describe, expect, it } from 'vitest';
import { fakeClock } from './__fixtures__/fake-clock.ts';
import { scriptedBackend, type Script } from './__fixtures__/scripted-backend.ts';
import { calibrate, type CalibrateRequest } from './calibrate.ts';
import type { TrialSubject } from './trial-types.ts';

const clock = fakeClock();
const model = { bytes: new Uint8Array(8), name: 'scripted' };

function subject(script: Omit<Script, 'clock'>): TrialSubject {
  const backend = scriptedBackend({ clock, ...script });
  return { backend, device: backend.predicate({} as never).devices[0]! };
}
const measure = (subjects: readonly TrialSubject[], more: Partial<CalibrateRequest> = {}) =>
  calibrate({
    model,
    subjects,
    clock,
    open: (backend, given, context) => backend.doOpen(given, context),
    ...more,
  });

describe('calibration', () => {
  it('measures every backend, compiling apart', async () => {
    let opens = 0;
    const alpha = subject({ id: 'alpha', runMs: (run) => (run === 1 ? 50 : run === 2 ? 30 : 10) });
    const result = await measure([alpha, subject({ id: 'cpu', runMs: () => 8 })], {
      runs: 20,
      open: (backend, given, context) => {
        // The first opening compiles, the second finds the result.
        if (backend.manifest.id === 'alpha' && (opens += 1) === 1) clock.advance(5000);
        return backend.doOpen(given, context);
      },
      residentBytes: (session) => Promise.resolve(session.device.id === 'cpu' ? null : 1234),
    });
    expect(result).toMatchObject({ schema: 1, model: 'scripted', inputs: 'generated' });
    expect(result.backends).toMatchObject([
      {
        backend: 'alpha',
        problem: null,
        coldOpenMs: 5100,
        reopenMs: 100,
        firstRunMs: 50,
        runs: 20,
        p50Ms: 10,
        p95Ms: expect.closeTo(11, 9),
        residentBytes: { known: true, value: 1234 },
        executionProviders: ['alphaExecutionProvider'],
        placement: { complete: true },
      },
      {
        backend: 'cpu',
        p50Ms: 8,
        residentBytes: { known: false, why: 'The process of the session does not report its memory.' },
      },
    ]);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('one that fails or hangs keeps the figures it has, and the others are measured', async () => {
    const result = await measure([
      subject({ id: 'broken', refuses: new Error('no driver') }),
      subject({ id: 'failing', throws: new Error('no kernel') }),
      subject({ id: 'hanging', hangsAt: 4 }),
      subject({ id: 'cpu' }),
    ]);
    expect(result.backends).toMatchObject([
      { problem: 'no driver', coldOpenMs: null, runs: 0 },
      { problem: 'no kernel', coldOpenMs: 100, reopenMs: 100, firstRunMs: null },
      {
        problem: 'The 120 s for one backend were spent during run 3 of 30.',
        firstRunMs: 2,
        runs: 2,
        p50Ms: 2,
      },
      { problem: null, runs: 30 },
    ]);
  });

  it('is kept where it is asked for', async () => {
    const written: unknown[] = [];
    const store = { read: async () => null, write: async (...entry: unknown[]) => written.push(entry) > 0 };
    const result = await measure([subject({ id: 'cpu' })], { keep: { store, key: 'model and machine' } });
    expect(written).toEqual([['calibration', 'model and machine', result]]);
  });

  it('the caller can give up', async () => {
    await expect(measure([subject({ id: 'cpu' })], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});
