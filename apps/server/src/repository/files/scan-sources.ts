import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorText } from '@switchyard/core';
import { versionNumber, type FoundModel, type Scan } from './found-model.ts';
import { realInside } from './inside.ts';

const EXTENSION = '.onnx';
const CONFIG = 'config.pbtxt';

/** A source as it was given, and the real path that nothing of it may lead out of. */
type Origin = Pick<FoundModel, 'source' | 'root'>;

interface Findings {
  readonly models: FoundModel[];
  readonly problems: { readonly name: string; readonly label: string; readonly reason: string }[];
}

/**
 * Looks for models in files and folders: a `.onnx` file, a folder of them, a repository in Triton's layout,
 * or one model's folder of it. Only names that a directory listing gave become paths.
 */
export async function scanSources(sources: readonly string[]): Promise<Scan> {
  const unreadable = new Map<string, string>();
  const findings: Findings = { models: [], problems: [] };
  for (const [source, label] of labelled(sources)) {
    try {
      await scanSource(source, label, findings);
    } catch (error) {
      unreadable.set(source, errorText(error).replaceAll(resolve(source), label));
    }
  }
  const models = new Map<string, FoundModel>();
  const problems = new Map<string, string>();
  for (const { name, label, reason } of findings.problems) problems.set(name, `${label} ${reason}`);
  for (const model of findings.models) {
    const same = findings.models.filter(({ name }) => name === model.name);
    if (same.length === 1 && !problems.has(model.name)) models.set(model.name, model);
    else if (same.length > 1) {
      const labels = same.map(({ label }) => `'${label}'`).join(' and ');
      problems.set(model.name, `model '${model.name}' is not unique: it is in ${labels}; rename one of them`);
    }
  }
  return { models, problems, unreadable };
}

/** Sources by the last part of their path; a number tells equal ones apart. */
function labelled(sources: readonly string[]): readonly (readonly [string, string])[] {
  const names = sources.map((source) => basename(resolve(source)));
  return sources.map((source, index) => {
    const name = names[index]!;
    const before = names.slice(0, index).filter((other) => other === name).length;
    return [source, before === 0 ? name : `${name} (${before + 1})`];
  });
}

async function scanSource(source: string, label: string, findings: Findings): Promise<void> {
  const path = resolve(source);
  if ((await stat(path)).isFile()) {
    // An operator's own link to a file is followed: it was named.
    const root = dirname(await realpath(path));
    addFile(path, label, label, { source, root }, findings);
    return;
  }
  const root = await realpath(path);
  const origin = { source, root };
  const entries = await readdir(root, { withFileTypes: true });
  const asModel = await modelFolder(basename(path), label, origin, root, entries);
  if (asModel !== null) {
    findings.models.push(asModel);
    return;
  }
  for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    await scanEntry(origin, entry, `${label}/${entry.name}`, findings);
  }
}

async function scanEntry(origin: Origin, entry: Dirent, label: string, findings: Findings): Promise<void> {
  const { root } = origin;
  const path = join(root, entry.name);
  const isModel = entry.name.endsWith(EXTENSION);
  const name = isModel ? entry.name.slice(0, -EXTENSION.length) : entry.name;
  const real = await realInside(root, path);
  if (real === null) return;
  if (real === 'outside') {
    // A link to something that is no model is nobody's business.
    if (isModel || entry.isSymbolicLink()) {
      findings.problems.push({
        name,
        label: `'${label}'`,
        reason: 'is a link that leads out of the repository',
      });
    }
    return;
  }
  const stats = await stat(real.path);
  if (stats.isFile()) {
    if (isModel) addFile(path, label, entry.name, origin, findings);
    return;
  }
  if (!stats.isDirectory()) return;
  const entries = await readdir(real.path, { withFileTypes: true });
  const model = await modelFolder(entry.name, label, origin, real.path, entries);
  if (model !== null) findings.models.push(model);
  else if (entries.some((inner) => inner.name === 'model.onnx')) {
    const reason = 'has a model.onnx, but no folder of a version; move it into a folder `1`';
    findings.problems.push({ name: entry.name, label: `'${label}'`, reason });
  }
}

function addFile(path: string, label: string, fileName: string, origin: Origin, findings: Findings): void {
  const name = fileName.endsWith(EXTENSION) ? fileName.slice(0, -EXTENSION.length) : fileName;
  const problem = nameProblem(name);
  if (problem !== null) findings.problems.push({ name, label: `'${label}'`, reason: problem });
  else {
    findings.models.push({
      name,
      ...origin,
      label,
      folder: null,
      file: path,
      configFile: null,
      versions: new Map([[1, dirname(path)]]),
    });
  }
}

/** The folder as a model: with a configuration, or with a folder of a version that has anything in it. */
async function modelFolder(
  name: string,
  label: string,
  origin: Origin,
  folder: string,
  entries: readonly Dirent[],
): Promise<FoundModel | null> {
  const versions = new Map<number, string>();
  for (const entry of entries) {
    const version = versionNumber(entry.name);
    if (version === null) continue;
    const real = await realInside(origin.root, join(folder, entry.name));
    if (real === null || real === 'outside') continue;
    if ((await stat(real.path)).isDirectory()) versions.set(version, real.path);
  }
  const hasConfig = entries.some((entry) => entry.name === CONFIG);
  if (!hasConfig && versions.size === 0) return null;
  if (nameProblem(name) !== null) return null;
  return {
    name,
    ...origin,
    label,
    folder,
    file: null,
    configFile: hasConfig ? join(folder, CONFIG) : null,
    versions: new Map([...versions].toSorted(([left], [right]) => left - right)),
  };
}

/** Names come from a listing, so that `/` cannot be in them; the rest must not look like a way elsewhere. */
function nameProblem(name: string): string | null {
  if (name === '') return 'has no name before `.onnx`';
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for.
  if (name.includes('..') || /[\\\u0000-\u001f\u007f]/.test(name)) {
    return 'has a name that no request can carry: it has `..`, `\\` or a control character';
  }
  return null;
}
