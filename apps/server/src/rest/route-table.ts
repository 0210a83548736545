import type { Scope } from '../operation/admission.ts';

/** What a route does; `answers.ts` has one function for each. */
export type Operation =
  | 'serverMetadata'
  | 'live'
  | 'ready'
  | 'openApi'
  | 'metrics'
  | 'modelMetadata'
  | 'modelReady'
  | 'modelConfig'
  | 'modelStatistics'
  | 'allStatistics'
  | 'infer'
  | 'generateDeclined'
  | 'repositoryIndex'
  | 'repositoryLoad'
  | 'repositoryUnload'
  | 'namedRepositoryDeclined'
  | 'traceSettings'
  | 'updateTraceSettings'
  | 'logSettings'
  | 'updateLogSettings'
  | 'sharedMemoryStatus'
  | 'sharedMemoryRegister'
  | 'sharedMemoryUnregister'
  | 'cudaUnregisterAll'
  | 'cudaDeclined';

/** Schemas of the OpenAPI document that a route may name. */
export type SchemaName =
  | 'ServerMetadata'
  | 'Health'
  | 'ModelReady'
  | 'ModelMetadata'
  | 'ModelConfig'
  | 'ModelStatistics'
  | 'InferRequest'
  | 'InferResponse'
  | 'RepositoryIndexRequest'
  | 'RepositoryIndex'
  | 'LoadRequest'
  | 'UnloadRequest'
  | 'Settings'
  | 'SharedMemoryRegions'
  | 'SharedMemoryRegistration'
  | 'Any';

/** One way into the server. The router, the authorization and the OpenAPI document are made of these. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** A segment in braces takes any text, except `{version}`, which takes digits. */
  readonly path: string;
  readonly operation: Operation;
  readonly scope: Scope;
  readonly summary: string;
  /** What is sent; `null` for nothing. */
  readonly body: SchemaName | null;
  /** What is answered with 200: a schema, nothing, or text. `null` where 200 never comes. */
  readonly answer: SchemaName | 'empty' | 'text' | null;
}

type Rest = Omit<Route, 'path' | 'summary'>;

const read = (operation: Operation, answer: SchemaName): Rest => ({
  method: 'GET',
  operation,
  scope: 'read',
  body: null,
  answer,
});

const declined = (method: 'GET' | 'POST', operation: Operation, scope: Scope): Rest => ({
  method,
  operation,
  scope,
  body: 'Any',
  answer: null,
});

/** The same for the latest version and for one that is named. */
function ofModel(suffix: string, summary: string, route: Rest): readonly Route[] {
  return [
    { ...route, path: `/v2/models/{model}${suffix}`, summary: `${summary}, latest version` },
    {
      ...route,
      path: `/v2/models/{model}/versions/{version}${suffix}`,
      summary: `${summary}, named version`,
    },
  ];
}

const ADMIN_POST = { method: 'POST', scope: 'admin' } as const;
const HEALTH = { method: 'GET', scope: 'health', body: null, answer: 'Health' } as const;
const INFER = {
  method: 'POST',
  operation: 'infer',
  scope: 'infer',
  body: 'InferRequest',
  answer: 'InferResponse',
} as const;

