import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { statementsFromConfig } from '@switchyard/core';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { parseDocument } from 'yaml';
import { answerProblem, typedIn, type GuideBlock, type Typed } from './guide-blocks.ts';
import { moduleCommand, moduleFile, write } from './guide-project.ts';
import { stays, type Ended, type Shell } from './guide-shell.ts';
import { ROOT } from './workspace.ts';

/**
 * Runs a block. Gives what went wrong, or `null`.
 *
 * @param blocks those of the page; a module that a command among them runs is only written
 */
export async function blockProblem(
  block: GuideBlock,
  blocks: readonly GuideBlock[],
  folder: string,
  shell: Shell,
): Promise<string | null> {
  switch (block.language) {
    case 'ts': {
      write(folder, moduleFile(block), shell.withPorts(block.text));
      if (block.notRun !== null || isRunByCommand(block, blocks)) return null;
      const [ended] = await shell.run([moduleCommand(block)]);
      return failure(ended);
    }
    case 'sh':
    case 'console':
      return typedProblem(typedIn(block), block.notRun === null, shell);
    case 'json':
      return jsonProblem(block, folder);
    case 'yaml':
      return parseDocument(block.text).errors[0]?.message ?? null;
    default:
      if (block.file !== null) write(folder, block.file, block.text);
      return null;
  }
}

function isRunByCommand({ file }: GuideBlock, blocks: readonly GuideBlock[]): boolean {
  return blocks.some(
    ({ language, notRun, text }) =>
      file !== null &&
      (language === 'sh' || language === 'console') &&
      notRun === null &&
      text.split(/\s/).includes(file),
  );
}

async function typedProblem(typed: readonly Typed[], run: boolean, shell: Shell): Promise<string | null> {
  if (!run) return shell.syntaxProblem(typed.map(({ command }) => command));
  let rest = typed;
  while (rest.length > 0) {
    const [first, ...others] = rest;
    if (stays(first!.command)) {
      const problem = shownProblem(first!, await shell.start(first!.command));
      if (problem !== null) return problem;
      rest = others;
      continue;
    }
    const until = rest.findIndex(({ command }) => stays(command));
    const part = rest.slice(0, until === -1 ? rest.length : until);
    const ended = await shell.run(part.map(({ command }) => command));
    for (const [index, one] of part.entries()) {
      const problem = failure(ended[index]) ?? shownProblem(one, ended[index]!.output);
      if (problem !== null) return `\`${one.command}\`: ${problem}`;
    }
    rest = rest.slice(part.length);
  }
  return null;
}

function failure(ended: Ended | undefined): string | null {
  if (ended === undefined) return 'was not reached';
  return ended.status === 0 ? null : `ended with status ${ended.status}:\n${ended.output}`;
}

function shownProblem({ answer }: Typed, output: string): string | null {
  return answer.length === 0 ? null : answerProblem(answer, output);
}

/** A configuration is checked as the programs do it and against its schema, anything else for its syntax. */
function jsonProblem({ text, file }: GuideBlock, folder: string): string | null {
  let document: Readonly<Record<string, unknown>>;
  try {
    document = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return String(error);
  }
  if (file !== null) write(folder, file, text);
  if (basename(file ?? '') !== 'switchyard.config.json') return null;
  statementsFromConfig(text, file!, 'project-config', ['server']);
  const schema = JSON.parse(
    readFileSync(join(ROOT, 'packages/core/schemas/config.schema.json'), 'utf8'),
  ) as AnySchemaObject;
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
  return ajv.validate(schema, document) ? null : ajv.errorsText();
}
