import { ProtocolError, type TraceSettings } from '@switchyard/open-inference';
import { shown } from '../repository/texts.ts';
import { invalid } from './texts.ts';

/** What settings of traces do. */
export interface TraceHooks {
  /** Those that the server started with; `null` of a client brings them back. */
  readonly initial: TraceSettings;
  /** The settings that count from now on for the server (`''`) or a model, `null` for a model without its own. */
  apply(model: string, settings: TraceSettings | null): void;
}

/** Changes as a client sends them. */
export type TraceChanges = Readonly<Record<string, string | readonly string[] | null>>;

/** Settings of traces, of the server and of models. */
export interface TraceSettingsStore {
  get(model: string): TraceSettings;
  /** @throws ProtocolError invalid-argument, unsupported; nothing is changed then */
  update(model: string, changes: TraceChanges): TraceSettings;
}

const LEVELS: readonly string[] = ['OFF', 'TIMESTAMPS'];
const OFF: TraceSettings = Object.freeze({
  trace_file: '',
  trace_level: Object.freeze(['OFF']),
  trace_rate: '1000',
  trace_count: '-1',
  log_frequency: '0',
});

/** Keeps what was changed apart from what it was changed from, so that a change can be taken back. */
export function createTraceSettings(hooks: TraceHooks | null): TraceSettingsStore {
  const initial = { ...OFF, ...hooks?.initial };
  let server: Readonly<Record<string, string | readonly string[]>> = {};
  const models = new Map<string, Readonly<Record<string, string | readonly string[]>>>();
  const get = (model: string): TraceSettings => ({
    ...initial,
    ...server,
    ...(model === '' ? {} : models.get(model)),
  });
  return {
    get,
    update: (model, changes) => {
      if (hooks === null) {
        throw new ProtocolError('unsupported', 'the server does not support tracing');
      }
      const own = changed(model === '' ? server : (models.get(model) ?? {}), changes);
      if (model === '') {
        server = own;
        hooks.apply('', get(''));
        for (const name of models.keys()) hooks.apply(name, get(name));
      } else if (Object.keys(own).length === 0) {
        if (models.delete(model)) hooks.apply(model, null);
      } else {
        models.set(model, own);
        hooks.apply(model, get(model));
      }
      return get(model);
    },
  };
}

function changed(
  before: Readonly<Record<string, string | readonly string[]>>,
  changes: TraceChanges,
): Readonly<Record<string, string | readonly string[]>> {
  const own = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(changes)) {
    if (name === 'trace_file') {
      throw new ProtocolError(
        'unsupported',
        'trace file location can not be updated through network protocol',
      );
    }
    if (!Object.hasOwn(OFF, name)) {
      const names = Object.keys(OFF).filter((key) => key !== 'trace_file');
      throw invalid(`unknown trace setting '${shown(name)}', expected one of ${names.join(', ')}`);
    }
    if (value === null || value.length === 0) own.delete(name);
    else own.set(name, name === 'trace_level' ? levels(value) : wholeNumber(name, value));
  }
  return Object.fromEntries(own);
}

function levels(value: string | readonly string[]): readonly string[] {
  const list = typeof value === 'string' ? [value] : value;
  if (list.includes('TENSORS')) {
    throw new ProtocolError(
      'unsupported',
      "trace level 'TENSORS' is not supported, no content of a tensor is written to a trace",
    );
  }
  const unknown = list.find((level) => !LEVELS.includes(level));
  if (unknown !== undefined) {
    throw invalid(`invalid trace level '${shown(unknown)}', expected one of ${LEVELS.join(', ')}`);
  }
  if (list.length > 1 && list.includes('OFF')) {
    throw invalid("Expect only one trace level 'OFF' is specified");
  }
  return [...new Set(list)];
}

function wholeNumber(name: string, value: string | readonly string[]): string {
  const text = typeof value === 'string' ? value : value.length === 1 ? value[0]! : value.join(',');
  const unlimited = name === 'trace_count' && text === '-1';
  if (unlimited || (/^[0-9]+$/.test(text) && Number.isSafeInteger(Number(text)))) return text;
  throw invalid(`invalid value '${shown(text)}' for trace setting '${name}', expected a whole number`);
}
