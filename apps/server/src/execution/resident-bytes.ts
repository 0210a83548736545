import { readFileSync } from 'node:fs';

/** Resident memory of a process in bytes; `null` where it has ended or the platform does not tell. */
export function residentBytes(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch (error) {
    // It ended between two looks at it.
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
  }
  const resident = /^VmRSS:\s*([0-9]+) kB$/m.exec(status)?.[1];
  return resident === undefined ? null : Number(resident) * 1024;
}
