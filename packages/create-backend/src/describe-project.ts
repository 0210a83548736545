import { relative } from 'node:path';
import { COMMANDS } from './package-managers.ts';
import type { ProjectAnswers } from './project-answers.ts';
import type { WrittenProject } from './write-project.ts';

/** What a person types next, in order. */
export function nextSteps(written: WrittenProject, answers: ProjectAnswers, cwd: string): readonly string[] {
  const { installAll, run } = COMMANDS[answers.packageManager];
  const below = relative(cwd, written.directory);
  const folder = below.startsWith('..') ? written.directory : below;
  return [...(folder === '' ? [] : [`cd ${folder}`]), installAll, `${run} test`];
}

/** Says what was written, what comes next and what is left to fill in. */
export function describeProject(written: WrittenProject, answers: ProjectAnswers, cwd: string): string {
  const steps = nextSteps(written, answers, cwd).map((step) => `  ${step}`);
  const places = written.fillIns.map(({ file, line, text }) => `  ${file}:${line}\n    ${text}`);
  return [
    `\`${answers.packageName}\` was written to \`${written.directory}\` (${written.files.length} files).`,
    '',
    'Its tests pass as it is; ONNX Runtime on the CPU stands in for your engine, and says so:',
    ...steps,
    '',
    `Then fill in ${written.fillIns.length} places:`,
    ...places,
    '',
  ].join('\n');
}
