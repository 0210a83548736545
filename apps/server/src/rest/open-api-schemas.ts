import { DATATYPES } from '@switchyard/open-inference';
import type { SchemaName } from './route-table.ts';

/** A schema of JSON Schema 2020-12, as OpenAPI 3.1 uses it. */
export type Schema = Readonly<Record<string, unknown>>;

const STRING: Schema = { type: 'string' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const DURATION = object({ count: COUNT, ns: COUNT }, ['count', 'ns']);
const PARAMETERS: Schema = {
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
};
const DATATYPE: Schema = { type: 'string', enum: DATATYPES };
const SHAPE: Schema = { type: 'array', items: COUNT };
const TENSOR_METADATA = object(
  { name: STRING, datatype: DATATYPE, shape: { type: 'array', items: { type: 'integer', minimum: -1 } } },
  ['name', 'datatype', 'shape'],
);
const DATA: Schema = {
  type: 'array',
  description: 'Row-major, flat or nested. Numbers, booleans for BOOL, strings for BYTES.',
};
const COMPUTE = { compute_input: DURATION, compute_infer: DURATION, compute_output: DURATION };
const DURATIONS = {
  success: DURATION,
  fail: DURATION,
  queue: DURATION,
  ...COMPUTE,
  cache_hit: DURATION,
  cache_miss: DURATION,
};

/** Every schema that a route names. */
export const SCHEMAS: Readonly<Record<SchemaName | 'Error', Schema>> = {
  Error: object({ error: STRING }, ['error']),
  Any: {},
  Health: object({ live: { type: 'boolean' }, ready: { type: 'boolean' } }, ['live']),
  ModelReady: object({ name: STRING, ready: { type: 'boolean' } }, ['name', 'ready']),
  ServerMetadata: object({ name: STRING, version: STRING, extensions: list(STRING) }, [
    'name',
    'version',
    'extensions',
  ]),
  ModelMetadata: object(
    {
      name: STRING,
      versions: list(STRING),
      platform: STRING,
      inputs: list(TENSOR_METADATA),
      outputs: list(TENSOR_METADATA),
      properties: {
        type: 'object',
        additionalProperties: STRING,
        description: 'Backend, device and execution provider that answer, and why.',
      },
    },
    ['name', 'versions', 'platform', 'inputs', 'outputs'],
  ),
  ModelConfig: { type: 'object', description: 'ModelConfig of Triton in proto-JSON.' },
  ModelStatistics: object(
    {
      model_stats: list(
        object(
          {
            name: STRING,
            version: STRING,
            last_inference: COUNT,
            inference_count: COUNT,
            execution_count: COUNT,
            inference_stats: object(DURATIONS, Object.keys(DURATIONS)),
            response_stats: { type: 'object' },
            batch_stats: list(object({ batch_size: COUNT, ...COMPUTE }, ['batch_size'])),
            memory_usage: list(object({ type: STRING, id: COUNT, byte_size: COUNT }, ['type', 'byte_size'])),
          },
          ['name', 'version'],
        ),
      ),
    },
    ['model_stats'],
  ),
  InferRequest: object(
    {
      id: STRING,
      parameters: PARAMETERS,
      inputs: list(
        object({ name: STRING, shape: SHAPE, datatype: DATATYPE, parameters: PARAMETERS, data: DATA }, [
          'name',
          'shape',
          'datatype',
        ]),
      ),
      outputs: list(object({ name: STRING, parameters: PARAMETERS }, ['name'])),
    },
    ['inputs'],
  ),
  InferResponse: object(
    {
      id: STRING,
      model_name: STRING,
      model_version: STRING,
      parameters: PARAMETERS,
      outputs: list(
        object({ name: STRING, shape: SHAPE, datatype: DATATYPE, parameters: PARAMETERS, data: DATA }, [
          'name',
          'shape',
          'datatype',
        ]),
      ),
    },
    ['model_name', 'model_version', 'outputs'],
  ),
  RepositoryIndexRequest: object({ ready: { type: 'boolean' } }, []),
  RepositoryIndex: list(object({ name: STRING, version: STRING, state: STRING, reason: STRING }, ['name'])),
  LoadRequest: object(
    {
      parameters: {
        ...PARAMETERS,
        description: '`config`: ModelConfig as a string of JSON. `file:<version>/<name>`: a file in base64.',
      },
    },
    [],
  ),
  UnloadRequest: object({ parameters: object({ unload_dependents: { type: 'boolean' } }, []) }, []),
  Settings: { type: 'object' },
  SharedMemoryRegions: list(
    object({ name: STRING, key: STRING, offset: COUNT, byte_size: COUNT }, [
      'name',
      'key',
      'offset',
      'byte_size',
    ]),
  ),
  SharedMemoryRegistration: object({ key: STRING, offset: COUNT, byte_size: COUNT }, ['key', 'byte_size']),
};

function object(properties: Schema, required: readonly string[]): Schema {
  return { type: 'object', properties, required };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}
