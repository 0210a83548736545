import { Writable } from 'node:stream';
import {
  EngineError,
  ERROR_CODES,
  ExecutionError,
  ModelError,
  RegistrationError,
  SelectionError,
  SettingsError,
  SwitchyardError,
  TensorError,
  type ReasonCode,
  type SelectionReport,
} from '@switchyard/core';
import { OnnxFileError } from '@switchyard/onnx';
import { describe, expect, it } from 'vitest';
import type { CliContext } from './cli-context.ts';
import { reportError } from './report-error.ts';
import { UsageError } from './usage-error.ts';

function report(error: unknown, json = false, environment: Readonly<Record<string, string>> = {}) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const context = {
    environment,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  } as unknown as CliContext;
  return { status: reportError(error, context, json, false), ...written };
}

function refusal(code: ReasonCode): SelectionError {
  return new SelectionError({
    refusal: { code, message: 'No.', remedy: 'Yes.' },
  } as unknown as SelectionReport);
}

const reason = { code: 'probe-failed', message: 'No.', evidence: [], remedy: null } as const;

describe('reportError', () => {
  it.each([
    [new UsageError('No.', 'Yes.'), 2],
    [new SettingsError('invalid-value', 'No.', { source: 'x' }), 2],
    [new SettingsError('config-malformed', 'No.', { source: 'x' }), 2],
    [new SettingsError('host-facts-invalid', 'No.', { source: 'x' }), 2],
    [refusal('conflict'), 2],
    [refusal('invalid-value'), 2],
    [refusal('unknown-backend'), 2],
    [refusal('hardware-absent'), 3],
    [refusal('fallback-refused'), 3],
    [new ModelError('model-invalid', 'No.', { model: 'x' }), 4],
    [new OnnxFileError({ code: 'model-empty', path: 'x', message: 'No.' }), 4],
    [new TensorError('output-unwritable', 'No.'), 4],
    [new ExecutionError('run-failed', 'No.', { backend: 'cpu' }), 5],
    [new EngineError({ backend: 'cpu', reason }), 5],
    [new ExecutionError('aborted', 'No.', { backend: 'cpu' }), 130],
    [AbortSignal.abort().reason, 130],
    [new RegistrationError('registration-invalid', 'No.', { subject: 'x' }), 1],
    [new TypeError('x is not a function'), 1],
    ['a text that was thrown', 1],
  ])('%s ends with %i', (error, status) => {
    for (const json of [false, true]) {
      const said = report(error, json);
      expect(said.status).toBe(status);
      expect(json ? said.stderr : said.stdout).toBe('');
      expect(json ? said.stdout : said.stderr).toMatch(/\S/);
    }
  });

  it('says a remedy once, on a line of its own', () => {
    const error = new SwitchyardError('invalid-value', 'It is wrong.', { remedy: 'Make it right.' });
    expect(report(error).stderr).toBe('error: It is wrong.\n  -> Make it right.\n');
  });

  it('shows a stack only for the unforeseen, and only when asked', () => {
    const bug = new TypeError('x is not a function');
    const quiet = report(bug);
    expect(quiet.stderr).toMatch(
      /x is not a function\. This is a bug of Switchyard\.\n {2}-> .*SWITCHYARD_DEBUG=1/,
    );
    expect(quiet.stderr).not.toContain('    at ');
    expect(report(bug, false, { SWITCHYARD_DEBUG: '0' })).toEqual(quiet);
    expect(report(bug, false, { SWITCHYARD_DEBUG: '1' }).stderr).toContain('    at ');
    const mistake = new UsageError('No.', 'Yes.');
    expect(report(mistake, false, { SWITCHYARD_DEBUG: '1' }).stderr).not.toContain('    at ');
  });

  it('gives the code of the error in JSON', () => {
    const { stdout } = report(new ModelError('model-invalid', 'No.', { model: 'x' }), true);
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'model-invalid', message: 'No.', remedy: null } });
    expect(Object.keys(ERROR_CODES)).toContain('model-invalid');
  });
});
