import type { AcceleratorFacts, HostFacts } from '@switchyard/core';
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';

/** A first-party backend that is worth installing on a machine, with what was found there. */
export interface Suggestion {
  readonly entry: CatalogueEntry;
  /** `NVIDIA GeForce RTX 4090 (gpu)`. */
  readonly found: string;
}

/**
 * Backends whose hardware the facts of a machine show, in the order of the catalogue. It is a hint about packages
 * that are not there to be asked: no permission, no order of preference, and no claim that one will work.
 */
export function suggestBackends({ os, libc, accelerators }: HostFacts): readonly Suggestion[] {
  // No engine has a native build for another C library.
  if (!accelerators.known || (os.platform === 'linux' && libc.known && libc.value.flavour !== 'glibc'))
    return [];
  const system = `${os.platform}-${os.arch}`;
  return CATALOGUE.flatMap((entry) => {
    if (!entry.hint.systems.includes(system)) return [];
    const device = accelerators.value.find((one) => suits(one, entry));
    if (device === undefined) return [];
    return { entry, found: `${device.name ?? device.vendor} (${device.kind})` };
  });
}

function suits({ kind, vendor }: AcceleratorFacts, { hint, deviceKinds }: CatalogueEntry): boolean {
  if (!deviceKinds.includes(kind)) return false;
  return hint.vendors.length === 0 ? kind === 'gpu' : hint.vendors.includes(vendor);
}
