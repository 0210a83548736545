import type {
  ModelConfigJson,
  ModelMetadata,
  ModelState,
  ModelStatistics,
  RepositoryIndexEntry,
  ServerMetadata,
  TensorMetadata,
} from '../messages.ts';
import { InferenceClientError } from './client-error.ts';
import type { RestAnswer } from './rest-transport.ts';

type Fields = Readonly<Record<string, unknown>>;

const STATES: ReadonlySet<unknown> = new Set(['UNKNOWN', 'READY', 'UNAVAILABLE', 'LOADING', 'UNLOADING']);

/** The JSON of an answer. @throws InferenceClientError internal when it is none */
function readJson(answer: RestAnswer): unknown {
  const text = new TextDecoder().decode(answer.body);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unexpected(answer, `JSON, got \`${text.slice(0, 80)}\``, error);
  }
}

/** Whether a body of a health check says so; without a word of its own, the status of success does. */
export function readHealth(answer: RestAnswer, member: 'live' | 'ready'): boolean {
  if (answer.body.length === 0) return true;
  const document = readJson(answer);
  const said = typeof document === 'object' && document !== null ? (document as Fields)[member] : undefined;
  return typeof said === 'boolean' ? said : true;
}

/** Answer to GET `/v2`. */
export function readServerMetadata(answer: RestAnswer): ServerMetadata {
  const fields = fieldsOf(answer, readJson(answer));
  return {
    name: textOf(fields['name']),
    version: textOf(fields['version']),
    extensions: listOf(fields['extensions']).map((extension) => textOf(extension)),
  };
}

/** Answer to GET `/v2/models/M`, of which only name and platform are sure to be there. */
export function readModelMetadata(answer: RestAnswer): ModelMetadata {
  const fields = fieldsOf(answer, readJson(answer));
  const properties = fields['properties'];
  return {
    name: textOf(fields['name']),
    versions: listOf(fields['versions']).map((version) => textOf(version)),
    platform: textOf(fields['platform']),
    inputs: listOf(fields['inputs']).map((tensor) => tensorOf(fieldsOf(answer, tensor))),
    outputs: listOf(fields['outputs']).map((tensor) => tensorOf(fieldsOf(answer, tensor))),
    properties:
      typeof properties === 'object' && properties !== null ? (properties as Record<string, string>) : {},
  };
}

/** Answer to GET `…/config`. */
export function readModelConfig(answer: RestAnswer): ModelConfigJson {
  return fieldsOf(answer, readJson(answer));
}

/** Answer to GET `…/stats`. */
export function readStatistics(answer: RestAnswer): readonly ModelStatistics[] {
  const { model_stats: rows } = fieldsOf(answer, readJson(answer)) as { readonly model_stats?: unknown };
  if (!Array.isArray(rows)) throw unexpected(answer, 'a list `model_stats`');
  return rows as readonly ModelStatistics[];
}

/** Answer to POST `/v2/repository/index`. */
export function readRepositoryIndex(answer: RestAnswer): readonly RepositoryIndexEntry[] {
  const rows = readJson(answer);
  if (!Array.isArray(rows)) throw unexpected(answer, 'a list of models');
  return rows.map((row: unknown) => indexEntry(fieldsOf(answer, row)));
}

/** A row of the index, over either protocol: what is empty is not known. */
export function indexEntry(fields: Fields): RepositoryIndexEntry {
  const { name, version, state, reason } = fields;
  return {
    name: textOf(name),
    ...(known(version) ? { version: textOf(version) } : {}),
    ...(known(state) ? { state: STATES.has(state) ? (state as ModelState) : 'UNKNOWN' } : {}),
    ...(known(reason) ? { reason: textOf(reason) } : {}),
  };
}

function known(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function tensorOf(fields: Fields): TensorMetadata {
  return {
    name: textOf(fields['name']),
    datatype: textOf(fields['datatype']),
    shape: listOf(fields['shape']).map(Number),
  };
}

function fieldsOf(answer: RestAnswer, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw unexpected(answer, 'an object');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unexpected(answer: RestAnswer, what: string, cause?: unknown): InferenceClientError {
  return new InferenceClientError('internal', `the answer of the server was expected to be ${what}.`, {
    protocol: 'rest',
    status: answer.status,
    notExecuted: false,
    ...(cause === undefined ? {} : { cause }),
  });
}
