import { parseSync } from 'oxc-parser';
import { readText } from './workspace.ts';

const CONTRACT = 'packages/core/src/backend/v1';
const FILES = [
  'backend-v1',
  'manifest-v1',
  'options-v1',
  'predicate-v1',
  'device-v1',
  'reason-v1',
  'session-v1',
];
const MADE =
  'Made from the sources; `test/reference-pages.test.ts` compares the two, and `vitest run reference-pages --update` in `test/` writes it.';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** `docs/reference/contract.md`: every type of the contract with its members, from their doc comments. */
export function contractPage(): string {
  const lines = [
    '# The backend contract, version 1',
    '',
    MADE,
    '',
    'All of it is exported by `@switchyard/core`. [Writing a backend](../guides/writing-a-backend.md) explains it on an example,',
    'with the life cycle, the rules and every default. Members marked `?` are optional.',
  ];
  for (const file of FILES) lines.push(...typesOf(`${CONTRACT}/${file}.ts`));
  return `${lines.join('\n')}\n`;
}

function typesOf(path: string): string[] {
  const text = readText(path);
  const { program, comments } = parseSync(path, text);
  const docOf = ({ start }: Span): string => {
    const comment = comments.findLast((one) => one.end <= start && text.slice(one.end, start).trim() === '');
    if (comment?.value.startsWith('*') !== true) return '';
    const words = comment.value.replaceAll(/^\s*\*+ ?/gm, '').replaceAll(/\{@link ([\w.]+)\}/g, '`$1`');
    return words.replaceAll(/\s+/g, ' ').trim();
  };
  const withoutComments = ({ start, end }: Span): string => {
    let rest = '';
    let from = start;
    for (const comment of comments.filter((one) => one.start >= start && one.end <= end)) {
      rest += text.slice(from, comment.start);
      from = comment.end;
    }
    return `${rest}${text.slice(from, end)}`.replaceAll(/\s+/g, ' ').trim();
  };
  const lines: string[] = [];
  for (const statement of program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.declaration === null) continue;
    const { declaration } = statement;
    if (declaration.type === 'TSInterfaceDeclaration') {
      lines.push('', `## \`${declaration.id.name}\``, '', docOf(statement), '');
      for (const member of declaration.body.body) {
        const doc = docOf(member);
        const more = doc === '' ? '' : `<br>${doc}`;
        if (comments.some(({ start, end }) => start > member.start && end < member.end)) {
          const name = /^(?:readonly )?(\w+\??)/.exec(text.slice(member.start))?.[1] ?? '';
          const source = text.slice(member.start, member.end);
          lines.push(`- \`${name}\`${more}`, '', '  ```ts', `  ${source}`, '  ```', '');
          continue;
        }
        const signature = withoutComments(member)
          .replace(/^readonly /, '')
          .replace(/;$/, '');
        lines.push(`- \`${signature}\`${more}`);
      }
    } else if (declaration.type === 'TSTypeAliasDeclaration') {
      const source = text.slice(declaration.start, declaration.end);
      lines.push('', `## \`${declaration.id.name}\``, '', docOf(statement), '', '```ts', source, '```');
    }
  }
  return lines;
}

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly examples?: readonly unknown[];
}

/** `docs/reference/selection-report.md`: every key of a report, from the published schema. */
export function reportPage(): string {
  const schema = JSON.parse(readText('packages/core/schemas/selection-report.schema.json')) as Schema;
  const lines = [
    '# The selection report',
    '',
    MADE,
    '',
    schema.description!,
    '',
    'The schema is `@switchyard/core/schemas/selection-report.schema.json`. Every object is closed: there are no other keys.',
    'Members marked `?` can be left out. [Reading a report](../guides/read-a-report.md) explains one;',
    '[selection](../selection.md) has the rules behind it.',
  ];
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    const optional = schema.required?.includes(name) === true ? '' : '?';
    lines.push('', `## \`${name}${optional}\``, '', described(schema, part));
    const members = membersOf(schema, part, '', new Set());
    if (members.length > 0) lines.push('', ...members);
  }
  return `${lines.join('\n')}\n`;
}

/** `docs/reference/configuration.md`: every key of `switchyard.config.json`, from the published schema. */
export function configurationPage(): string {
  const schema = JSON.parse(readText('packages/core/schemas/config.schema.json')) as Schema;
  const lines = [
    '# `switchyard.config.json`',
    '',
    MADE,
    '',
    schema.description!,
    '',
    'The nearest file at or above the working folder counts for a project, and `config.json` in the folder `switchyard` of the',
    "user's configuration for a user ([layers](../selection.md#layers)). `switchyard config` prints what counts, with file and",
    'line. An unknown key is an error with the nearest name. Editors complete and check the file with its schema,',
    '`@switchyard/core/schemas/config.schema.json`:',
    '',
    '```json',
    '{',
    '  "$schema": "./node_modules/@switchyard/core/schemas/config.schema.json",',
    '  "prefer": ["cuda", "cpu"]',
    '}',
    '```',
  ];
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    lines.push('', `## \`${name}\``, '', described(schema, part));
    const [example] = part.examples ?? [];
    if (example !== undefined) lines.push('', `Example: \`"${name}": ${JSON.stringify(example)}\`.`);
    if (name === 'server') lines.push('', 'All its keys: [options of the server](server-options.md).');
  }
  return `${lines.join('\n')}\n`;
}

function resolved(root: Schema, part: Schema): Schema {
  if (part.$ref === undefined) return part;
  const target = root.$defs?.[part.$ref.replace('#/$defs/', '')];
  if (target === undefined) throw new Error(`The schema has no ${part.$ref}.`);
  // What is said where it is used says more than what is said where it is defined.
  return { ...target, ...(part.description === undefined ? {} : { description: part.description }) };
}

/** The description, and the values that are possible. */
function described(root: Schema, part: Schema): string {
  const whole = resolved(root, part);
  return `${whole.description ?? ''} (${valuesOf(root, whole)})`.trim();
}

function valuesOf(root: Schema, part: Schema): string {
  const whole = resolved(root, part);
  if (whole.const !== undefined) return `\`${JSON.stringify(whole.const)}\``;
  if (whole.enum !== undefined) return whole.enum.map((one) => `\`${JSON.stringify(one)}\``).join(', ');
  if (whole.oneOf !== undefined) {
    return [...new Set(whole.oneOf.map((one) => valuesOf(root, one)))].join(' or ');
  }
  if (whole.items !== undefined) return `list of ${valuesOf(root, whole.items)}`;
  if (whole.type === undefined) return 'any value';
  return [whole.type].flat().join(' or ');
}

function membersOf(root: Schema, part: Schema, indent: string, inside: ReadonlySet<string>): string[] {
  if (part.$ref !== undefined && inside.has(part.$ref)) return [];
  const known = part.$ref === undefined ? inside : new Set([...inside, part.$ref]);
  const whole = resolved(root, part);
  if (whole.items !== undefined) return membersOf(root, whole.items, indent, known);
  if (whole.oneOf !== undefined) return whole.oneOf.flatMap((one) => membersOf(root, one, indent, known));
  return Object.entries(whole.properties ?? {}).flatMap(([name, member]) => {
    const optional = whole.required?.includes(name) === true ? '' : '?';
    return [
      `${indent}- \`${name}${optional}\`: ${described(root, member)}`,
      ...membersOf(root, member, `${indent}  `, known),
    ];
  });
}
