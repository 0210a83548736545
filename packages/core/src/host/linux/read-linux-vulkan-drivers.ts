import { basename, dirname, resolve } from 'node:path';
import { known } from '../fact.ts';
import type { Fact, VulkanDriverFacts } from '../host-facts.ts';
import type { LinuxHost } from './linux-host.ts';
import { isSoftwareVulkan } from './vulkan-software.ts';
import { isManifestLeftIn, vulkanSearchPath } from './vulkan-search-path.ts';

/** The Vulkan driver manifests that the loader would find, in its order. Nothing is loaded. */
export async function readLinuxVulkanDrivers(host: LinuxHost): Promise<Fact<readonly VulkanDriverFacts[]>> {
  const search = vulkanSearchPath(host.environment);
  const problems: string[] = [];
  const lists = await Promise.all([
    ...search.named.map((path) => manifestsAt(host, resolve(host.process.cwd(), path), true, problems)),
    ...search.directories.map((path) => manifestsAt(host, path, false, problems)),
  ]);
  const drivers: VulkanDriverFacts[] = [];
  for (const path of new Set(lists.flat())) {
    if (!isManifestLeftIn(basename(path), host.environment)) continue;
    const text = await host.files.readText(path);
    const library = text.ok ? libraryOf(text.value, path) : { problem: text.why };
    if ('problem' in library) {
      problems.push(library.problem);
      continue;
    }
    drivers.push({
      name: basename(path, '.json'),
      library: library.path,
      software: isSoftwareVulkan(library.path),
    });
  }
  const source = search.decidedBy ?? 'vulkan/icd.d in the standard places of the Vulkan loader';
  return known(drivers, problems.length === 0 ? source : `${source} (left out: ${problems.join('; ')})`);
}

async function manifestsAt(
  host: LinuxHost,
  path: string,
  named: boolean,
  problems: string[],
): Promise<readonly string[]> {
  if (named && path.endsWith('.json')) return [path];
  const listing = await host.files.list(path);
  if (!listing.ok) {
    if (named || !listing.absent) problems.push(listing.why);
    return [];
  }
  return listing.value
    .filter((entry) => entry.name.endsWith('.json'))
    .map((entry) => `${path}/${entry.name}`);
}

function libraryOf(text: string, manifest: string): { readonly path: string } | { readonly problem: string } {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { problem: `${manifest} is not JSON` };
  }
  const icd = isRecord(document) ? document['ICD'] : undefined;
  const library = isRecord(icd) ? icd['library_path'] : undefined;
  if (typeof library !== 'string' || library === '') {
    return { problem: `${manifest} names no \`ICD.library_path\`` };
  }
  // A path with a slash that is not absolute counts from the manifest; a bare name is the loader's to find.
  return { path: library.includes('/') ? resolve(dirname(manifest), library) : library };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
