import { parseSync, Visitor, type Expression, type StringLiteral } from 'oxc-parser';
import { readText } from './workspace.ts';

/** One module that a source file names, however it names it. */
export interface SourceImport {
  readonly specifier: string;
  /** A type import leaves no trace in the JavaScript. */
  readonly typeOnly: boolean;
}

const parsed = new Map<string, readonly SourceImport[]>();

/**
 * Every module that a file imports, exports from, imports in a type, or hands as a literal to a call
 * named `require`, `resolve`, or made by `createRequire`.
 */
export function sourceImports(path: string): readonly SourceImport[] {
  let imports = parsed.get(path);
  if (imports === undefined) {
    imports = importsOf(path, readText(path));
    parsed.set(path, imports);
  }
  return imports;
}

/** {@link sourceImports} of a text. */
export function importsOf(path: string, text: string): readonly SourceImport[] {
  const result = parseSync(path, text);
  const [failure] = result.errors;
  if (failure !== undefined) throw new Error(`${path} cannot be parsed: ${failure.message}.`);
  const imports: SourceImport[] = [];
  const add = (specifier: StringLiteral | Expression, typeOnly: boolean): void => {
    if (specifier.type === 'Literal' && typeof specifier.value === 'string') {
      imports.push({ specifier: specifier.value, typeOnly });
    }
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node.source, node.exportKind === 'type');
    },
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
    CallExpression: (node) => {
      const [first] = node.arguments;
      if (first !== undefined && first.type !== 'SpreadElement' && loadsModules(node.callee))
        add(first, false);
    },
  }).visit(result.program);
  return imports;
}

function loadsModules(callee: Expression): boolean {
  if (callee.type === 'Identifier') return /require/i.test(callee.name);
  if (callee.type === 'CallExpression') return loadsModules(callee.callee);
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  return callee.property.name === 'resolve' || /require/i.test(callee.property.name);
}

/** The name of the package that a bare specifier belongs to, or `null` for a file or a part of Node. */
export function packageOf(specifier: string): string | null {
  if (/^(?:\.|\/|node:|file:|data:)/.test(specifier)) return null;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}
