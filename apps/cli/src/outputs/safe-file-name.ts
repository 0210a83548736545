const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;

/**
 * File names for outputs, in their order: letters, digits, `.`, `-` and `_` stay and anything else becomes `_`,
 * so that no name leaves its directory or is special on any system; names that would meet get `-2`, `-3`.
 *
 * @param extension with its dot
 */
export function safeFileNames(names: readonly string[], extension: string): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain =
      name
        .replace(/[^\w.-]/gu, '_')
        .replace(/^[.-]+/u, '_')
        .slice(0, 120) || '_';
    const base = RESERVED.test(plain) ? `_${plain}` : plain;
    let file = base + extension;
    for (let number = 2; taken.has(file.toLowerCase()); number += 1) file = `${base}-${number}${extension}`;
    taken.add(file.toLowerCase());
    return file;
  });
}
