import type { HostFacts } from '@switchyard/core';

/**
 * The major version of macOS as Darwin's tells it, where the facts have no version of macOS that begins
 * with a number; `null` where they have one, or where Darwin's is not known either.
 */
export function macosOfDarwin(host: HostFacts): { readonly macos: number; readonly kernel: string } | null {
  const { version, kernel } = host.os;
  if ((version.known && /^\d/.test(version.value)) || !kernel.known) return null;
  const match = /^(\d+)\./.exec(kernel.value);
  if (match === null) return null;
  // Darwin 20 is macOS 11 and so on up to 24, which is 15; from 25 on, macOS (26) counts by the year.
  const darwin = Number(match[1]);
  const macos = darwin >= 25 ? darwin + 1 : Math.max(10, darwin - 9);
  return { macos, kernel: kernel.value };
}
