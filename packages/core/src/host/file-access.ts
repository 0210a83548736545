import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { open, readdir, readFile, readlink, stat } from 'node:fs/promises';

/** The ways to look at a file or directory, at once or through the thread pool. All of them throw or reject. */
export interface FileAccess {
  text(at: string): string | Promise<string>;
  bytes(at: string): Buffer | Promise<Buffer>;
  /** The first bytes, at most `limit` of them. */
  start(at: string, limit: number): Buffer | Promise<Buffer>;
  entries(at: string): Dirent[] | Promise<Dirent[]>;
  names(at: string): string[] | Promise<string[]>;
  status(at: string): Stats | Promise<Stats>;
  target(at: string): string | Promise<string>;
}

const AT_ONCE: FileAccess = {
  text: (at) => readFileSync(at, 'utf8'),
  bytes: (at) => readFileSync(at),
  start: (at, limit) => {
    const file = openSync(at, 'r');
    try {
      const buffer = Buffer.alloc(limit);
      return buffer.subarray(0, readSync(file, buffer, 0, limit, 0));
    } finally {
      closeSync(file);
    }
  },
  entries: (at) => readdirSync(at, { withFileTypes: true }),
  names: (at) => readdirSync(at),
  status: (at) => statSync(at),
  target: (at) => readlinkSync(at),
};

const THROUGH_THREADS: FileAccess = {
  text: (at) => readFile(at, 'utf8'),
  bytes: (at) => readFile(at),
  start: async (at, limit) => {
    const handle = await open(at, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(limit), 0, limit, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  },
  entries: (at) => readdir(at, { withFileTypes: true }),
  names: (at) => readdir(at),
  status: (at) => stat(at),
  target: (at) => readlink(at),
};

/**
 * How to look at a path of a machine. Where a read takes microseconds it is made at once: its way through the
 * thread pool costs ten times that. The kernel answers for `/proc`, `/sys` and `/dev` from memory, and to
 * start this process the loader read `/etc`, `/lib` and `/usr/lib`. Every other directory may lie on a
 * network and must not hold up the process.
 */
export function accessTo(path: string): FileAccess {
  return /^\/(proc|sys|dev|etc|run|lib(64)?|usr\/lib(64)?|\.dockerenv)(\/|$)/.test(path)
    ? AT_ONCE
    : THROUGH_THREADS;
}
