import type { LogSettings } from '@switchyard/open-inference';
import { pino, stdTimeFunctions, type Logger } from 'pino';
import { logText } from './log-text.ts';
import type { LogHooks } from '../service/log-settings.ts';
import type { InferenceRecord, ModelEvent, Observer } from './observer.ts';
import { textLines } from './text-lines.ts';

/** How lines look: one JSON object each, or words for a person. */
export type LogFormat = 'json' | 'text';

/** How a log begins. Everything but the format can be changed while the server runs. */
export interface ServerLogOptions {
  readonly format: LogFormat;
  /** Lines of this importance and above. */
  readonly level: 'error' | 'warn' | 'info' | 'verbose';
  readonly write: (line: string) => void;
  /** (optional) Milliseconds of a clock that only goes forward. Default: `performance.now`. */
  readonly now?: () => number;
}

/** Words of a line. Texts that come from clients are made safe before they are written. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** The log of a server. It has no keys and no values of tensors in it. */
export interface ServerLog {
  readonly observer: Observer;
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  /** What the protocol's logging extension changes. */
  readonly hooks: LogHooks;
}

/** Lines about failed requests in one second; what is more is counted and told with the next. */
const MOST_FAILURES_PER_SECOND = 10;
const ORDER = ['error', 'warn', 'info', 'verbose'] as const;

/** Makes the log of a server. */
export function createServerLog(options: ServerLogOptions): ServerLog {
  const now = options.now ?? (() => performance.now());
  const at = ORDER.indexOf(options.level);
  const initial = {
    log_error: true,
    log_warning: at >= 1,
    log_info: at >= 2,
    log_verbose_level: at >= 3 ? 1 : 0,
  } satisfies LogSettings;
  let switches: LogSettings = initial;
  const write = options.format === 'text' ? textLines(options.write) : options.write;
  const log: Logger = pino(
    {
      base: null,
      level: 'debug',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  const failures = { second: -1, written: 0, left: 0 };

  const error = (message: string, fields: LogFields = {}): void => {
    if (switches['log_error'] === true) log.error(safe(fields), logText(message));
  };
  const warn = (message: string, fields: LogFields = {}): void => {
    if (switches['log_warning'] === true) log.warn(safe(fields), logText(message));
  };
  const info = (message: string, fields: LogFields = {}): void => {
    if (switches['log_info'] === true) log.info(safe(fields), logText(message));
  };

  /** Overload must not turn into a flood of lines. */
  const mayTellFailure = (): boolean => {
    const second = Math.floor(now() / 1000);
    if (second !== failures.second) {
      failures.second = second;
      failures.written = 0;
    }
    if (failures.written >= MOST_FAILURES_PER_SECOND) {
      failures.left += 1;
      return false;
    }
    failures.written += 1;
    return true;
  };

  const isVerbose = (): boolean => Number(switches['log_verbose_level']) > 0;

  return {
    error,
    warn,
    info,
    hooks: {
      initial,
      apply: (settings) => {
        switches = settings;
      },
    },
    observer: {
      inference(record) {
        if (record.failure === null) {
          if (isVerbose()) log.debug(safe(fieldsOf(record)), 'answered');
          return;
        }
        // What a client did wrong is the client's to read; what the server could not do is the operator's.
        const ours = record.failure === 'BACKEND' || record.failure === 'REJECTED';
        if (!ours) {
          if (isVerbose()) log.debug(safe(fieldsOf(record)), 'not answered');
          return;
        }
        if (!mayTellFailure()) return;
        const fields = { ...fieldsOf(record), ...(failures.left > 0 ? { notShown: failures.left } : {}) };
        failures.left = 0;
        (record.failure === 'BACKEND' ? error : warn)('not answered', fields);
      },
      model(event) {
        const { level, message, fields } = sayEvent(event);
        (level === 'info' ? info : level === 'warn' ? warn : error)(message, fields);
      },
    },
  };
}

function fieldsOf(record: InferenceRecord): LogFields {
  const { protocol, requestId, model, version, failure, error, rows, batchSize, cached, totalNs, times } =
    record;
  return {
    protocol,
    requestId,
    model,
    version,
    ...(failure === null ? {} : { failure, error }),
    rows,
    ...(times === null ? {} : { batchSize, queueMs: times.queueNs / 1e6, inferMs: times.inferNs / 1e6 }),
    ...(cached === null ? {} : { cached }),
    totalMs: totalNs / 1e6,
  };
}

function sayEvent(event: ModelEvent): {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
} {
  const { kind, model, version } = event;
  const fields = { event: kind, model, version };
  switch (kind) {
    case 'ready': {
      const { backend, device, executionProviders, fallback, reason } = event.truth;
      const where = { backend, device: device.id, provider: executionProviders.join(','), reason };
      return {
        level: fallback === null ? 'info' : 'warn',
        message: 'model is ready',
        fields: { ...fields, ...where, ...(fallback === null ? {} : { fallback }), seconds: event.seconds },
      };
    }
    case 'loading':
      return { level: 'info', message: 'model is loading', fields };
    case 'unloaded':
      return { level: 'info', message: 'model was unloaded', fields: { ...fields, reason: event.reason } };
    case 'instance-restored':
      return { level: 'info', message: 'an instance took the place of one that ended', fields };
    case 'circuit-closed':
      return { level: 'info', message: 'model takes requests again', fields };
    case 'load-failed':
      return {
        level: 'error',
        message: 'model could not be loaded',
        fields: { ...fields, reason: event.reason },
      };
    case 'not-copied':
      return {
        level: 'warn',
        message: 'model is loaded from where it lies, because its files could not be copied',
        fields: { ...fields, reason: event.reason },
      };
    case 'instance-ended':
      return { level: 'error', message: 'an instance ended', fields: { ...fields, reason: event.reason } };
    case 'batching-off':
      return {
        level: 'warn',
        message: 'model runs every request alone, because its outputs cannot be split by row',
        fields: { ...fields, reason: event.reason },
      };
    case 'circuit-open':
      return {
        level: 'error',
        message: 'model takes no requests, because its instances end again and again',
        fields: { ...fields, reason: event.reason },
      };
  }
}

function safe(fields: LogFields): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? logText(value) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
