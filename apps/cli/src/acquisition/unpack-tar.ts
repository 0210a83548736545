import { posix } from 'node:path';
import { errorText } from '@switchyard/core';
import type { ReadEntry } from 'tar';
import { AcquireError } from './acquire-error.ts';
import { unsafe } from './unpack-zip.ts';

const MAX_BYTES = 8 * 2 ** 30;
const MAX_ENTRIES = 10_000;
const FILES: readonly string[] = ['File', 'OldFile', 'ContiguousFile'];

/**
 * Unpacks a whole `.tar.gz` archive. It is read twice: nothing is written until every entry of it was found to stay
 * inside the folder. Links may point to other entries of the archive, and nothing is written through one.
 *
 * @throws AcquireError `archive-unsafe`
 */
export async function unpackTar(archive: string, folder: string): Promise<void> {
  const tar = await import('tar');
  const problems: string[] = [];
  const entries: ReadEntry[] = [];
  try {
    await tar.list({
      file: archive,
      strict: true,
      onReadEntry: (entry) => {
        entries.push(entry);
        entry.resume();
      },
    });
    problems.push(...problemsOf(entries));
    if (problems.length > 0) throw unsafe(problems[0]!);
    await tar.extract({ file: archive, cwd: folder, strict: true, preserveOwner: false, noMtime: true });
  } catch (error) {
    if (AcquireError.isInstance(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EACCES' || code === 'EROFS') throw error;
    throw unsafe(`the archive is damaged or unsafe: ${errorText(error)}`, error);
  }
}

function problemsOf(entries: readonly ReadEntry[]): readonly string[] {
  const links = new Set(entries.filter(({ type }) => type === 'SymbolicLink').map(({ path }) => clean(path)));
  const names = new Set<string>();
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  const problems = [
    ...(entries.length > MAX_ENTRIES ? [`it has ${entries.length} entries`] : []),
    ...(bytes > MAX_BYTES ? [`it would have ${bytes} bytes`] : []),
  ];
  for (const { path, type, linkpath } of entries) {
    const name = clean(path);
    const quoted = JSON.stringify(path);
    if (type !== 'Directory' && !FILES.includes(type) && type !== 'SymbolicLink') {
      problems.push(`${quoted} is neither a file nor a folder nor a link between them (${type})`);
    }
    if (!staysInside(path)) problems.push(`${quoted} leads outside`);
    if (type !== 'Directory' && names.has(name)) problems.push(`it holds ${quoted} twice`);
    names.add(name);
    if (parentsOf(name).some((parent) => links.has(parent)))
      problems.push(`${quoted} is written through a link`);
    if (type === 'SymbolicLink') {
      const target = linkpath ?? '';
      // What comes after `..` behind a name depends on where that name leads.
      const winding = /(?:^|\/)(?!\.{1,2}\/)[^/]+\/(?:.*\/)?\.\.(?:\/|$)/.test(target);
      if (
        winding ||
        posix.isAbsolute(target) ||
        !staysInside(posix.join(posix.dirname(path), target || '..'))
      ) {
        problems.push(`the link ${quoted} leads outside, to ${JSON.stringify(target)}`);
      }
    }
  }
  return problems;
}

function clean(path: string): string {
  return posix.normalize(path).replace(/\/$/, '');
}

function staysInside(path: string): boolean {
  if (path === '' || posix.isAbsolute(path) || /[\\\0]|^[a-z]:/i.test(path)) return false;
  return !posix.normalize(path).split('/').includes('..');
}

function parentsOf(name: string): readonly string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}
