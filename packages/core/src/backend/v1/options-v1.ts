/** One option of a backend. The set is closed: a key that is not listed is refused. */
export type OptionSpecV1 = {
  /** What it does and what it costs, in one or two sentences. */
  readonly description: string;
} & (
  | { readonly type: 'boolean'; readonly default?: boolean }
  | {
      readonly type: 'integer' | 'number';
      /** (optional) Smallest value allowed. Default: no bound. */
      readonly minimum?: number;
      /** (optional) Largest value allowed. Default: no bound. */
      readonly maximum?: number;
      /** (optional) Unit of the value (`threads`, `bytes`, `milliseconds`). Default: a plain count. */
      readonly unit?: string;
      readonly default?: number;
    }
  | { readonly type: 'string'; readonly default?: string }
  | { readonly type: 'enum'; readonly values: readonly string[]; readonly default?: string }
);

/** A backend's closed option schema: names to specifications. */
export type OptionSchemaV1 = Readonly<Record<string, OptionSpecV1>>;

/** Option values that were checked against the schema. */
export type OptionValuesV1 = Readonly<Record<string, boolean | number | string>>;
