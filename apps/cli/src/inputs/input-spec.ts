/** How the bytes of a source are read. */
export type InputFormat = 'npy' | 'npz' | 'json' | 'raw' | 'image' | 'wav';

/** Every {@link InputFormat}, in the order in which messages list them. */
export const INPUT_FORMATS: readonly InputFormat[] = Object.freeze([
  'npy',
  'npz',
  'json',
  'raw',
  'image',
  'wav',
]);

/** Where the values of an input come from. */
export type InputSource =
  | { readonly kind: 'file'; readonly path: string; readonly member: string | null }
  | { readonly kind: 'stdin'; readonly member: string | null }
  | { readonly kind: 'inline'; readonly text: string }
  | { readonly kind: 'fill'; readonly value: 0 | 1 };

/** One `--input`, understood but not yet read. */
export interface InputSpec {
  /** What was typed. */
  readonly text: string;
  /** Name of the input, or `null` where only a source was written, which needs a model with one input. */
  readonly name: string | null;
  readonly source: InputSource;
  /** The format that `?format=` or the extension says, or `null` where the content has to say it. */
  readonly format: InputFormat | null;
  /** What was written after `?`, without `format`; every key is a known one. */
  readonly options: ReadonlyMap<string, string>;
}
