import { DEFAULT_LIMITS } from '../operation/default-limits.ts';
import { SCOPES } from '../operation/api-keys.ts';
import type { ServerSettings, SettingKey } from './server-settings.ts';

/** How a value is written. `port`, `rate`, `bytes` and `integer` may be `off` where `off` is true. */
export type OptionKind =
  | 'text'
  | 'list'
  | 'choice'
  | 'boolean'
  | 'integer'
  | 'port'
  | 'rate'
  | 'bytes'
  | 'duration';

/** One option, as flag, variable and key of the configuration file. */
export interface OptionSpec<Key extends SettingKey = SettingKey> {
  readonly key: Key;
  /** Name of the flag without its dashes. */
  readonly name: string;
  readonly group: OptionGroup;
  readonly kind: OptionKind;
  readonly default: ServerSettings[Key];
  readonly help: string;
  /** (optional) Words of a `choice` or `list`. */
  readonly words?: readonly string[];
  /** (optional) Smallest number. Default: 0. */
  readonly minimum?: number;
  /** (optional) Largest number. Default: 2^53 - 1. */
  readonly maximum?: number;
  /** (optional) Whether `off` is a value, and stands for `null`. Default: false. */
  readonly off?: boolean;
}

/** Heading under which an option stands. */
export type OptionGroup = 'Listening' | 'Who may ask' | 'Models' | 'Answers' | 'Limits' | 'Operation';

/** Every heading, in the order of help and page. */
export const GROUPS: readonly OptionGroup[] = Object.freeze([
  'Listening',
  'Who may ask',
  'Models',
  'Answers',
  'Limits',
  'Operation',
]);

const DAY = 86_400_000;

function option<Key extends SettingKey>(
  key: Key,
  kind: OptionKind,
  group: OptionGroup,
  preset: ServerSettings[Key],
  help: string,
  more: Pick<OptionSpec, 'words' | 'minimum' | 'maximum' | 'off'> = {},
): OptionSpec {
  return { key, name: nameOf(key), group, kind, default: preset, help, ...more };
}

function limit(
  key: keyof typeof DEFAULT_LIMITS,
  kind: OptionKind,
  help: string,
  more: Pick<OptionSpec, 'minimum' | 'maximum'> = {},
): OptionSpec {
  return option(key, kind, 'Limits', DEFAULT_LIMITS[key], help, {
    minimum: 1,
    ...(kind === 'duration' ? { maximum: DAY } : {}),
    ...more,
  });
}

