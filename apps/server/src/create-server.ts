import { availableParallelism } from 'node:os';
import { errorText, ModelError, SettingsError } from '@switchyard/core';
import type { Runtime } from '@switchyard/runtime';
import { openModelExecutor } from './execution/open-model-executor.ts';
import { createGrpcServer } from './grpc/create-grpc-server.ts';
import { createMetricsServer } from './metrics-server.ts';
import { createGate } from './operation/gate.ts';
import { createMemoryBudget } from './operation/memory-budget.ts';
import { createMetrics } from './operation/metrics.ts';
import type { Observer } from './operation/observer.ts';
import { createServerLog, type ServerLog } from './operation/server-log.ts';
import type { Rate } from './operation/token-buckets.ts';
import { createTracing, NO_TRACING } from './operation/tracing.ts';
import { completeSettings } from './options/complete-settings.ts';
import type { ServerSettings } from './options/server-settings.ts';
import { createModelRepository, type RepositoryControl } from './repository/create-model-repository.ts';
import { scanSources } from './repository/files/scan-sources.ts';
import type { ModelRepository } from './repository/model-repository.ts';
import { createRestServer } from './rest/rest-server.ts';
import { warmCodec } from './rest/warm-codec.ts';
import { readKeys, readTls } from './server-files.ts';
import { listenError } from './listen-error.ts';
import { createInferenceService } from './service/create-inference-service.ts';
import type { InferenceService } from './service/inference-service.ts';
import { VERSION } from './version.ts';

/** What a server is made of. */
export interface CreateServerOptions {
  /** Opens the models. It stays open when the server ends, because it belongs to whoever made it. */
  readonly runtime: Runtime;
  /** (optional) What is not said here is as in `docs/reference/server-options.md`. */
  readonly settings?: Partial<ServerSettings>;
  /** (optional) Where it tells what happens. Default: nowhere. */
  readonly log?: ServerLog;
  /** (optional) Told of everything beside the log and the metrics. Default: nobody. */
  readonly observer?: Observer;
}

/** Where a server listens. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** As a client writes it: `http://127.0.0.1:8000`, and `127.0.0.1:8001` for gRPC. */
  readonly url: string;
}

/** A server that listens. */
export interface InferenceServer extends AsyncDisposable {
  readonly service: InferenceService;
  readonly repository: ModelRepository;
  readonly settings: ServerSettings;
  /** `null` where nothing listens. */
  readonly addresses: Readonly<Record<'http' | 'grpc' | 'metrics', ServerAddress | null>>;
  /**
   * Settles when every model that is to be served at start was loaded or failed to. A model that failed
   * does not reject: the repository's index has its reason.
   */
  readonly started: Promise<void>;
  /**
   * Ends in the order that loses nothing: readiness says no, requests go on for `delayMs`, then no more
   * are taken and those under way come to their end, then models and their processes end, and traces are
   * sent. What is not done `timeoutMs` after the call is ended. Calling it again waits for the same end.
   */
  close(options?: { readonly delayMs?: number; readonly timeoutMs?: number }): Promise<void>;
}

/** Regions that clients may register while system shared memory is allowed. */
const MOST_REGIONS = 1024;
const SHARED_MEMORY_FOLDER = '/dev/shm';
const TRACES_PATIENCE_MS = 5000;
/** What was ended by force needs no more than this. */
const FORCED_END_MS = 2000;

/**
 * Serves models over REST and gRPC. Certificates, keys and models are read, and the ports taken, before it
 * resolves; models are loaded meanwhile and after it ({@link InferenceServer.started}), so that probes of
 * health are answered from the beginning.
 *
 * @throws SettingsError for what cannot be followed, ModelError for a file or folder that cannot be read
 */
