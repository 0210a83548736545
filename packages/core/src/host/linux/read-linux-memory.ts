import { known, unknown } from '../fact.ts';
import type { Fact, MemoryFacts } from '../host-facts.ts';
import type { LinuxHost } from './linux-host.ts';

const MEM_INFO = '/proc/meminfo';
const OWN_GROUPS = '/proc/self/cgroup';
const GROUPS = '/sys/fs/cgroup';

// Version 1 writes the largest multiple of the page size for "no limit"; no machine has an exbibyte.
const NO_LIMIT = 2 ** 60;

/** Physical memory, and the smallest limit of this process's control group and its parents. */
export async function readLinuxMemory(host: LinuxHost): Promise<MemoryFacts> {
  const [memory, limitBytes] = await Promise.all([host.files.readText(MEM_INFO), readLimit(host)]);
  return { totalBytes: memory.ok ? totalOf(memory.value) : unknown(memory.why), limitBytes };
}

function totalOf(text: string): Fact<number> {
  const kibibytes = /^MemTotal:\s+(\d+) kB$/m.exec(text)?.[1];
  return kibibytes === undefined
    ? unknown(`${MEM_INFO} has no MemTotal`)
    : known(Number(kibibytes) * 1024, MEM_INFO);
}

async function readLimit(host: LinuxHost): Promise<Fact<number | null>> {
  const own = await host.files.readText(OWN_GROUPS);
  if (!own.ok) return unknown(own.why);
  const mounted = await host.files.exists(GROUPS);
  if (!mounted.ok) return unknown(mounted.why);
  const { unified, memory } = groupPaths(own.value);
  const problems: string[] = [];
  const limits: number[] = [];
  const files: string[] = [];
  // On a hybrid system version 1 owns the memory controller and version 2 has no such files.
  if (memory !== null) files.push(...upwards(`${GROUPS}/memory`, memory, 'memory.limit_in_bytes'));
  if (unified !== null) files.push(...upwards(GROUPS, unified, 'memory.max'));
  const texts = await Promise.all(
    files.map(async (path) => ({ path, text: await host.files.readText(path) })),
  );
  for (const { path, text } of texts) {
    if (!text.ok) {
      // The root group has no limit file, and in a container the host's path does not exist.
      if (!text.absent) problems.push(text.why);
      continue;
    }
    const limit = parseLimit(text.value);
    if (limit === undefined) problems.push(`${path} is neither a number nor \`max\``);
    else if (limit !== null) limits.push(limit);
  }
  // The paths of groups hold the ids of containers, so the source does not name them.
  const source = `${memory === null ? 'memory.max' : 'memory.limit_in_bytes'} of this process's control groups`;
  if (problems.length > 0) return unknown(problems.join('; '));
  return limits.length === 0 ? known(null, source) : known(Math.min(...limits), source);
}

function groupPaths(text: string): { readonly unified: string | null; readonly memory: string | null } {
  let unified: string | null = null;
  let memory: string | null = null;
  for (const line of text.split('\n')) {
    const [hierarchy, controllers, ...path] = line.split(':');
    if (hierarchy === '0' && controllers === '') unified = path.join(':');
    else if (controllers?.split(',').includes('memory') === true) memory = path.join(':');
  }
  return { unified, memory };
}

function upwards(mount: string, group: string, file: string): readonly string[] {
  const names = group.split('/').filter((name) => name !== '' && name !== '..');
  return Array.from({ length: names.length + 1 }, (_, depth) =>
    [mount, ...names.slice(0, depth), file].join('/'),
  );
}

function parseLimit(text: string): number | null | undefined {
  const value = text.trim();
  if (value === 'max') return null;
  if (!/^\d+$/.test(value)) return undefined;
  const limit = Number(value);
  return limit >= NO_LIMIT ? null : limit;
}
