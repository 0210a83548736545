import { describe, expect, it } from 'vitest';
import { ANOTHER_LOGGER, NOTHING, OLDER, PARTIAL, WHOLE } from './__fixtures__/coreml-logs.ts';
import { describePlacement } from './describe-placement.ts';
import { parseCoremlCapability } from './parse-coreml-capability.ts';
import { parseVerbosePlacement } from './parse-verbose-placement.ts';

const PROVIDERS = ['CoreMLExecutionProvider', 'CPUExecutionProvider'];

describe('the line about CoreML', () => {
  it.each([
    ['of 1.16', OLDER, { partitions: 114, nodes: 607, supported: 387 }],
    ['about nothing', NOTHING, { partitions: 0, nodes: 794, supported: 0 }],
    ['of another logger', ANOTHER_LOGGER[0]!, { partitions: 64, nodes: 1799, supported: 262 }],
    ['of another one after it', ANOTHER_LOGGER[2]!, { partitions: 2, nodes: 5, supported: 4 }],
    ['between others', ANOTHER_LOGGER[1]!, null],
    ['that is cut off', OLDER.slice(0, -20), null],
    ['whose counts contradict each other', OLDER.replace('CoreML: 387', 'CoreML: 608'), null],
    ['with more parts than nodes', OLDER.replace('CoreML: 114', 'CoreML: 388'), null],
  ])('%s', (_, line, expected) => {
    expect(parseCoremlCapability(line)).toEqual(expected);
  });
});

describe('the log of a session on CoreML', () => {
  it('has what CoreML took, graph by graph', () => {
    expect(parseVerbosePlacement(PARTIAL)?.coreml).toEqual([{ partitions: 14, nodes: 226, supported: 212 }]);
    const body = OLDER;
    expect(parseVerbosePlacement(`${body}\n${PARTIAL}`)?.coreml).toHaveLength(2);
    expect(parseVerbosePlacement(`${PARTIAL}\n${WHOLE}`)?.coreml).toEqual([
      { partitions: 1, nodes: 312, supported: 312 },
    ]);
  });

  it('counts the nodes that CoreML took and not the parts that they became', () => {
    const placement = parseVerbosePlacement(PARTIAL)!;
    const described = describePlacement({
      executionProviders: PROVIDERS,
      log: { ok: true, placement },
      profile: null,
    });
    expect(described).toMatchObject({
      complete: true,
      partitions: 14,
      providers: [
        { name: 'CoreMLExecutionProvider', nodes: 212, timeShare: null },
        { name: 'CPUExecutionProvider', nodes: 14, operators: { Pad: 14 } },
      ],
    });
    expect(described.providers[0]).not.toHaveProperty('operators');
    expect(described.source).toContain(
      'CoreML took 212 of 226 nodes in 14 parts; each part is one node of the engine.',
    );
  });

  it('is one part where CoreML took everything', () => {
    const placement = parseVerbosePlacement(WHOLE)!;
    const described = describePlacement({
      executionProviders: PROVIDERS,
      log: { ok: true, placement },
      profile: null,
    });
    expect(described).toMatchObject({
      partitions: 1,
      providers: [
        { name: 'CoreMLExecutionProvider', nodes: 312 },
        { name: 'CPUExecutionProvider', nodes: 0 },
      ],
    });
    expect(described.source).toContain('CoreML took 312 of 312 nodes in 1 part; each part');
  });
});
