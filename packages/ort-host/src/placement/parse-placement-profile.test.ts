import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unionLength, withoutParts } from './intervals.ts';
import { parsePlacementProfile } from './parse-placement-profile.ts';

// Recorded by __fixtures__/record-engine-records.ts: one branch of an `If`, run twice, with one node forced to the CPU.
const recorded = readFileSync(new URL('__fixtures__/branch-webgpu-profile.json', import.meta.url), 'utf8');

interface Made {
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly provider?: string;
  readonly operator?: string;
  readonly index?: string;
  readonly cat?: string;
}

function profile(events: readonly Made[]): string {
  return JSON.stringify(
    events.map(({ name, ts, dur, provider, operator, index = '0', cat = 'Node' }) => ({
      cat,
      name,
      ts,
      dur,
      tid: cat === 'Api' ? -1 : 1,
      args: provider === undefined ? {} : { provider, op_name: operator, node_index: index },
    })),
  );
}

const node = (operator: string, ts: number, dur: number, provider = 'CPU', index = '0'): Made => ({
  name: `${operator}_${index}_kernel_time`,
  ts,
  dur,
  provider: `${provider}ExecutionProvider`,
  operator,
  index,
});
const run = (ts: number, dur: number): Made => ({ name: 'model_run', ts, dur, cat: 'Session' });
const time = (text: string): unknown =>
  Object.fromEntries(parsePlacementProfile(text)!.providers.map((each) => [each.name, each.time]));

it('reads the last run: nodes and operators of each provider, those in subgraphs included', () => {
  const found = parsePlacementProfile(recorded)!;
  expect(found.providers).toEqual([
    {
      name: 'WebGpuExecutionProvider',
      nodes: 3,
      operators: { If: 1, MemcpyToHost: 1, Relu: 1 },
      time: expect.any(Number),
    },
    { name: 'CPUExecutionProvider', nodes: 1, operators: { Add: 1 }, time: expect.any(Number) },
  ]);
  expect(found.providers.every((each) => each.time > 0)).toBe(true);
  // The branch, then the node on the CPU: the `If` itself began before both.
  expect(found.stretches).toBe(2);
});

it('counts a node in a loop once, and its time every time', () => {
  const text = profile([node('Add', 11, 5), node('Add', 21, 5), node('Loop', 10, 20), run(0, 100)]);
  expect(parsePlacementProfile(text)!.providers).toEqual([
    { name: 'CPUExecutionProvider', nodes: 2, operators: { Add: 1, Loop: 1 }, time: 20 },
  ]);
});

it('gives a node that runs others only what is left', () => {
  const text = profile([node('Add', 12, 6, 'CPU'), node('If', 10, 10, 'WebGpu'), run(0, 100)]);
  expect(time(text)).toEqual({ CPUExecutionProvider: 6, WebGpuExecutionProvider: 4 });
});

it('tells unnamed nodes of two subgraphs apart', () => {
  const text = profile([
    node('Add', 11, 2),
    node('If', 10, 5, 'CPU', '0'),
    node('Add', 21, 2),
    node('If', 20, 5, 'CPU', '1'),
    run(0, 100),
  ]);
  expect(parsePlacementProfile(text)!.providers[0]).toMatchObject({ operators: { Add: 2, If: 2 } });
});

it('counts what a device did beside the calling thread, and nothing twice', () => {
  const program = (ts: number, dur: number): Made => ({ name: 'a&Conv&MatMul', ts, dur, cat: 'Api' });
  const text = profile([
    node('Conv', 10, 10, 'WebGpu'),
    node('Gather', 30, 10),
    run(0, 100),
    program(15, 10),
    program(50, 20),
    program(200, 50),
  ]);
  expect(time(text)).toEqual({ WebGpuExecutionProvider: 35, CPUExecutionProvider: 10 });
});

it('counts stretches on one provider', () => {
  const text = profile([
    node('Conv', 10, 1, 'WebGpu'),
    node('Relu', 20, 1, 'WebGpu'),
    node('Gather', 30, 1),
    node('Conv', 40, 1, 'WebGpu', '1'),
    run(0, 100),
  ]);
  expect(parsePlacementProfile(text)!.stretches).toBe(3);
});

it.each([
  ['no run', profile([node('Add', 1, 1)]), null],
  ['nothing', '[]', null],
  ['other values', '[null, 1, "x", {}, {"cat": "Node"}]', null],
  ['a run without nodes', profile([run(0, 10)]), { providers: [], stretches: 0 }],
])('%s', (_, text, expected) => {
  expect(parsePlacementProfile(text)).toEqual(expected);
});

it('refuses half a profile', () => {
  expect(() => parsePlacementProfile(recorded.slice(0, -50))).toThrow(SyntaxError);
});

describe('intervals', () => {
  it('unites', () => {
    expect(unionLength([])).toBe(0);
    expect(
      unionLength([
        { start: 5, end: 7 },
        { start: 0, end: 4 },
        { start: 1, end: 2 },
        { start: 3, end: 6 },
      ]),
    ).toBe(7);
  });

  it('takes parts out', () => {
    const whole = { start: 0, end: 10 };
    expect(
      withoutParts(whole, [
        { start: 6, end: 8 },
        { start: 0, end: 2 },
        { start: 7, end: 9 },
      ]),
    ).toEqual([
      { start: 2, end: 6 },
      { start: 9, end: 10 },
    ]);
    expect(withoutParts(whole, [])).toEqual([whole]);
    expect(withoutParts(whole, [whole])).toEqual([]);
  });
});
