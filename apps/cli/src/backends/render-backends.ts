import { formatBytes } from '../render-summary.ts';
import type { Invocation } from '../situation.ts';
import { styleFor } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import type { BackendListing, BackendsDocument } from './list-backends.ts';

/** The list for a person: one row per backend, then what to type. */
export function renderBackends(document: BackendsDocument, { context, options }: Invocation): string {
  const { backends, suggestions, suggestionsWhy, warnings } = document;
  const style = styleFor(context.stdout, context.environment, options.color);
  const rows = backends.map((one) => rowOf(one));
  const [head, ...lines] = table([
    ['BACKEND', 'INSTALLED', 'ENABLED', 'ELIGIBLE', 'PACKAGE', 'ENGINE', 'WHY'],
    ...rows,
  ])
    .trimEnd()
    .split('\n');
  const absent = backends.filter(({ install }) => install !== null);
  const parts = backends.filter(
    ({ nativePart }) => nativePart !== null && !['present', 'acquired'].includes(nativePart.state),
  );
  const sections = [
    `${[style('bold', head!), ...lines].join('\n')}\n`,
    ...(absent.length === 0
      ? []
      : [
          `\nTo install:\n${table(
            absent.map(({ backend, install }) => [backend, install!]),
            '  ',
          )}`,
        ]),
    ...(parts.length === 0
      ? []
      : [
          `\nNot carried by npm:\n${table(
            parts.map(({ backend, nativePart }) => [backend, nativePart!.command]),
            '  ',
          )}`,
        ]),
    suggestions.length === 0
      ? `\nFor this machine: ${suggestionsWhy}\n`
      : `\nFor this machine, as far as its hardware tells; once installed, \`switchyard explain\` decides:\n${table(
          suggestions.map(({ title, found, command }) => [title, found, `-> ${command}`]),
          '  ',
        )}`,
    ...warnings.map(
      ({ message, remedy }) =>
        `\n${style('yellow', 'warning:')} ${message}\n${remedy === null ? '' : `  -> ${remedy}\n`}`,
    ),
  ];
  return sections.join('');
}

function rowOf(one: BackendListing): readonly string[] {
  const { backend, package: packaged, enabled, eligible, packageBytes, engine } = one;
  const said = enabled.sources.map(({ layer, detail }) => detail ?? layer).join(', ');
  const standing = enabled.answer === 'yes' ? 'yes' : enabled.answer === 'no' ? 'no' : 'unknown';
  return [
    backend,
    packaged.installed ? (packaged.version ?? 'unknown') : 'no',
    said === ''
      ? standing === 'no' && enabled.optIn === true
        ? 'no (opt-in)'
        : standing
      : `${standing} (${said})`,
    eligible.answer,
    packageBytes === null ? '-' : formatBytes(packageBytes),
    engine === null ? '-' : `${engine.name} ${engine.version}, ${formatBytes(engine.bytes)}`,
    eligible.reason?.message ??
      (eligible.answer === 'yes' ? 'The machine has what it needs.' : 'Nobody could ask it.'),
  ];
}
