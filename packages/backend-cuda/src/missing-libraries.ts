import path from 'node:path';
import { makeReason, type HostFacts, type Reason } from '@switchyard/core';
import type { NeededLibrary } from '@switchyard/core/host';
import { libraryFamily, type LibraryFamily } from './cuda-releases.ts';
import { cudaPackage, installCommand, libraryCommand } from './install-commands.ts';

/** What a provider needs, as it was resolved. */
export interface ProviderNeeds {
  /** Absolute path of the provider's library. */
  readonly provider: string;
  /** Each library once. */
  readonly needed: readonly NeededLibrary[];
  readonly cudaMajor: number | null;
}

/** Libraries that the loader finds nowhere, the driver's apart, in one sentence with one command. */
export function missingLibraries(
  { provider: file, needed, cudaMajor: cuda }: ProviderNeeds,
  host: HostFacts,
): Reason | null {
  const missing = needed.filter(
    ({ name, found }) => found === 'no' && libraryFamily(name)?.product !== 'driver',
  );
  if (missing.length === 0) return null;
  const provider = path.posix.basename(file);
  const others = otherVersions(missing, cuda, host);
  const passed = missing.flatMap(({ passedOver }) => passedOver);
  const clauses = [
    `\`${provider}\` needs ${inGroups(missing, cuda, provider)}, and the dynamic loader finds ${missing.length === 1 ? 'it nowhere' : 'none of them'}`,
    ...(others === null ? [] : [others]),
    ...passed.map((one) => `\`${one.path}\` is passed over, because ${one.why}`),
  ];
  return makeReason(
    'runtime-library-missing',
    `${clauses.join('; ')}.`,
    {
      [file]: Object.fromEntries(
        needed
          .filter(({ name }) => libraryFamily(name) !== null || missing.some((one) => one.name === name))
          .map(({ name, path: at }) => [name, at]),
      ),
      'variables.LD_LIBRARY_PATH': host.variables['LD_LIBRARY_PATH'] ?? null,
    },
    remedy(missing, cuda, host),
  );
}

/** `libcublas.so.12` and `libcufft.so.11` (CUDA 12), and `libcudnn.so.9` (cuDNN 9). */
function inGroups(missing: readonly NeededLibrary[], cuda: number | null, provider: string): string {
  const groups = new Map<string, string[]>();
  for (const { name, neededBy } of missing) {
    const product = productOf(name, cuda);
    const through =
      neededBy === provider || neededBy.startsWith('libonnxruntime') ? '' : ` for \`${neededBy}\``;
    groups.set(product, [...(groups.get(product) ?? []), `\`${name}\`${through}`]);
  }
  return list(
    [...groups].map(([product, names]) => `${list(names)}${product === '' ? '' : ` (${product})`}`),
  );
}

function productOf(name: string, cuda: number | null): string {
  const family = libraryFamily(name);
  if (family === null) return '';
  const major = family.major ?? (family.product === 'CUDA' ? cuda : null);
  return major === null ? family.product : `${family.product} ${major}`;
}

/** Other major versions of what is missing, which people take for the thing itself. */
function otherVersions(
  missing: readonly NeededLibrary[],
  cuda: number | null,
  host: HostFacts,
): string | null {
  if (!host.libraries.known) return null;
  const wanted = new Set(missing.map(({ name }) => productOf(name, cuda)));
  const products = new Set(missing.map(({ name }) => libraryFamily(name)?.product));
  const here = new Set(
    host.libraries.value.flatMap(({ name }) => {
      const family = libraryFamily(name);
      if (family?.major == null || family.product === 'driver' || !products.has(family.product)) return [];
      const product = `${family.product} ${family.major}`;
      return wanted.has(product) ? [] : [product];
    }),
  );
  if (here.size === 0) return null;
  return `${list([...here].toSorted())} ${here.size === 1 ? 'is' : 'are'} here and cannot stand in for ${missing.length === 1 ? 'it' : 'them'}`;
}

function remedy(missing: readonly NeededLibrary[], cuda: number | null, host: HostFacts): string {
  const packages = new Set<string>();
  let release: string | null = null;
  let other: string | null = null;
  for (const { name } of missing) {
    const family = libraryFamily(name);
    const found = family === null ? null : packageOf(family, name, cuda);
    if (found !== null) packages.add(found);
    else if (family === null) other ??= name;
    else release ??= productOf(name, cuda);
  }
  if (packages.size > 0)
    return `Install from NVIDIA's package repository: ${installCommand(host, [...packages])}.`;
  if (release !== null) return `Install ${release} from NVIDIA's package repository.`;
  return `Install the package that brings it: ${libraryCommand(host, other!)}.`;
}

function packageOf(family: LibraryFamily, name: string, cuda: number | null): string | null {
  switch (family.product) {
    case 'CUDA': {
      const major = family.major ?? cuda;
      return major === null ? null : cudaPackage(major);
    }
    case 'cuDNN': {
      return cuda === null || family.major === null ? null : `libcudnn${family.major}-cuda-${cuda}`;
    }
    case 'TensorRT': {
      const stem = /^lib(nvinfer|nvonnxparser)/.exec(name)?.[1];
      if (stem === undefined || family.major === null) return null;
      // NVIDIA writes the plugin library apart and the parser in the plural.
      if (name.startsWith('libnvinfer_plugin')) return `libnvinfer-plugin${family.major}`;
      return stem === 'nvinfer' ? `libnvinfer${family.major}` : `libnvonnxparsers${family.major}`;
    }
    case 'driver': {
      return null;
    }
  }
}

function list(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
