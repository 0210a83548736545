import { getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { SettingsError } from '../errors/settings-error.ts';
import { nearestName } from '../util/nearest-name.ts';
import { FALLBACK_POLICIES, type SettingSource, type SettingStatement } from './setting-statement.ts';

const KEYS = ['backend', 'disable', 'enable', 'prefer', 'device', 'fallback', 'plugins'] as const;
type ConfigKey = (typeof KEYS)[number];
const LIST_KEYS: readonly ConfigKey[] = ['disable', 'enable', 'prefer', 'plugins'];

/**
 * Reads a configuration document: JSON with comments and trailing commas, the keys of
 * `schemas/config.schema.json`. Every statement knows its file and line.
 *
 * @param file path as the reader knows it, for messages
 * @param others keys that the composing program reads itself
 * @throws SettingsError `config-malformed` with file and line
 */
export function statementsFromConfig(
  text: string,
  file: string,
  layer: 'user-config' | 'project-config',
  others: readonly string[] = [],
): readonly SettingStatement[] {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const at = (offset: number): string => `${file}:${text.slice(0, offset).split('\n').length}`;
  const [error] = errors;
  if (error !== undefined) {
    throw malformed(
      at(error.offset),
      `is not valid JSON: ${sentence(printParseErrorCode(error.error))}`,
      null,
    );
  }
  if (root?.type !== 'object') throw malformed(at(0), 'must be one JSON object', 'Start with `{}`.');

  const seen = new Set<string>();
  const statements: SettingStatement[] = [];
  for (const property of root.children ?? []) {
    const [keyNode, valueNode] = property.children as [Node, Node];
    const key: string = keyNode.value;
    if (seen.has(key)) throw malformed(at(keyNode.offset), `says \`${key}\` twice`, 'Remove one of the two.');
    seen.add(key);
    if (key === '$schema' || others.includes(key)) continue;
    if (!isConfigKey(key)) {
      const known = [...KEYS, ...others];
      const nearest = nearestName(key, known);
      throw malformed(
        at(keyNode.offset),
        `has the key \`${key}\`, which does not exist`,
        nearest === null ? `Keys that exist: ${known.join(', ')}.` : `Did you mean \`${nearest}\`?`,
      );
    }
    statements.push(...statementsOf(key, valueNode, layer, at));
  }
  return statements;
}

function statementsOf(
  key: ConfigKey,
  node: Node,
  layer: 'user-config' | 'project-config',
  at: (offset: number) => string,
): readonly SettingStatement[] {
  if (LIST_KEYS.includes(key)) {
    if (node.type !== 'array' || node.children?.some((child) => !isName(child))) {
      throw malformed(
        at(node.offset),
        `has for \`${key}\` ${found(node)}`,
        'Write a list of names, as in `["cpu"]`.',
      );
    }
    const members = (node.children ?? []).map((child) => ({
      name: child.value as string,
      offset: child.offset,
    }));
    if (key === 'prefer') {
      const backends = members.map(({ name }) => name);
      return [{ kind: 'prefer', backends, source: { layer, detail: at(node.offset) } }];
    }
    return members.map(({ name, offset }): SettingStatement => {
      const source: SettingSource = { layer, detail: at(offset) };
      if (key === 'plugins') return { kind: 'plugin', package: name, source };
      return { kind: key === 'enable' ? 'enable' : 'disable', backend: name, source };
    });
  }
  if (!isName(node))
    throw malformed(at(node.offset), `has for \`${key}\` ${found(node)}`, 'Write one name in quotes.');
  const source: SettingSource = { layer, detail: at(node.offset) };
  const value = node.value as string;
  if (key === 'backend') return [{ kind: 'backend', backend: value, source }];
  if (key === 'device') return [{ kind: 'device', device: value, source }];
  const policy = FALLBACK_POLICIES.find((word) => word === value);
  if (policy === undefined) {
    throw malformed(
      at(node.offset),
      `has for \`fallback\` ${found(node)}`,
      `Write one of ${FALLBACK_POLICIES.join(', ')}.`,
    );
  }
  return [{ kind: 'fallback', policy, source }];
}

function isConfigKey(key: string): key is ConfigKey {
  return (KEYS as readonly string[]).includes(key);
}

function isName(node: Node): boolean {
  return node.type === 'string' && (node.value as string).trim() !== '';
}

function found(node: Node): string {
  return `the value ${JSON.stringify(getNodeValue(node))}`;
}

function sentence(code: string): string {
  return code.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function malformed(source: string, problem: string, remedy: string | null): SettingsError {
  return new SettingsError('config-malformed', `The configuration at ${source} ${problem}.`, {
    source,
    remedy,
  });
}
