/** How results are written to a file. */
export type OutputFormat = 'npy' | 'npz' | 'json' | 'raw';

/** Every {@link OutputFormat}, in the order in which messages list them. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = Object.freeze(['npy', 'npz', 'json', 'raw']);

/** One `--output`, understood. */
export interface OutputSpec {
  /** What was typed. */
  readonly text: string;
  /** The one output to write, or `null` for all. */
  readonly name: string | null;
  /** A file, a directory (by a `/` at the end, or because it is one), or `-` for standard output. */
  readonly path: string;
  /** The format that `?format=` or the extension says, or `null` for the default of the place. */
  readonly format: OutputFormat | null;
}
