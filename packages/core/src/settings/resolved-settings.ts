import type { EffectiveSetting, SelectionWarning } from '../selection/selection-report.ts';
import type { ReasonCode } from '../selection/reason-codes.ts';
import type { FallbackPolicy, SettingSource } from './setting-statement.ts';

/** What is asked for once every layer has spoken. */
export type ResolvedRequest =
  | { readonly kind: 'auto'; readonly source: SettingSource }
  | {
      readonly kind: 'exact';
      readonly backend: string;
      /** Device as it was typed, or `null` when none was. */
      readonly device: string | null;
      readonly source: SettingSource;
    }
  | {
      readonly kind: 'ordered';
      readonly backends: readonly string[];
      /** Device as it was typed with the backend it belongs to, or `null` when none was. */
      readonly device: { readonly backend: string; readonly device: string } | null;
      readonly source: SettingSource;
    };

/** Whether automatic choice may use a backend, and who said so. */
export interface Permission {
  readonly allowed: boolean;
  readonly source: SettingSource;
}

/** Something that makes the settings as a whole unusable. */
export interface SettingsProblem {
  readonly code: Extract<ReasonCode, 'conflict' | 'invalid-value' | 'unknown-backend'>;
  readonly message: string;
  readonly remedy: string;
}

export interface ResolvedSettings {
  readonly request: ResolvedRequest;
  /** By id; a backend that nobody spoke of is absent. Naming a backend in the request is not a permission. */
  readonly permissions: ReadonlyMap<string, Permission>;
  /** A client's request that the operator's settings have to allow; `null` where no client asked. */
  readonly client: { readonly backend: string; readonly device: string | null } | null;
  readonly fallback: FallbackPolicy;
  readonly effective: readonly EffectiveSetting[];
  readonly problems: readonly SettingsProblem[];
  /** Statements that could not be followed and change nothing. */
  readonly warnings: readonly SelectionWarning[];
}
