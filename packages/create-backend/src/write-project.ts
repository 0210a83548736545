import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { answerProblems } from './check-answers.ts';
import { fillInsOf, type FillIn } from './fill-ins.ts';
import type { ProjectAnswers } from './project-answers.ts';
import { renderProject } from './render-project.ts';
import { UsageError } from './usage-error.ts';

/** What was written. */
export interface WrittenProject {
  /** Absolute path of the new package. */
  readonly directory: string;
  /** Paths in it, with slashes, sorted. */
  readonly files: readonly string[];
  /** What its author has to fill in. */
  readonly fillIns: readonly FillIn[];
}

/**
 * Writes a new backend package into a folder that is not there or empty.
 *
 * @param directory absolute path
 * @throws UsageError when the folder has something in it, or an answer cannot be used
 */
export async function writeProject(directory: string, answers: ProjectAnswers): Promise<WrittenProject> {
  const problems = answerProblems(answers);
  if (problems.length > 0) throw new UsageError(problems.join(' '));
  const problem = await folderProblem(directory);
  if (problem !== null) throw new UsageError(problem);
  const files = renderProject(answers);
  for (const [file, content] of files) {
    const path = join(directory, file);
    await mkdir(dirname(path), { recursive: true });
    // `wx`: what somebody else put there in the meantime stays.
    await writeFile(path, content, { flag: 'wx' });
  }
  return { directory, files: [...files.keys()], fillIns: fillInsOf(files) };
}

/** Why nothing is written into a folder, or `null`. A fresh `.git` may be there. */
async function folderProblem(directory: string): Promise<string | null> {
  try {
    const [first] = (await readdir(directory)).filter((name) => name !== '.git');
    if (first === undefined) return null;
    return `The folder \`${directory}\` is not empty (\`${first}\` is in it), so nothing was written. Name another one.`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code === 'ENOTDIR') return `\`${directory}\` is a file, not a folder. Name another one.`;
    throw error;
  }
}
