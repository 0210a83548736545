import { readdirSync, readFileSync } from 'node:fs';

const PAGE_BYTES = 4096;

/** Resident memory of this process and everything that it started, in MB (10^6 bytes). Linux only. */
export function residentMegabytes(): number {
  const parents = new Map<number, { readonly parent: number; readonly resident: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The command may hold spaces and brackets; the fields begin after the last one.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(name), { parent: Number(fields[1]), resident: Number(fields[21]) * PAGE_BYTES });
    } catch (error) {
      // It ended between the listing and the reading.
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  const ours = (pid: number): boolean => {
    if (pid === process.pid) return true;
    const entry = parents.get(pid);
    return entry !== undefined && entry.parent > 0 && ours(entry.parent);
  };
  let bytes = 0;
  for (const [pid, { resident }] of parents) if (ours(pid)) bytes += resident;
  return bytes / 1e6;
}
