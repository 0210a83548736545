import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Everything that the program takes from the outside; nothing else is read. */
export interface CliContext {
  /** Words after the name of the program. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path that relative paths count from. */
  readonly cwd: string;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** (optional) Ends what is under way. Default: never. */
  readonly signal?: AbortSignal;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  /** Configuration file that takes the place of the project's, or `undefined`. */
  readonly config: string | undefined;
}
