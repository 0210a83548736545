import type { Readable, Writable } from 'node:stream';
import { HELP, readCommandLine } from './command-line.ts';
import { completeAnswers } from './complete-answers.ts';
import { describeProject, nextSteps } from './describe-project.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';
import { writeProject } from './write-project.ts';

/** What the program sees of the outside. */
export interface CreateContext {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** `npm_config_user_agent`: which package manager started the program. */
  readonly userAgent: string | undefined;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
}

/** Runs the program and returns its exit status: 0, 2 for what cannot be done as asked, 130 when a person gave up. */
export async function runCreate(context: CreateContext): Promise<number> {
  try {
    return await create(context);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (context.argv.includes('--json')) {
      context.stdout.write(
        `${JSON.stringify({ error: { code: 'usage', message: error.message } }, null, 2)}\n`,
      );
    } else {
      context.stderr.write(`error: ${error.message}\n`);
    }
    return 2;
  }
}

async function create({ argv, cwd, userAgent, stdin, stdout }: CreateContext): Promise<number> {
  const line = readCommandLine(argv);
  if (line.help || line.version) {
    stdout.write(line.help ? HELP : `${VERSION}\n`);
    return 0;
  }
  const interactive = !line.yes && stdin.isTTY === true && stdout.isTTY === true;
  const plan = interactive
    ? await (
        await import('./ask-answers.ts')
      ).askAnswers(line, cwd, userAgent, {
        input: stdin,
        output: stdout,
      })
    : completeAnswers(line, cwd, userAgent);
  if (plan === null) return 130;
  const written = await writeProject(plan.directory, plan.answers);
  const next = nextSteps(written, plan.answers, cwd);
  stdout.write(
    line.json
      ? `${JSON.stringify({ ...plan.answers, ...written, next }, null, 2)}\n`
      : describeProject(written, plan.answers, cwd),
  );
  return 0;
}
