import type { FallbackPolicy, IsolationV1, SettingSource, SettingStatement, Tensors } from '@switchyard/core';
import type { IsolationEvent } from './isolation/isolated-session.ts';
import type { FeedHints } from './trials/generate-feeds.ts';
import type { TrialMode } from './trials/try-candidates.ts';

/** What one call asks for. It is the strongest layer, `api`; what it leaves out, weaker layers say. */
export interface OpenRequest {
  /** (optional) Exactly this backend, or an error. Default: what the settings say, or an automatic choice. */
  readonly backend?: string;
  /** (optional) The first of these that passes every gate, and nothing else. Default: no list. */
  readonly prefer?: readonly string[];
  /** (optional) This device, as in `cuda:1`. Default: the first device of the chosen backend. */
  readonly device?: string;
  /** (optional) Backends that may be chosen automatically though they are opt-in. Default: none. */
  readonly enable?: readonly string[];
  /** (optional) Backends that must not be used. Default: none. */
  readonly disable?: readonly string[];
  /** (optional) What an automatic demotion does. Default: what the settings say, or `warn`. */
  readonly fallback?: FallbackPolicy;
  /** (optional) Options of the backend, checked against its closed schema. Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * (optional) Options by id of a backend: they count where `options` says nothing and that backend is the
   * one that is chosen. Default: none.
   */
  readonly defaults?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * (optional) How the model is separated from the caller. Default: what the runtime was told, or what
   * the backend recommends.
   */
  readonly isolation?: IsolationV1;
  /** (optional) What an automatic choice has to prove first. Default: what the runtime was told, or `all`. */
  readonly trials?: TrialMode;
  /** (optional) Try what was asked for by name too; a failed trial then refuses it. Default: false. */
  readonly verify?: boolean;
  /**
   * (optional) Refuse the model unless every node, those of subgraphs included, runs on the device.
   * Default: false.
   */
  readonly strict?: boolean;
  /** (optional) Inputs that trials use. Default: they are made up from dtype, shape and hints. */
  readonly feeds?: Tensors;
  /** (optional) What the graph says about values, for inputs that trials make up. Default: nothing. */
  readonly hints?: FeedHints;
  /** (optional) Sizes of free dimensions, for inputs that trials make up. Default: small ones. */
  readonly freeDimensions?: Readonly<Record<string, number>>;
  /** (optional) Ends the opening. Default: never. */
  readonly signal?: AbortSignal;
  /** (optional) Told of phases that can take long. Default: nobody is told. */
  readonly onProgress?: (phase: string) => void;
  /**
   * (optional) Told when the thread or process of the open session ends, is replaced, or cannot be. It must
   * not throw. Default: nobody is told; `session.isolation` says what happened.
   */
  readonly onIsolation?: (event: IsolationEvent) => void;
  /**
   * (optional) Asked before and after another thread or process opens the model in the place of one that
   * ended; it rejects when the files of the model are not those that were opened first. What it rejects
   * with is why the session is lost. Default: whatever lies there is opened.
   */
  readonly checkModel?: () => Promise<void>;
}

/** The statements that a request makes, in the layer `api`. */
export function requestStatements(request: OpenRequest): readonly SettingStatement[] {
  const { backend, prefer, device, enable = [], disable = [], fallback } = request;
  return [
    ...(backend === undefined
      ? []
      : [{ kind: 'backend', backend, source: source(`backend: ${backend}`) } as const]),
    ...(prefer === undefined
      ? []
      : [{ kind: 'prefer', backends: prefer, source: source(`prefer: ${prefer.join(',')}`) } as const]),
    ...(device === undefined
      ? []
      : [{ kind: 'device', device, source: source(`device: ${device}`) } as const]),
    ...enable.map((id) => ({ kind: 'enable', backend: id, source: source(`enable: ${id}`) }) as const),
    ...disable.map((id) => ({ kind: 'disable', backend: id, source: source(`disable: ${id}`) }) as const),
    ...(fallback === undefined
      ? []
      : [{ kind: 'fallback', policy: fallback, source: source(`fallback: ${fallback}`) } as const]),
  ];
}

function source(detail: string): SettingSource {
  return { layer: 'api', detail };
}
