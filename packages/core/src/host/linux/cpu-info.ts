/** One block of `/proc/cpuinfo`: a logical processor. */
export type CpuInfoBlock = ReadonlyMap<string, string>;

/** The blocks of `/proc/cpuinfo` that describe a logical processor; summaries at its end are left out. */
export function parseCpuInfo(text: string): readonly CpuInfoBlock[] {
  const blocks: CpuInfoBlock[] = [];
  for (const paragraph of text.split(/\n\s*\n/)) {
    const block = new Map<string, string>();
    for (const line of paragraph.split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) block.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
    }
    if (block.has('processor')) blocks.push(block);
  }
  return blocks;
}

/** Features that every processor has, in the system's spelling and order; `null` where none are listed. */
export function commonFeatures(blocks: readonly CpuInfoBlock[]): readonly string[] | null {
  // On x64 the key is `flags`, on arm64 `Features`.
  const lists = new Set(blocks.map((block) => block.get('flags') ?? block.get('Features') ?? ''));
  const [first = '', ...others] = lists;
  let common = [...new Set(wordsOf(first))];
  for (const other of others) {
    const also = new Set(wordsOf(other));
    common = common.filter((feature) => also.has(feature));
  }
  return common.length === 0 ? null : common;
}

function wordsOf(list: string): readonly string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}
