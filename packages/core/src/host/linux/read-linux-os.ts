import { known, unknown } from '../fact.ts';
import type { OsFacts } from '../host-facts.ts';
import type { Reading } from '../machine-files.ts';
import type { LinuxHost } from './linux-host.ts';

/** Name and version of the distribution from os-release(5), and the kernel's release. */
export async function readLinuxOs({ files, process }: LinuxHost): Promise<OsFacts> {
  const kernelPath = '/proc/sys/kernel/osrelease';
  const [release, kernel] = await Promise.all([readOsRelease(files), files.readText(kernelPath)]);
  const field = (...keys: readonly string[]): OsFacts['name'] => {
    if (!release.reading.ok) return unknown(release.reading.why);
    for (const key of keys) {
      const value = release.reading.value.get(key);
      if (value !== undefined && value !== '') return known(value, release.path);
    }
    return unknown(`${release.path} has no ${keys.join(' and no ')}`);
  };
  return {
    platform: 'linux',
    arch: process.arch,
    name: field('PRETTY_NAME', 'NAME'),
    version: field('VERSION_ID'),
    build: field('BUILD_ID'),
    kernel: kernel.ok ? known(kernel.value.trim(), kernelPath) : unknown(kernel.why),
  };
}

async function readOsRelease(
  files: LinuxHost['files'],
): Promise<{ readonly path: string; readonly reading: Reading<ReadonlyMap<string, string>> }> {
  // os-release(5): the file in /etc wins, the vendor's own lies in /usr/lib.
  let path = '/etc/os-release';
  let text = await files.readText(path);
  if (!text.ok && text.absent) {
    path = '/usr/lib/os-release';
    text = await files.readText(path);
    if (!text.ok && text.absent) {
      return { path, reading: { ...text, why: 'neither /etc/os-release nor /usr/lib/os-release exists' } };
    }
  }
  return { path, reading: text.ok ? { ok: true, value: parseOsRelease(text.value) } : text };
}

/** Assignments of an os-release file: values may be quoted as in a shell. */
function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, key = '', raw = ''] = match;
    const quoted = /^(["'])(.*)\1$/.exec(raw);
    const value = quoted?.[2] ?? raw;
    fields.set(key, quoted?.[1] === "'" ? value : value.replace(/\\([\\"$`])/g, '$1'));
  }
  return fields;
}
