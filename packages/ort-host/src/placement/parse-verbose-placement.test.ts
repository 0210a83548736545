import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseVerbosePlacement } from './parse-verbose-placement.ts';

// Recorded by __fixtures__/record-engine-records.ts.
const recorded = readFileSync(new URL('__fixtures__/branch-webgpu.log', import.meta.url), 'utf8');
const line = (text: string): string =>
  `2026-11-22 13:00:00.000000000 [V:onnxruntime:, session_state.cc:1380 VerifyEachNodeIsAssignedToAnEp] ${text}`;

it('counts and lists the nodes of every provider, those in subgraphs included', () => {
  expect(parseVerbosePlacement(recorded)).toEqual({
    providers: [
      { name: 'CPUExecutionProvider', nodes: 1, listed: [{ operator: 'Add', name: 'inner_add' }] },
      {
        name: 'WebGpuExecutionProvider',
        nodes: 4,
        listed: [
          { operator: 'If', name: 'choose' },
          { operator: 'Relu', name: 'inner_relu' },
          { operator: 'MemcpyToHost', name: 'Memcpy' },
          { operator: 'Neg', name: 'inner_neg' },
        ],
      },
    ],
  });
});

it('reads lines between others, and lines that end as on Windows', () => {
  const noise = '[V:onnxruntime:, session_state.cc:186 CreateGraphInfo] Done saving OrtValue mappings.';
  const mixed = recorded
    .split('\n')
    .flatMap((each) => [noise, each])
    .join('\r\n');
  expect(parseVerbosePlacement(mixed)).toEqual(parseVerbosePlacement(recorded));
});

it('has no list where all nodes are on one provider, because the engine writes none', () => {
  const text = [
    line('Node placements'),
    line(' All nodes placed on [CPUExecutionProvider]. Number of nodes: 59'),
  ].join('\n');
  expect(parseVerbosePlacement(text)).toEqual({
    providers: [{ name: 'CPUExecutionProvider', nodes: 59, listed: null }],
  });
});

it('reads names with brackets and spaces, and none', () => {
  const text = [
    line('Node placements'),
    line(' Node(s) placed on [CPUExecutionProvider]. Number of nodes: 2'),
    line('  Gather (/model/take (first) one)'),
    line('  Add ()'),
  ].join('\n');
  expect(parseVerbosePlacement(text)?.providers[0]?.listed).toEqual([
    { operator: 'Gather', name: '/model/take (first) one' },
    { operator: 'Add', name: '' },
  ]);
});

it('reads the last of several sessions', () => {
  const second = [
    line('Node placements'),
    line(' All nodes placed on [CPUExecutionProvider]. Number of nodes: 7'),
  ].join('\n');
  expect(parseVerbosePlacement(`${recorded}${second}`)?.providers).toHaveLength(1);
});

it.each([
  ['nothing', ''],
  ['other lines', 'Warning: something\n[I:onnxruntime] Initializing session.'],
  ['a beginning without nodes', recorded.split('\n')[0]!],
  ['a list that was cut off', recorded.split('\n').slice(0, 6).join('\n')],
  ['counts without a beginning', recorded.split('\n').slice(1).join('\n')],
])('gives null for %s', (_, text) => {
  expect(parseVerbosePlacement(text)).toBeNull();
});
