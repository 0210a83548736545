import type { Scan } from './files/found-model.ts';
import { writeOverride } from './files/write-override.ts';
import type { LoadSource } from './load-context.ts';
import type { LoadOptions } from './model-repository.ts';
import { absentModel } from './texts.ts';

export interface OverridePolicy {
  readonly allowed: 'none' | 'config' | 'files';
  /** Where files are kept; `null` for the system's folder. */
  readonly temporaryFolder: string | null;
}

/** What a client's load is made from: the repository's files, or those that it brought along. */
export async function loadSource(
  name: string,
  scan: Scan,
  options: LoadOptions,
  policy: OverridePolicy,
): Promise<LoadSource> {
  const { config, files } = options;
  if (files.size > 0) {
    if (policy.allowed !== 'files') {
      throw new Error('files in a load are not allowed on this server; its operator can allow them');
    }
    if (config === null) throw new Error("a load with files needs the parameter 'config' too");
    const { found, hold } = await writeOverride(name, files, policy.temporaryFolder);
    return { found, config, hold };
  }
  if (config !== null && policy.allowed === 'none') {
    throw new Error("the parameter 'config' is not allowed on this server; its operator can allow it");
  }
  const found = scan.models.get(name);
  if (found !== undefined) return { found, config, hold: null };
  const problem = scan.problems.get(name);
  throw problem === undefined ? absentModel(name) : new Error(problem);
}
