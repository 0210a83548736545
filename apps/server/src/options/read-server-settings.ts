import { readFile } from 'node:fs/promises';
import { nearestName, SettingsError, type SelectionWarning } from '@switchyard/core';
import { findNodeAtLocation, getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { configKeyOf, OPTIONS, variableOf, type OptionSpec } from './option-specs.ts';
import { parseConfigValue, parseOption, type ParsedValue } from './option-values.ts';
import type { ServerSettings, SettingKey } from './server-settings.ts';

/** A flag as it was written. */
export interface FlagValue {
  readonly spec: OptionSpec;
  /** Text of the value. */
  readonly text: string;
  /** The literal words, for messages. */
  readonly source: string;
}

/** The settings, and who said what is not the default. */
export interface ServerSettingsRead {
  readonly settings: ServerSettings;
  /** Flag, variable, or file and line, by setting. */
  readonly sources: ReadonlyMap<SettingKey, string>;
  readonly warnings: readonly SelectionWarning[];
}

/** Prefix of every variable that this module reads. */
const PREFIX = 'SWITCHYARD_SERVER_';

/**
 * Puts the layers together, weakest first: defaults, the user's configuration, the project's, the
 * environment, flags. The nearest statement counts, whole: lists are not joined.
 *
 * @param files configuration files that were read, weakest first, whose object `server` is read here
 * @throws SettingsError `invalid-value`, `config-malformed`, `conflict`, naming flag, variable, or file and line
 */
export async function readServerSettings(input: {
  readonly files: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly FlagValue[];
}): Promise<ServerSettingsRead> {
  const values = new Map<SettingKey, unknown>(OPTIONS.map((spec) => [spec.key, spec.default]));
  const sources = new Map<SettingKey, string>();
  const warnings: SelectionWarning[] = [];
  const set = (spec: OptionSpec, parsed: ParsedValue, said: string, source: string): void => {
    if ('wanted' in parsed) {
      throw new SettingsError('invalid-value', `${said}, which is not ${parsed.wanted}.`, {
        source,
        remedy: `Write ${parsed.wanted}.`,
      });
    }
    values.set(spec.key, parsed.value);
    sources.set(spec.key, source);
  };

  for (const file of input.files) {
    for (const { spec, value, place } of await serverObject(file)) {
      const said = `The configuration at ${place} has for \`server.${configKeyOf(spec)}\` the value ${JSON.stringify(value)}`;
      set(spec, parseConfigValue(spec, value), said, place);
    }
  }
  for (const name of Object.keys(input.environment).toSorted()) {
    const text = input.environment[name];
    if (!name.startsWith(PREFIX) || text === undefined || text === '') continue;
    const spec = OPTIONS.find((one) => variableOf(one) === name);
    if (spec === undefined) {
      const nearest = nearestName(
        name,
        OPTIONS.map((one) => variableOf(one)),
      );
      warnings.push({
        message: `The environment variable \`${name}\` is not known.`,
        remedy: nearest === null ? 'Unset it.' : `Did you mean \`${nearest}\`?`,
      });
      continue;
    }
    const source = `${name}=${text}`;
    set(
      spec,
      parseOption(spec, text),
      `The environment variable \`${name}\` is ${JSON.stringify(text)}`,
      source,
    );
  }
  const said = new Map<SettingKey, FlagValue>();
  for (const flag of input.flags) {
    const before = said.get(flag.spec.key);
    if (before !== undefined && before.text !== flag.text) {
      throw new SettingsError(
        'conflict',
        `\`${before.source}\` and \`${flag.source}\` contradict each other.`,
        {
          source: flag.source,
          remedy: 'Leave one of them out.',
        },
      );
    }
    said.set(flag.spec.key, flag);
    set(
      flag.spec,
      parseOption(flag.spec, flag.text),
      `\`${flag.source}\` has ${JSON.stringify(flag.text)}`,
      flag.source,
    );
  }
  // Every key has a value: the table of options is compared with the type by a test.
  return { settings: Object.fromEntries(values) as unknown as ServerSettings, sources, warnings };
}

async function serverObject(
  file: string,
): Promise<readonly { readonly spec: OptionSpec; readonly value: unknown; readonly place: string }[]> {
  const text = await readFile(file, 'utf8');
  const root = parseTree(text, [], { allowTrailingComma: true });
  const node = root === undefined ? undefined : findNodeAtLocation(root, ['server']);
  if (node === undefined) return [];
  const at = (offset: number): string => `${file}:${text.slice(0, offset).split('\n').length}`;
  if (node.type !== 'object') {
    throw malformed(at(node.offset), 'has for `server` something that is no object', 'Write `"server": {}`.');
  }
  const seen = new Set<string>();
  return (node.children ?? []).map((property) => {
    const [keyNode, valueNode] = property.children as [Node, Node];
    const key = keyNode.value as string;
    const place = at(keyNode.offset);
    if (seen.has(key)) throw malformed(place, `says \`server.${key}\` twice`, 'Remove one of the two.');
    seen.add(key);
    const spec = OPTIONS.find((one) => configKeyOf(one) === key);
    if (spec === undefined) {
      const nearest = nearestName(
        key,
        OPTIONS.map((one) => configKeyOf(one)),
      );
      throw malformed(
        place,
        `has the key \`server.${key}\`, which does not exist`,
        nearest === null ? 'See docs/reference/server-options.md.' : `Did you mean \`server.${nearest}\`?`,
      );
    }
    return { spec, value: getNodeValue(valueNode) as unknown, place };
  });
}

function malformed(source: string, problem: string, remedy: string): SettingsError {
  return new SettingsError('config-malformed', `The configuration at ${source} ${problem}.`, {
    source,
    remedy,
  });
}
