/** A model as it lies in a source, before anything of it is read. */
export interface FoundModel {
  readonly name: string;
  /** The source that it is in, as it was given. */
  readonly source: string;
  /** Where it is, for messages: relative to its source, which is named by its last part. */
  readonly label: string;
  /** Real path that nothing of the model may lead out of. */
  readonly root: string;
  /** Real path of the model's folder; `null` for a plain file. */
  readonly folder: string | null;
  /** Path of a plain file; `null` for a folder. */
  readonly file: string | null;
  /** Path of `config.pbtxt`, `null` where there is none. */
  readonly configFile: string | null;
  /** Folder of each version. */
  readonly versions: ReadonlyMap<number, string>;
}

/** What the sources hold. */
export interface Scan {
  readonly models: ReadonlyMap<string, FoundModel>;
  /** Why a name in a source cannot be served, by name. */
  readonly problems: ReadonlyMap<string, string>;
  /** Sources that could not be read, with the reason, by their path as given. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** The number of a version's folder: positive, without leading zero; `null` for any other name. */
export function versionNumber(name: string): number | null {
  if (!/^[1-9]\d*$/.test(name)) return null;
  const version = Number(name);
  return Number.isSafeInteger(version) ? version : null;
}