/** Every route of the server. `GET /metrics` is there where an operation gave a page for it. */
export const ROUTES: readonly Route[] = Object.freeze([
  { ...read('serverMetadata', 'ServerMetadata'), path: '/v2', summary: 'Name, version and extensions' },
  { ...read('serverMetadata', 'ServerMetadata'), path: '/v2/', summary: 'The same as `/v2`' },
  { ...read('openApi', 'Any'), path: '/v2/openapi.json', summary: 'This document' },
  { ...HEALTH, operation: 'live', path: '/v2/health/live', summary: 'Whether the server is alive' },
  { ...HEALTH, operation: 'ready', path: '/v2/health/ready', summary: 'Whether it can take requests' },
  ...ofModel('', 'Inputs, outputs, backend and device', read('modelMetadata', 'ModelMetadata')),
  ...ofModel('/ready', 'Whether the model can take requests', read('modelReady', 'ModelReady')),
  ...ofModel('/config', 'Configuration', read('modelConfig', 'ModelConfig')),
  ...ofModel('/stats', 'Statistics', read('modelStatistics', 'ModelStatistics')),
  {
    ...read('allStatistics', 'ModelStatistics'),
    path: '/v2/models/stats',
    summary: 'Statistics of all models',
  },
  ...ofModel('/infer', 'Inference', INFER),
  ...ofModel('/generate', 'Not served', declined('POST', 'generateDeclined', 'infer')),
  ...ofModel('/generate_stream', 'Not served', declined('POST', 'generateDeclined', 'infer')),
  {
    ...read('repositoryIndex', 'RepositoryIndex'),
    method: 'POST',
    body: 'RepositoryIndexRequest',
    path: '/v2/repository/index',
    summary: 'Models of the repository, loaded or not',
  },
  {
    ...ADMIN_POST,
    operation: 'repositoryLoad',
    body: 'LoadRequest',
    answer: 'empty',
    path: '/v2/repository/models/{model}/load',
    summary: 'Load or reload a model; answers when it is ready',
  },
  {
    ...ADMIN_POST,
    operation: 'repositoryUnload',
    body: 'UnloadRequest',
    answer: 'empty',
    path: '/v2/repository/models/{model}/unload',
    summary: 'Unload a model',
  },
  {
    ...declined('POST', 'namedRepositoryDeclined', 'read'),
    path: '/v2/repository/{repository}/index',
    summary: 'Not served',
  },
  {
    ...declined('POST', 'namedRepositoryDeclined', 'admin'),
    path: '/v2/repository/{repository}/models/{model}/load',
    summary: 'Not served',
  },
  {
    ...declined('POST', 'namedRepositoryDeclined', 'admin'),
    path: '/v2/repository/{repository}/models/{model}/unload',
    summary: 'Not served',
  },
  { ...read('traceSettings', 'Settings'), path: '/v2/trace/setting', summary: 'Settings of traces' },
  {
    ...ADMIN_POST,
    operation: 'updateTraceSettings',
    body: 'Settings',
    answer: 'Settings',
    path: '/v2/trace/setting',
    summary: 'Change settings of traces',
  },
  {
    ...read('traceSettings', 'Settings'),
    path: '/v2/models/{model}/trace/setting',
    summary: 'Settings of traces of a model',
  },
  {
    ...ADMIN_POST,
    operation: 'updateTraceSettings',
    body: 'Settings',
    answer: 'Settings',
    path: '/v2/models/{model}/trace/setting',
    summary: 'Change settings of traces of a model; `null` goes back to those of the server',
  },
  { ...read('logSettings', 'Settings'), path: '/v2/logging', summary: 'Settings of the log' },
  {
    ...ADMIN_POST,
    operation: 'updateLogSettings',
    body: 'Settings',
    answer: 'Settings',
    path: '/v2/logging',
    summary: 'Change settings of the log',
  },
  {
    ...read('sharedMemoryStatus', 'SharedMemoryRegions'),
    path: '/v2/systemsharedmemory/status',
    summary: 'Registered regions of system shared memory',
  },
  {
    ...read('sharedMemoryStatus', 'SharedMemoryRegions'),
    path: '/v2/systemsharedmemory/region/{region}/status',
    summary: 'One region of system shared memory',
  },
  {
    ...ADMIN_POST,
    operation: 'sharedMemoryRegister',
    body: 'SharedMemoryRegistration',
    answer: 'empty',
    path: '/v2/systemsharedmemory/region/{region}/register',
    summary: 'Register a region of system shared memory',
  },
  {
    ...ADMIN_POST,
    operation: 'sharedMemoryUnregister',
    body: 'Any',
    answer: 'empty',
    path: '/v2/systemsharedmemory/region/{region}/unregister',
    summary: 'Forget a region of system shared memory',
  },
  {
    ...ADMIN_POST,
    operation: 'sharedMemoryUnregister',
    body: 'Any',
    answer: 'empty',
    path: '/v2/systemsharedmemory/unregister',
    summary: 'Forget all regions of system shared memory',
  },
  {
    ...declined('GET', 'cudaDeclined', 'read'),
    path: '/v2/cudasharedmemory/status',
    summary: 'Not served: Node.js cannot map memory of CUDA',
  },
  {
    ...declined('GET', 'cudaDeclined', 'read'),
    path: '/v2/cudasharedmemory/region/{region}/status',
    summary: 'Not served: Node.js cannot map memory of CUDA',
  },
  {
    ...declined('POST', 'cudaDeclined', 'admin'),
    path: '/v2/cudasharedmemory/region/{region}/register',
    summary: 'Not served: Node.js cannot map memory of CUDA',
  },
  {
    ...declined('POST', 'cudaDeclined', 'admin'),
    path: '/v2/cudasharedmemory/region/{region}/unregister',
    summary: 'Not served: Node.js cannot map memory of CUDA',
  },
  {
    ...ADMIN_POST,
    operation: 'cudaUnregisterAll',
    body: 'Any',
    answer: 'empty',
    path: '/v2/cudasharedmemory/unregister',
    summary: 'Does nothing, as no region can be registered; clients call it before they start',
  },
  {
    method: 'GET',
    operation: 'metrics',
    scope: 'metrics',
    body: null,
    answer: 'text',
    path: '/metrics',
    summary: 'Metrics in the text format of Prometheus',
  },
] as const satisfies readonly Route[]);
