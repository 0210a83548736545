import type { ArtifactCheckV1, ProbeResultV1 } from '../backend/v1/backend-v1.ts';
import type { DeviceKind } from '../backend/v1/device-v1.ts';
import type { BackendManifestV1 } from '../backend/v1/manifest-v1.ts';
import type { PredicateV1 } from '../backend/v1/predicate-v1.ts';
import type { Evidence, Reason } from '../backend/v1/reason-v1.ts';

/** A backend whose package resolves and whose code was loaded and checked. */
export interface InstalledBackend {
  readonly state: 'installed';
  readonly manifest: BackendManifestV1;
  readonly predicate: PredicateV1;
  /** (optional) What a look at the files of its packages found. Default: nobody looked. */
  readonly artifacts?: readonly ArtifactCheckV1[];
}

/** A backend that is known by name only, so that a report can say how to install it. */
export interface NotInstalledBackend {
  readonly state: 'not-installed';
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly package: string;
  readonly optIn: boolean;
  readonly deviceKinds: readonly DeviceKind[];
  /** What the reader can type to install it. */
  readonly install: string;
}

/** A third-party package that says it is a backend; none of its code was run. */
export interface NotListedBackend {
  readonly state: 'not-listed';
  readonly id: string;
  readonly package: { readonly name: string; readonly version: string };
}

/** A package that was loaded and turned out not to be usable: the reason says why. */
export interface UnusableBackend {
  readonly state: 'unusable';
  readonly id: string;
  readonly aliases: readonly string[];
  readonly package: { readonly name: string; readonly version: string | null };
  readonly reason: Reason;
}

/** Everything that a composition knows about one backend. */
export type KnownBackend = InstalledBackend | NotInstalledBackend | NotListedBackend | UnusableBackend;

/** What is remembered of a probe of one backend on this machine. */
export type ProbeOutcome = ProbeResultV1 & {
  /** (optional) When it ran, as ISO 8601 in UTC. Default: nobody wrote it down. */
  readonly when?: string;
};

/** The trials that an automatic choice has to pass, in their order. */
export type TrialName = 'placement' | 'parity' | 'speed';

/** What is remembered of one trial of one backend with one model. */
export type TrialOutcome = {
  readonly trial: TrialName;
  /** (optional) When it ran, as ISO 8601 in UTC. Default: nobody wrote it down. */
  readonly when?: string;
} & (
  | { readonly passed: true; readonly evidence: readonly Evidence[] }
  | { readonly passed: false; readonly reason: Reason }
);

/** A trial of one backend with one model that gave no verdict. It neither passed nor failed. */
export interface TrialNotRun {
  readonly trial: TrialName;
  /** Why there is no verdict, in a sentence. */
  readonly why: string;
  /** (optional) When it was tried in vain, as ISO 8601 in UTC. Default: it was not tried at all. */
  readonly when?: string;
}

/** Id of a backend, whatever is known about it. */
export function knownId(known: KnownBackend): string {
  return known.state === 'installed' ? known.manifest.id : known.id;
}

/** Other names that a person may type for it. */
export function knownAliases(known: KnownBackend): readonly string[] {
  if (known.state === 'installed') return known.manifest.aliases ?? [];
  return known.state === 'not-listed' ? [] : known.aliases;
}
