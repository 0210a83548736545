import { cancel, group, intro, select, text } from '@clack/prompts';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { idProblem, packageNameProblem, titleProblem } from './check-answers.ts';
import type { CommandLine } from './command-line.ts';
import { completeAnswers, type Plan } from './complete-answers.ts';
import { DEVICE_KINDS } from './project-answers.ts';

/** Where a person reads and types. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Asks a person for what the command line does not say. `null` when the person gave up. */
export async function askAnswers(
  line: CommandLine,
  cwd: string,
  userAgent: string | undefined,
  terminal: Terminal,
): Promise<Plan | null> {
  intro('A Switchyard backend', terminal);
  let givenUp = false;
  const { answers } = line;
  const guess =
    line.directory === null && answers.id === undefined
      ? null
      : completeAnswers(line, cwd, userAgent).answers;
  const { id } = await group(
    {
      id: () =>
        answers.id === undefined
          ? text({
              ...terminal,
              message: 'Id of the backend? It becomes `--use-<id>`.',
              placeholder: 'my-npu',
              ...(guess === null ? {} : { initialValue: guess.id }),
              validate: (value) => idProblem(value ?? '') ?? undefined,
            })
          : Promise.resolve(answers.id),
    },
    { onCancel: () => (givenUp = true) },
  );
  if (givenUp) return stopped(terminal);
  const likely = completeAnswers({ ...line, answers: { ...answers, id } }, cwd, userAgent);
  const said = await group(
    {
      packageName: () =>
        text({
          ...terminal,
          message: 'Name of the npm package?',
          initialValue: likely.answers.packageName,
          validate: (value) => packageNameProblem(value ?? '') ?? undefined,
        }),
      title: () =>
        text({
          ...terminal,
          message: 'Name for people?',
          initialValue: likely.answers.title,
          validate: (value) => titleProblem(value ?? '') ?? undefined,
        }),
      deviceKind: () =>
        select({
          ...terminal,
          message: 'Which kind of device computes?',
          initialValue: likely.answers.deviceKind,
          options: DEVICE_KINDS.map((kind) => ({ value: kind, label: kind })),
        }),
      directory: () => text({ ...terminal, message: 'Folder?', initialValue: line.directory ?? id }),
    },
    { onCancel: () => (givenUp = true) },
  );
  if (givenUp) return stopped(terminal);
  const { directory, ...rest } = said;
  return { directory: resolve(cwd, directory), answers: { ...likely.answers, ...rest } };
}

function stopped(terminal: Terminal): null {
  cancel('Nothing was written.', terminal);
  return null;
}
