import { FALLBACK_POLICIES, nearestName, type FallbackPolicy } from '@switchyard/core';
import { TRIAL_MODES, type OpenRequest } from '@switchyard/runtime';
import { ConfigProblem, type ModelConfig } from './model-config.ts';

/** What a configuration's `parameters` say to Switchyard. */
export interface SwitchyardParameters {
  readonly open: Omit<OpenRequest, 'signal' | 'onProgress' | 'feeds'>;
  readonly executionTimeoutMs: number | null;
  readonly responseCacheBytes: number | null;
  readonly maxQueueSize: number | null;
  readonly dynamicBatching: boolean | null;
}

const ISOLATIONS = ['inline', 'thread', 'process'] as const;
const KEYS = [
  'backend',
  'device',
  'prefer',
  'fallback',
  'strict',
  'isolation',
  'trials',
  'execution_timeout_ms',
  'response_cache_bytes',
  'max_queue_size',
  'dynamic_batching',
] as const;
const OPTION = 'options.';

/**
 * Reads Switchyard's keys of `parameters`. Other keys belong to somebody else and are left alone, unless
 * they look like one of these with a typing mistake.
 *
 * @throws ConfigProblem for a value that a key cannot have
 */
export function switchyardParameters(config: ModelConfig): SwitchyardParameters {
  const values = new Map(
    Object.entries(config.parameters ?? {}).map(([key, value]) => [key, value.string_value ?? '']),
  );
  for (const key of values.keys()) checkKey(key);
  const options: Record<string, unknown> = {};
  for (const [key, text] of values) {
    if (key.startsWith(OPTION)) options[key.slice(OPTION.length)] = optionValue(text);
  }
  const text = (key: (typeof KEYS)[number]): string | null => values.get(key) ?? null;
  const count = (key: (typeof KEYS)[number], least: number): number | null =>
    wholeNumber(key, text(key), least);
  const backend = text('backend');
  const device = text('device');
  const prefer = text('prefer');
  const fallback = oneOf<FallbackPolicy>('fallback', text('fallback'), FALLBACK_POLICIES);
  const strict = flag('strict', text('strict'));
  const isolation = oneOf('isolation', text('isolation'), ISOLATIONS);
  const trials = oneOf('trials', text('trials'), TRIAL_MODES);
  return {
    open: {
      ...(backend === null ? {} : { backend }),
      ...(device === null ? {} : { device }),
      ...(prefer === null ? {} : { prefer: prefer.split(',').map((id) => id.trim()) }),
      ...(fallback === null ? {} : { fallback }),
      ...(strict === null ? {} : { strict }),
      ...(isolation === null ? {} : { isolation }),
      ...(trials === null ? {} : { trials }),
      ...(Object.keys(options).length === 0 ? {} : { options }),
    },
    executionTimeoutMs: count('execution_timeout_ms', 0),
    responseCacheBytes: count('response_cache_bytes', 1),
    maxQueueSize: count('max_queue_size', 1),
    dynamicBatching: flag('dynamic_batching', text('dynamic_batching')),
  };
}

function checkKey(key: string): void {
  if ((KEYS as readonly string[]).includes(key) || key.startsWith(OPTION)) return;
  const nearest = nearestName(key, KEYS);
  // Two edits of a short word reach words that are about something else.
  if (nearest === null || Math.abs(nearest.length - key.length) > 1) return;
  throw new ConfigProblem(`the parameter \`${key}\` is unknown. Did you mean \`${nearest}\`?`);
}

/** Text is what a JSON boolean, number or string says; everything else is taken as it stands. */
function optionValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  } catch {
    // Plain words are no JSON, and are meant as they stand.
  }
  return text;
}

function wholeNumber(key: string, text: string | null, least: number): number | null {
  if (text === null) return null;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new ConfigProblem(
    `the parameter \`${key}\` is '${text}', but must be a whole number of ${least} or more`,
  );
}

function flag(key: string, text: string | null): boolean | null {
  if (text === null) return null;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ConfigProblem(`the parameter \`${key}\` is '${text}', but must be 'true' or 'false'`);
}

function oneOf<Word extends string>(key: string, text: string | null, words: readonly Word[]): Word | null {
  if (text === null) return null;
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new ConfigProblem(`the parameter \`${key}\` is '${text}', but must be one of ${words.join(', ')}`);
}
