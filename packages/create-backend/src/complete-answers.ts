import { basename, resolve } from 'node:path';
import { isPackageManager } from './check-answers.ts';
import type { CommandLine } from './command-line.ts';
import { answersFor, type PackageManager, type ProjectAnswers } from './project-answers.ts';
import { UsageError } from './usage-error.ts';

/** A package that is about to be written. */
export interface Plan {
  /** Absolute path of its folder. */
  readonly directory: string;
  readonly answers: ProjectAnswers;
}

/**
 * Works out what was not said.
 *
 * @throws UsageError when neither a folder nor an id was named
 */
export function completeAnswers(line: CommandLine, cwd: string, userAgent: string | undefined): Plan {
  const id = line.answers.id ?? (line.directory === null ? null : idOfFolder(resolve(cwd, line.directory)));
  if (id === null) {
    throw new UsageError(
      'It was not said what to make. Name a folder, as in `npm create @switchyard/backend my-npu`.',
    );
  }
  return {
    directory: resolve(cwd, line.directory ?? id),
    answers: { ...answersFor(id), packageManager: managerOf(userAgent), ...line.answers },
  };
}

function idOfFolder(directory: string): string {
  return basename(directory).replace(/^switchyard-backend-/, '');
}

/** npm, pnpm, yarn and bun all say who they are to what they start: `npm/11.6.0 node/v24.11.0 …`. */
function managerOf(userAgent: string | undefined): PackageManager {
  const name = userAgent?.split('/', 1)[0] ?? '';
  return isPackageManager(name) ? name : 'npm';
}