/** `httpPort` is `http-port`, and a time in milliseconds is named without its unit: `exit-timeout`. */
function nameOf(key: string): string {
  return key.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Every option. Help, the page of the reference, the schema and the readers are made from this. */
export const OPTIONS: readonly OptionSpec[] = Object.freeze([
  option(
    'host',
    'text',
    'Listening',
    '127.0.0.1',
    'address to listen on; `0.0.0.0` or `::` lets other machines in',
  ),
  option('httpPort', 'port', 'Listening', 8000, 'port of REST; 0 takes a free one', { off: true }),
  option('grpcPort', 'port', 'Listening', 8001, 'port of gRPC; 0 takes a free one', { off: true }),
  option(
    'metricsPort',
    'port',
    'Listening',
    8002,
    'port of `/metrics` alone, which REST answers too; never TLS',
    {
      off: true,
    },
  ),
  option(
    'tlsCert',
    'text',
    'Listening',
    null,
    'PEM file of the certificate and its chain, for REST and gRPC',
  ),
  option('tlsKey', 'text', 'Listening', null, 'PEM file of its private key'),
  option(
    'tlsClientCa',
    'text',
    'Listening',
    null,
    'PEM file of authorities; clients need a certificate of one of them',
  ),
  option(
    'corsOrigins',
    'list',
    'Listening',
    [],
    'origins of web pages that may call: `https://console.example`',
  ),

  option(
    'keys',
    'text',
    'Who may ask',
    null,
    'file of API keys, one line each as `switchyard-server keys create` prints it',
  ),
  option('keyless', 'list', 'Who may ask', ['health'], 'scopes that need no key where there are keys', {
    words: SCOPES,
  }),
  option(
    'ratePerKey',
    'rate',
    'Who may ask',
    null,
    'requests per second of a key that has no rate of its own',
    {
      off: true,
    },
  ),
  option('ratePerAddress', 'rate', 'Who may ask', null, 'requests per second of one address', { off: true }),

  option(
    'models',
    'list',
    'Models',
    [],
    'files and folders of models; the words of the command line take their place',
  ),
  option(
    'modelControl',
    'choice',
    'Models',
    'watch',
    'how models come and go: `watch` follows the files, `explicit` loads on request, `none` keeps what was there at start',
    {
      words: ['watch', 'explicit', 'none'],
    },
  ),
  option('loadModels', 'list', 'Models', [], 'models that are loaded at start under `explicit`; `*` for all'),
  option(
    'settleTimeMs',
    'duration',
    'Models',
    1000,
    'how long files must not have changed before they are loaded again',
    {
      maximum: DAY,
    },
  ),
  option(
    'watchMethod',
    'choice',
    'Models',
    'events',
    'how changed files are found under `watch`: the file system tells of them, or `poll` looks only, as network file systems need it',
    {
      words: ['events', 'poll'],
    },
  ),
  option(
    'watchIntervalMs',
    'duration',
    'Models',
    15_000,
    'time between two looks at the files under `watch`; events are not relied on alone',
    {
      minimum: 100,
      maximum: DAY,
    },
  ),
  option(
    'strictReadiness',
    'boolean',
    'Models',
    true,
    'whether one model that is not ready makes the server not ready',
  ),
  option(
    'modelCopies',
    'choice',
    'Models',
    'auto',
    'whether models are loaded from copies, so that a process that ended is replaced by the same model whatever became of its files; `auto` where files may change',
    {
      words: ['auto', 'always', 'never'],
    },
  ),
  option(
    'temporaryFolder',
    'text',
    'Models',
    null,
    'folder for those copies and for files of load requests, instead of that of the system',
  ),
  option('fileOverrides', 'boolean', 'Models', false, 'whether a load request may bring files of its own'),
  option(
    'maxBatchSize',
    'integer',
    'Models',
    64,
    'rows of a batch for models that do not say, where their graph allows it',
    {
      maximum: 65_536,
    },
  ),
  option('maxQueueSize', 'integer', 'Models', 256, 'requests that wait for a model that does not say', {
    minimum: 1,
    maximum: 1_000_000,
  }),
  option(
    'executionTimeoutMs',
    'duration',
    'Models',
    300_000,
    'what one run may take before its process is ended; 0 for no limit',
    {
      maximum: DAY,
    },
  ),
  option(
    'responseCacheBytes',
    'bytes',
    'Models',
    64 * 1024 * 1024,
    'cached answers of a model that wants a cache',
  ),
  option(
    'cpuThreads',
    'integer',
    'Models',
    null,
    'processors that instances share; off takes all that this process may use',
    {
      minimum: 1,
      maximum: 4096,
      off: true,
    },
  ),
  option(
    'isolation',
    'choice',
    'Models',
    null,
    'how models are kept apart from the server; off takes what the backends recommend',
    {
      words: ['inline', 'thread', 'process'],
      off: true,
    },
  ),
  option('trials', 'choice', 'Models', 'all', 'what an automatic choice of a backend proves first', {
    words: ['off', 'placement', 'all'],
  }),
  option(
    'cache',
    'boolean',
    'Models',
    true,
    'whether probes and trials are remembered, and what is remembered is used',
  ),

  option(
    'name',
    'text',
    'Answers',
    'switchyard',
    'name of the server in its metadata; some clients of Triton want `triton`',
  ),
  option(
    'nonFinite',
    'choice',
    'Answers',
    'token',
    'what stands for NaN and the infinities in JSON: the words that Python writes, text, null, or an error',
    {
      words: ['token', 'string', 'null', 'error'],
    },
  ),
  option(
    'compressFrom',
    'bytes',
    'Answers',
    null,
    'size from which an answer to `infer` is compressed for a client that accepts it',
    {
      off: true,
    },
  ),
  option(
    'sharedMemory',
    'boolean',
    'Answers',
    false,
    'whether clients on this machine may pass tensors in system shared memory',
  ),

  limit('maxBodyBytes', 'bytes', 'of a body or message, decompressed'),
  limit('maxElements', 'integer', 'elements of one tensor'),
  limit('maxJsonDepth', 'integer', 'nesting of JSON', { maximum: 1000 }),
  limit('maxHeaderBytes', 'bytes', 'of all headers of a request', { minimum: 1024 }),
  limit(
    'headersTimeoutMs',
    'duration',
    'until the headers of a request are there, and the handshake of a connection is done',
  ),
  limit('bodyTimeoutMs', 'duration', 'until the body of a request is there'),
  limit('writeTimeoutMs', 'duration', 'for a client to read an answer'),
  limit('keepAliveMs', 'duration', 'how long an idle connection is kept'),
  limit('maxConnections', 'integer', 'open connections of each protocol'),
  limit('maxConnectionsPerAddress', 'integer', 'the same of one address'),
  limit('maxConcurrentStreams', 'integer', 'calls at once on one gRPC connection'),
  limit('maxInFlightBytes', 'bytes', 'memory for all requests under way'),
  limit('maxResponseBytes', 'bytes', 'outputs of one request'),

  option(
    'logFormat',
    'choice',
    'Operation',
    'json',
    'lines of the log on standard error: JSON for programs, text for people',
    {
      words: ['json', 'text'],
    },
  ),
  option(
    'logLevel',
    'choice',
    'Operation',
    'info',
    'lines of this importance and above; `verbose` has one per request',
    {
      words: ['error', 'warn', 'info', 'verbose'],
    },
  ),
  option('otlpEndpoint', 'text', 'Operation', null, 'URL of an OTLP/HTTP receiver; turns traces on'),
  option(
    'traceRate',
    'integer',
    'Operation',
    1000,
    'one of so many requests without a `traceparent` is traced',
    {
      minimum: 1,
    },
  ),
  option(
    'shutdownDelayMs',
    'duration',
    'Operation',
    5000,
    'after SIGTERM, how long requests are still taken while readiness says no',
    {
      maximum: DAY,
    },
  ),
  option('exitTimeoutMs', 'duration', 'Operation', 30_000, 'how long requests under way may take to end', {
    maximum: DAY,
  }),
]);

/** `SWITCHYARD_SERVER_HTTP_PORT` for `http-port`. */
export function variableOf({ name }: Pick<OptionSpec, 'name'>): string {
  return `SWITCHYARD_SERVER_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Key in the `server` object of a configuration file: `httpPort`, `exitTimeout`. */
export function configKeyOf({ name }: Pick<OptionSpec, 'name'>): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
