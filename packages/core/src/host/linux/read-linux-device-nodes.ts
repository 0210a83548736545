import { compareNames } from '../compare-names.ts';
import { known, unknown } from '../fact.ts';
import type { Fact } from '../host-facts.ts';
import type { LinuxHost } from './linux-host.ts';

const PLACES: readonly { readonly directory: string; readonly pattern: RegExp }[] = [
  { directory: '/dev', pattern: /^(nvidia.*|dxg|kfd)$/ },
  { directory: '/dev/accel', pattern: /./ },
  { directory: '/dev/dri', pattern: /^(card|renderD)\d+$/ },
];

/** Device nodes of GPUs and NPUs. Whether this process may open them is not asked here. */
export async function readLinuxDeviceNodes({ files }: LinuxHost): Promise<Fact<readonly string[]>> {
  const nodes: string[] = [];
  const problems: string[] = [];
  const listings = await Promise.all(
    PLACES.map(async (place) => ({ ...place, listing: await files.list(place.directory) })),
  );
  for (const { directory, pattern, listing } of listings) {
    if (!listing.ok) {
      if (directory === '/dev') return unknown(listing.why);
      if (!listing.absent) problems.push(listing.why);
      continue;
    }
    for (const entry of listing.value) {
      // `/dev/nvidia-caps` is a directory of other things.
      if (!entry.isDirectory && pattern.test(entry.name)) nodes.push(`${directory}/${entry.name}`);
    }
  }
  return problems.length > 0
    ? unknown(problems.join('; '))
    : known(nodes.toSorted(compareNames), '/dev, /dev/accel and /dev/dri');
}
