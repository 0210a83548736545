import type { ModelSourceV1, OptionValuesV1 } from '@switchyard/core';
import type { OrtProvider } from '../ort-provider.ts';
import { engineOptions } from '../ort-session-options.ts';
import { readPlacementLog, type PlacementLogResult } from './read-placement-log.ts';

/** Which model to place, and with which provider and options. */
export interface VerbosePlacementRequest {
  /** Id of the backend, for errors. */
  readonly backend: string;
  readonly model: ModelSourceV1;
  readonly provider: OrtProvider;
  /** Values for keys of `ORT_SESSION_OPTIONS`; any other key is refused. */
  readonly session: OptionValuesV1;
  /** (optional) Milliseconds after which the process is killed: `probe-timeout`. Default: two minutes. */
  readonly timeoutMs?: number;
  /** (optional) Kills the process. Default: never. */
  readonly signal?: AbortSignal;
}

/**
 * Where the engine puts every node of a model, subgraphs included: opens it in a child process with
 * verbose logging and reads that process's standard error. Nothing is run, and this process loads nothing.
 *
 * @throws SettingsError for a session option that is unknown or would be ignored
 */
export async function placementByVerboseLog(request: VerbosePlacementRequest): Promise<PlacementLogResult> {
  const { backend, model, provider, session, ...limits } = request;
  const externalData = 'path' in model ? 'beside-model' : 'none';
  const options = engineOptions(session, provider, backend, externalData);
  return readPlacementLog({ backend, model, options, ...limits });
}