export async function createServer(options: CreateServerOptions): Promise<InferenceServer> {
  const { runtime } = options;
  const settings = completeSettings(options.settings);
  checkEndpoint(settings.otlpEndpoint);
  const log = options.log ?? createServerLog({ format: 'json', level: 'error', write: () => {} });
  const tls = readTls(settings);
  const gate = createGate({
    keys: readKeys(settings.keys),
    open: settings.keyless,
    ratePerKey: rateOf(settings.ratePerKey),
    ratePerAddress: rateOf(settings.ratePerAddress),
  });
  const memory = createMemoryBudget(settings.maxInFlightBytes);
  const threadShare = await threadsPerModel(settings);
  const tracing =
    settings.otlpEndpoint === null
      ? NO_TRACING
      : await createTracing({
          endpoint: settings.otlpEndpoint,
          rate: settings.traceRate,
          service: settings.name,
          failed: (message) => log.warn('traces could not be sent', { reason: message }),
        });

  let accepting = true;
  // Told of by what it is made from, and so filled in last.
  const connections: { rest: () => number; grpc: () => number } = { rest: () => 0, grpc: () => 0 };
  const metrics = createMetrics({
    models: () => repository.loaded(),
    connections: () => ({ rest: connections.rest(), grpc: connections.grpc() }),
    inFlightBytes: () => memory.used(),
  });
  const observer = together([
    metrics.observer,
    log.observer,
    ...(options.observer === undefined ? [] : [options.observer]),
  ]);
  const repository = createModelRepository({
    sources: settings.models,
    openExecutor: (modelPath, config) =>
      openModelExecutor(
        runtime,
        modelPath,
        {
          ...config,
          ...(threadShare === null ? {} : { threadShare }),
          open: {
            ...(settings.isolation === null ? {} : { isolation: settings.isolation }),
            ...config.open,
          },
        },
        observer,
      ),
    control: controlOf(settings),
    overrides: settings.fileOverrides ? 'files' : 'config',
    modelCopies: settings.modelCopies,
    strictReadiness: settings.strictReadiness,
    ...(settings.temporaryFolder === null ? {} : { temporaryFolder: settings.temporaryFolder }),
    defaults: {
      maxBatchSize: settings.maxBatchSize,
      maxQueueSize: settings.maxQueueSize,
      executionTimeoutMs: settings.executionTimeoutMs,
      responseCacheBytes: settings.responseCacheBytes,
    },
    onEvent: (event) => observer.model(event),
  });
  const service = createInferenceService({
    repository,
    observer,
    name: settings.name,
    version: VERSION,
    limits: settings,
    memory,
    sharedMemory: settings.sharedMemory ? { folder: SHARED_MEMORY_FOLDER, maxRegions: MOST_REGIONS } : false,
    traceHooks: tracing.hooks,
    logHooks: log.hooks,
    accepting: () => accepting,
  });
  const shared = {
    service,
    gate,
    memory,
    limits: settings,
    tracer: tracing.tracer,
    unexpected: (error: unknown, requestId: string) => {
      log.error('something happened that should not', { requestId, reason: errorText(error) });
    },
  };
  const rest =
    settings.httpPort === null
      ? null
      : await createRestServer({
          ...shared,
          metrics,
          nonFinite: settings.nonFinite,
          compression: settings.compressFrom === null ? null : { thresholdBytes: settings.compressFrom },
          corsOrigins: settings.corsOrigins,
          tls:
            tls === null
              ? null
              : {
                  cert: tls.cert,
                  key: tls.key,
                  ...(tls.ca === null ? {} : { ca: tls.ca, requestCert: true, rejectUnauthorized: true }),
                },
        });
  const grpc =
    settings.grpcPort === null
      ? null
      : createGrpcServer({
          ...shared,
          tls: tls === null ? null : { ...tls, requireClientCertificate: tls.ca !== null },
        });
  const scraped = settings.metricsPort === null ? null : createMetricsServer(metrics, gate);
  if (rest !== null) connections.rest = () => rest.connections();
  if (grpc !== null) connections.grpc = () => grpc.connections();

  const { host } = settings;
  const scheme = tls === null ? 'http' : 'https';
  const listen = async (
    what: 'http' | 'grpc' | 'metrics',
    port: number,
    start: () => Promise<{ readonly port: number }>,
  ): Promise<ServerAddress> => {
    try {
      const bound = (await start()).port;
      const authority = `${host.includes(':') ? `[${host}]` : host}:${bound}`;
      const url = {
        http: `${scheme}://${authority}`,
        grpc: authority,
        metrics: `http://${authority}/metrics`,
      };
      return { host, port: bound, url: url[what] };
    } catch (error) {
      throw listenError(error, what, host, port);
    }
  };
  const endListeners = async (graceMs: number): Promise<void> => {
    await Promise.all([rest?.close(graceMs), grpc?.close(graceMs)]);
    await scraped?.close();
  };
  let addresses: InferenceServer['addresses'];
  try {
    addresses = {
      http: rest && (await listen('http', settings.httpPort!, () => rest.listen(host, settings.httpPort!))),
      grpc:
        grpc &&
        (await listen('grpc', settings.grpcPort!, async () => ({
          port: await grpc.listen(host, settings.grpcPort!),
        }))),
      metrics:
        scraped &&
        (await listen('metrics', settings.metricsPort!, () => scraped.listen(host, settings.metricsPort!))),
    };
  } catch (error) {
    await endListeners(0);
    await tracing.shutdown(0);
    throw error;
  }

  const started = repository.start();
  // While processes start, and before readiness says yes.
  if (rest !== null) warmCodec();
  // Whoever does not wait for it finds the reason in the readiness all the same.
  started.catch((error: unknown) =>
    log.error('the models could not be loaded', { reason: errorText(error) }),
  );

  const end = async (delayMs: number, timeoutMs: number): Promise<void> => {
    const deadline = performance.now() + timeoutMs;
    const left = (): number => Math.max(0, deadline - performance.now());
    accepting = false;
    log.info('ending: not ready any more', { delayMs, timeoutMs });
    // Clients leave connections with an answer in hand, before these are closed under their next request.
    rest?.startDraining();
    if (delayMs > 0) await pause(Math.min(delayMs, timeoutMs));
    // Metrics are there until the last answer is given.
    await Promise.all([rest?.close(left()), grpc?.close(left())]);
    await scraped?.close();
    const forced = new AbortController();
    const ended = repository.close(forced.signal);
    if (!(await within(left(), ended))) {
      log.warn('some models did not end in time, and are ended', { timeoutMs });
      forced.abort();
      if (!(await within(FORCED_END_MS, ended))) log.warn('some models end with this program', {});
    }
    // Registered objects are files that are held open.
    if (settings.sharedMemory) service.sharedMemory.unregister('');
    await tracing.shutdown(TRACES_PATIENCE_MS);
    log.info('ended');
  };
  let closing: Promise<void> | null = null;
  const close: InferenceServer['close'] = (how = {}) =>
    (closing ??= end(how.delayMs ?? 0, how.timeoutMs ?? settings.exitTimeoutMs));
  return {
    service,
    repository,
    settings,
    addresses,
    started,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

function checkEndpoint(endpoint: string | null): void {
  if (endpoint === null || /^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) return;
  throw new SettingsError('invalid-value', `\`otlpEndpoint\` is \`${endpoint}\`, which is no URL of HTTP.`, {
    source: endpoint,
    remedy: 'Write one as in `http://127.0.0.1:4318`.',
  });
}

function rateOf(perSecond: number | null): Rate | null {
  return perSecond === null ? null : { perSecond, burst: Math.max(1, Math.ceil(perSecond)) };
}

function controlOf(settings: ServerSettings): RepositoryControl {
  const { modelControl, loadModels, settleTimeMs, watchMethod, watchIntervalMs } = settings;
  switch (modelControl) {
    case 'none':
      return { mode: 'none' };
    case 'explicit':
      return { mode: 'explicit', load: loadModels };
    case 'watch':
      return {
        mode: 'watch',
        method: watchMethod,
        intervalMs: watchIntervalMs,
        settleMs: settleTimeMs,
      };
  }
}

/**
 * Processors for the instances of one model: those of the server, divided by the models that are there now.
 * `null` for one model that has the machine to itself, which its engine knows better.
 *
 * @throws ModelError for a source that cannot be read
 */
async function threadsPerModel({ models, cpuThreads }: ServerSettings): Promise<number | null> {
  const scan = await scanSources(models);
  for (const [source, reason] of scan.unreadable) {
    throw new ModelError('model-unreadable', `The models in \`${source}\` cannot be read: ${reason}.`, {
      model: source,
      remedy: 'Name a `.onnx` file, a folder of them, or a repository of models.',
    });
  }
  if (scan.models.size <= 1 && cpuThreads === null) return null;
  return Math.max(1, Math.floor((cpuThreads ?? availableParallelism()) / Math.max(1, scan.models.size)));
}

function together(observers: readonly Observer[]): Observer {
  return {
    inference(record) {
      for (const observer of observers) observer.inference(record);
    },
    model(event) {
      for (const observer of observers) observer.model(event);
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, milliseconds);
  });
}

/** Whether work was done in time. */
async function within(milliseconds: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), milliseconds);
  });
  const inTime = await Promise.race([work.then(() => true as const), late]);
  clearTimeout(timer);
  return inTime;
}
