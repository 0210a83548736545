import type { TraceSettings } from '@switchyard/open-inference';

/** The context of a caller's span. */
export interface ParentContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** Which requests are traced, by the settings that count now. */
export interface TraceSampling {
  /** Settings of the server (`''`) or of a model, `null` for a model without its own. */
  apply(model: string, settings: TraceSettings | null): void;
  /** Whether a request is traced, `null` when that depends on its model. */
  atStart(traceparent: string | undefined): boolean | null;
  /** The same for a request whose model is known. */
  atEnd(model: string): boolean;
}

interface Sampler {
  readonly on: boolean;
  readonly rate: number;
  /** How many more, `null` for no end. */
  left: number | null;
  seen: number;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
const SAMPLED = 1;

/** Reads W3C's `traceparent`; `null` for none and for one that is malformed, which counts as none. */
export function parseTraceparent(header: string | undefined): ParentContext | null {
  const match = TRACEPARENT.exec(header ?? '');
  if (match === null || header!.startsWith('ff')) return null;
  const [, traceId, spanId, flags] = match;
  // Nothing but zeros is what the standard calls invalid.
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return null;
  return { traceId: traceId!, spanId: spanId!, traceFlags: Number.parseInt(flags!, 16) };
}

/**
 * Decides by the caller's word where it traces itself, and otherwise takes one of every `trace_rate`
 * requests, `trace_count` of them at most.
 */
export function createTraceSampling(initial: TraceSettings): TraceSampling {
  let server = samplerOf(initial);
  const models = new Map<string, Sampler>();
  const take = (sampler: Sampler): boolean => {
    if (!sampler.on || sampler.left === 0) return false;
    sampler.seen += 1;
    if (sampler.rate === 0 || sampler.seen < sampler.rate) return false;
    sampler.seen = 0;
    if (sampler.left !== null) sampler.left -= 1;
    return true;
  };
  return {
    apply(model, settings) {
      if (settings === null) models.delete(model);
      else if (model === '') server = samplerOf(settings);
      else models.set(model, samplerOf(settings));
    },
    atStart(traceparent) {
      const parent = parseTraceparent(traceparent);
      if (parent !== null) return server.on && (parent.traceFlags & SAMPLED) !== 0;
      return models.size === 0 ? take(server) : null;
    },
    atEnd: (model) => take(models.get(model) ?? server),
  };
}

function samplerOf(settings: TraceSettings): Sampler {
  const count = Number(settings['trace_count'] ?? '-1');
  return {
    on: [settings['trace_level']].flat().includes('TIMESTAMPS'),
    rate: Number(settings['trace_rate'] ?? '1000'),
    left: count < 0 ? null : count,
    seen: 0,
  };
}
