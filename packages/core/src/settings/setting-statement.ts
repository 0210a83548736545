/** Where settings come from, weakest first. The nearest statement about the same thing wins. */
export const SETTING_LAYERS = ['default', 'user-config', 'project-config', 'env', 'flag', 'api'] as const;

export type SettingLayer = (typeof SETTING_LAYERS)[number];

/**
 * Who said it: a layer and the literal words. `client` is a remote client's request on a server: it
 * chooses among what the operator allows and can enable nothing.
 */
export interface SettingSource {
  readonly layer: SettingLayer | 'client';
  /** The literal flag (`--use-openvino=false`), variable (`SWITCHYARD_BACKEND=cpu`) or `file:line`. Absent for `default`. */
  readonly detail?: string;
}

/** What to do when an automatic choice has to fall to a lower-ranked backend. */
export const FALLBACK_POLICIES = ['error', 'warn', 'allow'] as const;

export type FallbackPolicy = (typeof FALLBACK_POLICIES)[number];

/** One thing that somebody said. Ids are as they were typed; aliases are resolved later. */
export type SettingStatement = { readonly source: SettingSource } & (
  | { readonly kind: 'backend'; readonly backend: string }
  | { readonly kind: 'use'; readonly backend: string; readonly value: boolean }
  | { readonly kind: 'disable'; readonly backend: string }
  | { readonly kind: 'enable'; readonly backend: string }
  | { readonly kind: 'prefer'; readonly backends: readonly string[] }
  | { readonly kind: 'device'; readonly device: string }
  | { readonly kind: 'fallback'; readonly policy: FallbackPolicy }
  | { readonly kind: 'plugin'; readonly package: string }
  /** Something that could not be understood: it refuses the selection instead of being dropped. */
  | { readonly kind: 'invalid'; readonly key: string; readonly message: string; readonly remedy: string }
);
