/** What the child process is asked for. */
export interface PlacementTask {
  readonly backend: string;
  /** Path of the model, or `null` when its bytes follow. */
  readonly path: string | null;
  /** Options as the binding takes them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What it answers; the placement itself is in its log. */
export type PlacementAnswer =
  | { readonly opened: true }
  | { readonly opened: false; readonly sentence: string };
