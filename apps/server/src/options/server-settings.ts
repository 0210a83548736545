import type { IsolationV1 } from '@switchyard/core';
import type { NonFinitePolicy } from '@switchyard/open-inference';
import type { TrialMode } from '@switchyard/runtime';
import type { Limits, Scope } from '../operation/admission.ts';
import type { ModelCopies } from '../repository/repository-options.ts';
import type { LogFormat, ServerLogOptions } from '../operation/server-log.ts';

/** How models come and go while a server runs. */
export type ModelControl = 'none' | 'explicit' | 'watch';

/**
 * Everything that can be said to a server but the choice of backends, which core reads. What each means,
 * its flag, variable and default: `docs/reference/server-options.md`. Sizes are bytes, times milliseconds.
 */
export interface ServerSettings extends Limits {
  readonly models: readonly string[];
  readonly host: string;
  /** 0 for any port that is free, `null` for not at all. */
  readonly httpPort: number | null;
  readonly grpcPort: number | null;
  readonly metricsPort: number | null;
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly tlsClientCa: string | null;
  readonly keys: string | null;
  readonly keyless: readonly Scope[];
  /** Requests per second, `null` for no limit. */
  readonly ratePerKey: number | null;
  readonly ratePerAddress: number | null;
  readonly corsOrigins: readonly string[];
  readonly name: string;
  readonly modelControl: ModelControl;
  readonly loadModels: readonly string[];
  readonly settleTimeMs: number;
  readonly watchMethod: 'events' | 'poll';
  readonly watchIntervalMs: number;
  readonly strictReadiness: boolean;
  readonly modelCopies: ModelCopies;
  /** `null` for the system's folder. */
  readonly temporaryFolder: string | null;
  readonly fileOverrides: boolean;
  readonly maxBatchSize: number;
  readonly maxQueueSize: number;
  readonly executionTimeoutMs: number;
  readonly responseCacheBytes: number;
  readonly cpuThreads: number | null;
  readonly isolation: IsolationV1 | null;
  readonly trials: TrialMode;
  readonly cache: boolean;
  readonly sharedMemory: boolean;
  readonly nonFinite: NonFinitePolicy;
  /** Bytes from which an answer may be compressed, `null` for never. */
  readonly compressFrom: number | null;
  readonly logFormat: LogFormat;
  readonly logLevel: ServerLogOptions['level'];
  readonly otlpEndpoint: string | null;
  readonly traceRate: number;
  readonly shutdownDelayMs: number;
  readonly exitTimeoutMs: number;
}

/** Name of a setting. */
export type SettingKey = keyof ServerSettings;
