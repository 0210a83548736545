import { backendNames, knownAliases, knownId, resolveSettings, type SettingSource } from '@switchyard/core';
import { compose } from '../compose.ts';
import { EXIT_STATUSES } from '../exit-status.ts';
import { readAllSettings, type Invocation } from '../situation.ts';
import { styleFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** `switchyard config`: every setting as it counts, where it was said, and what it overrode. */
export async function config(invocation: Invocation): Promise<number> {
  const { context, options, discovery } = invocation;
  const read = await readAllSettings(invocation);
  // Listed plugins are loaded for their aliases, so that this command and `explain` know the same names.
  const composition = await compose(discovery, read.statements);
  const known = composition.registry.known().map((one) => ({ id: knownId(one), aliases: knownAliases(one) }));
  const { effective, problems } = resolveSettings(read.statements, backendNames(known));
  const warnings = [...read.warnings, ...composition.warnings];
  if (options.json) {
    const document = { settings: effective, files: read.files, warnings, problems };
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const style = styleFor(context.stdout, context.environment, options.color);
    const rows = effective.map(({ key, value, source, overrode }) => [
      key,
      String(value),
      sourceText(source),
      overrode.length === 0 ? '' : `overrides ${overrode.map((one) => sourceText(one)).join(', ')}`,
    ]);
    const lines = [
      table([['SETTING', 'VALUE', 'SAID BY', ''], ...rows]),
      `\nFiles read: ${read.files.join(', ') || 'none'}\n`,
      ...[...problems, ...warnings].map(
        ({ message, remedy }) =>
          `\n${style('yellow', message)}\n${remedy === null ? '' : `  ${style('cyan', `-> ${remedy}`)}\n`}`,
      ),
    ];
    context.stdout.write(lines.join(''));
  }
  return problems.length > 0 ? EXIT_STATUSES.usage.status : EXIT_STATUSES.ok.status;
}

function sourceText({ layer, detail }: SettingSource): string {
  return detail === undefined ? layer : `${layer}: ${detail}`;
}
