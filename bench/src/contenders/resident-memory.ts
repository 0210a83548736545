import { readdirSync, readFileSync } from 'node:fs';

const PAGE_BYTES = 4096;

interface ProcessEntry {
  readonly parent: number;
  /** Pages of resident memory. */
  readonly resident: number;
}

/** Resident memory of a process and everything that it started, in MB (10^6 bytes). Linux only. */
export function residentMegabytes(root: number = process.pid): number {
  const entries = readEntries();
  const pages = [root, ...below(root, entries)].reduce(
    (sum, pid) => sum + (entries.get(pid)?.resident ?? 0),
    0,
  );
  return (pages * PAGE_BYTES) / 1e6;
}

/** Every process that a process started, and that those started. Linux only. */
export function descendants(root: number): readonly number[] {
  return below(root, readEntries());
}

function below(root: number, entries: ReadonlyMap<number, ProcessEntry>): readonly number[] {
  const isBelow = (pid: number): boolean => {
    const parent = entries.get(pid)?.parent ?? 0;
    return parent === root || (parent > 0 && isBelow(parent));
  };
  return [...entries.keys()].filter(isBelow);
}

function readEntries(): ReadonlyMap<number, ProcessEntry> {
  const entries = new Map<number, ProcessEntry>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The command may hold spaces and brackets; the fields begin after the last one.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      entries.set(Number(name), { parent: Number(fields[1]), resident: Number(fields[21]) });
    } catch (error) {
      // It ended between the listing and the reading.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return entries;
}
