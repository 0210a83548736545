import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliContext } from '../cli-context.ts';
import type { Project } from '@switchyard/composition';

/** Something that keeps install scripts from running, where it was found. */
export interface SkippedScripts {
  /** `ignore-scripts=true`. */
  readonly what: string;
  /** A variable or a file. */
  readonly where: string;
}

const NPMRC_LINE = /^\s*(ignore-scripts|onnxruntime[_-]node[_-]install)\s*=\s*"?(true|skip)"?\s*$/i;

/** What keeps install scripts from running in a project. They bring the native files of two engines. */
export function skippedScripts(
  project: Project | null,
  { environment }: Pick<CliContext, 'environment'>,
): readonly SkippedScripts[] {
  const found: SkippedScripts[] = [];
  for (const [name, value] of Object.entries(environment)) {
    const ignores = /^npm_config_ignore[_-]scripts$/i.test(name) && /^(?:true|1)$/i.test(value ?? '');
    const skips = /^ONNXRUNTIME_NODE_INSTALL(?:_CUDA)?$|^npm_config_onnxruntime_node_install$/i.test(name);
    if (ignores || (skips && /^skip$/i.test(value ?? ''))) {
      found.push({ what: `${name}=${value}`, where: 'environment' });
    }
  }
  const folders = [project?.folder, environment['HOME'], environment['USERPROFILE']];
  for (const folder of new Set(folders.flatMap((one) => one ?? []))) {
    const file = join(folder, '.npmrc');
    for (const line of linesOf(file)) {
      if (NPMRC_LINE.test(line)) found.push({ what: line.trim(), where: file });
    }
  }
  if (project !== null && project.installCommand.startsWith('pnpm')) {
    const file = join(project.folder, 'pnpm-workspace.yaml');
    const allowed = linesOf(file).some((line) => /onnxruntime-node["']?\s*:\s*true/.test(line));
    if (!allowed) {
      found.push({
        what: 'pnpm runs only the install scripts that `allowBuilds` allows',
        where: existsSync(file) ? file : project.folder,
      });
    }
  }
  return found;
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EACCES') return [];
    throw error;
  }
}
