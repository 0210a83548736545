import type { HostFacts } from '@switchyard/core';

/** Where the version was read: `text` is for people. */
export interface MacosMajor {
  readonly major: number;
  readonly text: string;
  readonly path: string;
  readonly value: string;
}

/** The major version of macOS, from its version or else from Darwin's; `null` when neither tells. */
export function macosMajor(host: HostFacts): MacosMajor | null {
  const { version, kernel } = host.os;
  if (version.known) {
    const match = /^(\d+)(\.|$)/.exec(version.value);
    if (match !== null)
      return { major: Number(match[1]), text: version.value, path: 'os.version', value: version.value };
  }
  if (!kernel.known) return null;
  const match = /^(\d+)\./.exec(kernel.value);
  if (match === null) return null;
  // Darwin 20 is macOS 11 and so on up to 24, which is 15; from 25 on, macOS (26) counts by the year.
  const darwin = Number(match[1]);
  if (darwin < 20) return { major: 10, text: '10', path: 'os.kernel', value: kernel.value };
  const major = darwin >= 25 ? darwin + 1 : darwin - 9;
  return { major, text: `${major}`, path: 'os.kernel', value: kernel.value };
}
