import type { DeviceV1, HostFacts, PlacementV1 } from '@switchyard/core';
import type { OutputComparison, SpeedFigures } from '@switchyard/runtime';
import type { ConformanceResult } from '../create-conformance.ts';
import { VERSION } from '../version.ts';
import { hashOf } from './canonical.ts';

/** What one backend did on one machine, as JSON that can be given to anybody. */
export interface ConformanceEvidence {
  readonly schema: 1;
  /** This kit. */
  readonly kit: string;
  /** ISO 8601 in UTC. */
  readonly recordedAt: string;
  readonly backend: {
    readonly id: string;
    readonly package: { readonly name: string; readonly version: string };
    /** Native library and its version, or `null` where the manifest names none. */
    readonly engine: { readonly name: string; readonly version: string } | null;
  };
  /** Redacted. */
  readonly host: HostFacts;
  /** The device as its session reported it, or `null` where the machine has none. */
  readonly device: DeviceV1 | null;
  /**
   * `verified`: on a device, every case passed, none was skipped for want of it, and the outputs agree with
   * those of the CPU. It follows from the rest, and whoever reads the document works it out again.
   */
  readonly verdict: 'verified' | 'not-verified';
  readonly results: readonly Omit<ConformanceResult, 'durationMs'>[];
  /** Where the nodes of the model of the figures ran. */
  readonly placement: PlacementV1 | null;
  /** Its outputs beside those of the `cpu` backend, or `null` where they were not compared. */
  readonly parity: readonly OutputComparison[] | null;
  /** Times beside those of the `cpu` backend: medians, quartiles and their ratio. No verdict rests on them. */
  readonly speed: SpeedFigures | null;
  /** `sha256:` of everything else, as JSON with ordered keys. */
  readonly hash: string;
}

/** Everything of an evidence that is measured rather than worked out. */
export type EvidenceParts = Omit<ConformanceEvidence, 'schema' | 'kit' | 'verdict' | 'hash'>;

/** Puts an evidence together: the verdict and the hash follow from the parts. Redact the parts first. */
export function makeEvidence(parts: EvidenceParts): ConformanceEvidence {
  const content = { schema: 1, kit: VERSION, ...parts, verdict: verdictOf(parts) } as const;
  return { ...content, hash: hashOf(content) };
}

/** What is wrong with a document that is offered as evidence, in a sentence, or `null`. */
export function evidenceProblem(document: unknown): string | null {
  if (typeof document !== 'object' || document === null) return 'It is no object.';
  const evidence = document as ConformanceEvidence;
  if (evidence.schema !== 1) return `Its \`schema\` is ${String(evidence.schema)}, and not 1.`;
  if (!Array.isArray(evidence.results) || evidence.results.length === 0) return 'It has no results.';
  const hash = hashOf(document as Readonly<Record<string, unknown>>);
  if (evidence.hash !== hash)
    return `Its \`hash\` is not that of its content (${hash}): it was changed after it was written.`;
  const verdict = verdictOf(evidence);
  return evidence.verdict === verdict
    ? null
    : `Its verdict is ${evidence.verdict}, and its results say ${verdict}.`;
}

function verdictOf({
  device,
  results,
  parity,
}: Pick<EvidenceParts, 'device' | 'results' | 'parity'>): ConformanceEvidence['verdict'] {
  const clean = results.length > 0 && results.every(({ status }) => status === 'passed');
  const agrees = parity !== null && parity.length > 0 && parity.every((output) => output.agrees);
  return device !== null && clean && agrees ? 'verified' : 'not-verified';
}
