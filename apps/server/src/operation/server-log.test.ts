import { describe, expect, it } from 'vitest';
import type { InferenceRecord } from './observer.ts';
import { createServerLog, type ServerLogOptions } from './server-log.ts';

function logOf(options: Partial<ServerLogOptions> = {}) {
  const lines: string[] = [];
  const log = createServerLog({
    format: 'json',
    level: 'info',
    write: (line) => lines.push(line),
    now: () => 0,
    ...options,
  });
  const change = (changes: Readonly<Record<string, boolean | number>>): void =>
    log.hooks.apply({ ...log.hooks.initial, ...changes });
  return {
    log,
    lines,
    change,
    documents: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const record: InferenceRecord = {
  protocol: 'rest',
  requestId: 'r1',
  model: 'm',
  version: '1',
  failure: null,
  error: '',
  rows: 1,
  batchSize: 4,
  cached: null,
  totalNs: 2e6,
  times: { queueNs: 1e6, inputNs: 0, inferNs: 5e5, outputNs: 0 },
  truth: null,
};

describe('the log', () => {
  it('tells what the server could not do, and what clients do only when asked to', () => {
    const { log, documents, change } = logOf();
    log.observer.inference(record);
    log.observer.inference({ ...record, failure: 'OTHER', error: 'wrong shape' });
    expect(documents()).toEqual([]);
    log.observer.inference({ ...record, failure: 'BACKEND', error: 'it ended' });
    expect(documents()).toMatchObject([
      { level: 'error', requestId: 'r1', model: 'm', error: 'it ended', queueMs: 1 },
    ]);
    change({ log_verbose_level: 1 });
    log.observer.inference(record);
    log.observer.inference({ ...record, failure: 'CANCELED', error: 'gone' });
    expect(documents().slice(1)).toMatchObject([
      { msg: 'answered' },
      { msg: 'not answered', failure: 'CANCELED' },
    ]);
  });

  it.each(['json', 'text'] as const)('keeps what a client sends on one line, as %s', (format) => {
    const { log, lines } = logOf({ format });
    const evil = 'x\n{"level":"error","msg":"forged"}\r\u001b[2J\u0085\u2028\u202e';
    log.observer.inference({ ...record, requestId: evil, model: evil, failure: 'REJECTED', error: evil });
    log.warn(evil);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line.endsWith('\n')).toBe(true);
      expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
    expect(lines[0]).toContain('u{1b}');
  });

  it('does not turn overload into a flood of lines, and tells how many it left out', () => {
    let now = 0;
    const { log, documents } = logOf({ now: () => now });
    for (let index = 0; index < 1000; index += 1) {
      log.observer.inference({ ...record, failure: 'REJECTED', error: 'full' });
    }
    expect(documents()).toHaveLength(10);
    now = 1000;
    log.observer.inference({ ...record, failure: 'REJECTED', error: 'full' });
    expect(documents().at(-1)).toMatchObject({ notShown: 990 });
  });

  it('cuts a text that is too long', () => {
    const { log, lines } = logOf();
    log.warn('m', { error: 'x'.repeat(100_000) });
    expect(lines[0]!.length).toBeLessThan(1500);
  });

  it('begins at a level and changes while it runs', () => {
    const { log, documents, change } = logOf({ level: 'warn' });
    log.info('quiet');
    expect(log.hooks.initial).toEqual({
      log_error: true,
      log_warning: true,
      log_info: false,
      log_verbose_level: 0,
    });
    change({ log_info: true, log_warning: false });
    log.info('heard');
    log.warn('unheard');
    expect(documents()).toMatchObject([
      { level: 'info', msg: 'heard', time: expect.stringMatching(/^\d{4}-/) as string },
    ]);
  });

  it('says where a model runs, and warns when something was replaced', () => {
    const { log, documents } = logOf();
    const truth = {
      backend: 'cpu',
      device: { id: 'cpu', name: 'CPU', kind: 'cpu', software: false },
      executionProviders: ['CPUExecutionProvider'],
      fallback: null,
      reason: 'It is the only one.',
    } as const;
    log.observer.model({ kind: 'ready', model: 'm', version: '1', truth, seconds: 0.5 });
    log.observer.model({
      kind: 'ready',
      model: 'm',
      version: '2',
      truth: { ...truth, fallback: 'cuda failed.' },
      seconds: 1,
    });
    log.observer.model({ kind: 'load-failed', model: 'n', version: '1', reason: 'It is no model.' });
    expect(documents()).toMatchObject([
      { level: 'info', backend: 'cpu', device: 'cpu', provider: 'CPUExecutionProvider' },
      { level: 'warn', fallback: 'cuda failed.' },
      { level: 'error', reason: 'It is no model.' },
    ]);
  });
});
