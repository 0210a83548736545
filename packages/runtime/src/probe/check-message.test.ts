import { describe, expect, it } from 'vitest';
import { checkMessage } from './check-message.ts';

const end = {
  type: 'end',
  level: 'engine',
  device: null,
  status: 'ok',
  reason: null,
  note: 'It was loaded.',
  devices: [{ id: 'a:0', name: 'A', kind: 'gpu', software: false }],
  placement: null,
  durationMs: 1.5,
};
const reason = { code: 'probe-failed', message: 'It did not work.', evidence: [], remedy: null };
const placement = {
  source: 'a test',
  complete: true,
  providers: [{ name: 'A', nodes: 1, timeShare: null }],
  partitions: null,
};

describe('checkMessage', () => {
  it.each([
    { type: 'done' },
    { type: 'memory', residentBytes: 5 },
    { type: 'begin', level: 'model', device: 'a:0' },
    end,
    { ...end, status: 'failed', reason },
    { ...end, placement },
  ])('takes %j', (message) => {
    expect(checkMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    ['not JSON', 'ok'],
    ['no message', 'null'],
    ['no message', '[]'],
    ['the type "ready"', { type: 'ready' }],
    ['no memory', { type: 'memory', residentBytes: 'much' }],
    // The caller's own level: no child may end it.
    ['the level "artifacts"', { ...end, level: 'artifacts' }],
    ['the device 7', { type: 'begin', level: 'model', device: 7 }],
    ['the status "crashed"', { ...end, status: 'crashed' }],
    ['without a note', { ...end, note: ' ' }],
    ['a reason without a failure', { ...end, reason }],
    ['a reason without a failure, or none', { ...end, status: 'failed' }],
    ['reason code "because"', { ...end, status: 'failed', reason: { ...reason, code: 'because' } }],
    ['no message', { ...end, status: 'failed', reason: { ...reason, message: '' } }],
    ['list of devices', { ...end, devices: null }],
    ['software', { ...end, devices: [{ id: 'a:0', name: 'A', kind: 'gpu' }] }],
    ['duration', { ...end, durationMs: null }],
    ['placement', { ...end, placement: {} }],
    [
      'placement',
      { ...end, placement: { ...placement, providers: [{ name: 'A', nodes: 'many', timeShare: null }] } },
    ],
  ])('refuses what has %s', (words, message) => {
    const line = typeof message === 'string' ? message : JSON.stringify(message);
    expect(checkMessage(line)).toEqual(expect.stringContaining(words));
  });
});
