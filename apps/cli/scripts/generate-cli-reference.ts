import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BUILT_IN, CATALOGUE } from '@switchyard/composition';
import { buildProgram } from '../src/program.ts';

/** File that the reference is kept in. A test compares it with {@link renderReference}. */
export const REFERENCE_FILE: URL = new URL('../../../docs/reference/cli.md', import.meta.url);

/** The reference page of the program, made from what the program itself prints as help. */
export function renderReference(): string {
  const ids = [BUILT_IN, ...CATALOGUE.map((entry) => entry.id)];
  const program = buildProgram(ids, async () => {});
  const helpOf = (command: typeof program): string => {
    command.configureOutput({ getOutHelpWidth: () => 100, getOutHasColors: () => false });
    let text = '';
    command.configureOutput({ writeOut: (written) => (text += written) });
    command.outputHelp();
    return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
  };
  return [
    '# `switchyard`, the command line\n',
    'Made from the program by `node --conditions=@switchyard/source apps/cli/scripts/generate-cli-reference.ts`; a test',
    'compares the two. Exit statuses and the form of errors: [exit-statuses.md](exit-statuses.md). What `--input` and',
    '`--output` understand: [inputs and outputs](../guides/inputs-and-outputs.md).\n',
    helpOf(program),
    ...program.commands.flatMap((command) => [`## \`switchyard ${command.name()}\`\n`, helpOf(command)]),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(REFERENCE_FILE, renderReference());
