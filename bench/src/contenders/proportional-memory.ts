import { readFileSync } from 'node:fs';
import { descendants } from './resident-memory.ts';

/** Proportional memory of a process in MB (10^6 bytes): a page that several processes share counts once. Linux only. */
export function proportionalMegabytes(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  if (kilobytes === undefined) {
    throw new Error(`The system does not say how much memory process ${pid} uses.`);
  }
  return (Number(kilobytes) * 1024) / 1e6;
}

/** The same for a process and everything that it started. */
export function proportionalMegabytesOfAll(root: number = process.pid): number {
  return [root, ...descendants(root)].reduce((sum, pid) => sum + proportionalMegabytes(pid), 0);
}
