import type { ElfDynamic } from './elf-dynamic.ts';

/** The rule of the dynamic loader by which a library is found. */
export type LoaderRule =
  | 'loaded already'
  | 'path'
  | 'RPATH'
  | 'LD_LIBRARY_PATH'
  | 'RUNPATH'
  | 'ld.so.cache'
  | 'default directory';

/** A file of the right name that the loader passes over, or cannot use. */
export interface PassedOver {
  readonly path: string;
  /** Why, as the end of "it is passed over, because …". */
  readonly why: string;
}

/** One library that a shared object cannot be loaded without, itself or through another one. */
export interface NeededLibrary {
  /** `libcublasLt.so.12`. */
  readonly name: string;
  /** Name of the file that needs it: the one that was asked about, or another library. */
  readonly neededBy: string;
  /** `unknown` where a place that the loader looks at could not be looked at. */
  readonly found: 'yes' | 'no' | 'unknown';
  /** Where the loader would take it from, or `null`. */
  readonly path: string | null;
  /** How the loader would find it, or `null`. */
  readonly rule: LoaderRule | null;
  readonly passedOver: readonly PassedOver[];
}

/**
 * What a look at one shared object found: JSON, so that whoever judges it can do so anywhere, at any time.
 * Made by `lookAtSharedObject()` and by nothing else in a running program.
 */
export interface SharedObjectLook {
  readonly schema: 1;
  readonly file: string;
  /** What the file says, or why it is no shared object for this process. */
  readonly object: ElfDynamic;
  /** In the order in which the loader loads them; each name once. Empty where the file cannot be read. */
  readonly libraries: readonly NeededLibrary[];
  /** Places of the loader that could not be looked at, each with the reason. */
  readonly notLookedAt: readonly string[];
}
