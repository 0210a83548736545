import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SettingsError } from '../errors/settings-error.ts';
import { MACHINE_NAMES } from '../machines/index.ts';
import { parseHostFacts } from './parse-host-facts.ts';

const schema = new URL('../../schemas/host-facts.schema.json', import.meta.url);
const validate: ValidateFunction = new Ajv2020({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(schema, 'utf8')) as object,
);
const read = (name: string): string =>
  readFileSync(new URL(`../machines/${name}.json`, import.meta.url), 'utf8');

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Container = Json[] | { [key: string]: Json };

const machine = (name = 'linux-nvidia'): { [key: string]: Json } =>
  JSON.parse(read(name)) as { [key: string]: Json };

/** Every place in a document: the container and the key that leads on. */
function places(node: Json, path = '$'): readonly { holder: Container; key: string; path: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, member]) => [
    { holder: node, key, path: `${path}.${key}` },
    ...places(member, `${path}.${key}`),
  ]);
}

function refusal(text: string): SettingsError {
  try {
    parseHostFacts(text, 'facts.json');
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('The document was accepted.');
}

function agree(document: Json, path: string): void {
  const text = JSON.stringify(document);
  const bySchema = validate(JSON.parse(text));
  let byParser = true;
  try {
    parseHostFacts(text, 'facts.json');
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    byParser = false;
  }
  // An assertion for each of the many agreements would take most of the time of this test.
  if (byParser !== bySchema) expect({ path, accepted: byParser }).toEqual({ path, accepted: bySchema });
}

function set(holder: Container, key: string, value: Json): void {
  Object.defineProperty(holder, key, { value, configurable: true, enumerable: true, writable: true });
}

const replacements: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  2,
  '',
  'gpu',
  'npu',
  'musl',
  'live',
  'recorded',
  'unknown',
  '10de',
  [],
  ['x'],
  {},
  { known: true },
];

describe('parseHostFacts and the published schema', () => {
  it.each(MACHINE_NAMES)('refuse the same documents when any one key or member of %s goes', (name) => {
    const count = places(machine(name)).length;
    for (let index = 0; index < count; index += 1) {
      const document = machine(name);
      const place = places(document)[index];
      if (place === undefined) throw new Error('The document changed while it was read.');
      if (Array.isArray(place.holder)) place.holder.splice(Number(place.key), 1);
      else Reflect.deleteProperty(place.holder, place.key);
      agree(document, place.path);
    }
  });

  it.each(MACHINE_NAMES)('refuse the same documents when any one value of %s has another type', (name) => {
    const document = machine(name);
    for (const { holder, key, path } of places(document)) {
      const original = (holder as { [key: string]: Json })[key] as Json;
      for (const replacement of replacements) {
        set(holder, key, replacement);
        agree(document, path);
      }
      set(holder, key, original);
    }
  });

  it('refuse the same documents after several mutations, extra keys among them', () => {
    const mutation = fc.record({
      at: fc.nat(),
      change: fc.constantFrom('drop', 'replace', 'add'),
      value: fc.oneof(fc.constantFrom(...replacements), fc.jsonValue() as fc.Arbitrary<Json>),
      key: fc.oneof(
        fc.constantFrom('known', 'why', 'source', 'value', 'schema', '__proto__', 'constructor'),
        fc.string(),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...MACHINE_NAMES),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (name, mutations) => {
          const document = machine(name);
          for (const { at, change, value, key } of mutations) {
            const all = places(document);
            const place = all[at % Math.max(all.length, 1)];
            if (place === undefined) break;
            if (change === 'replace') set(place.holder, place.key, value);
            else if (change === 'drop') Reflect.deleteProperty(place.holder, place.key);
            else if (!Array.isArray(place.holder)) set(place.holder, key, value);
          }
          agree(document, mutations.map((each) => each.change).join(' '));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('refuse the same documents that are no objects', () => {
    for (const document of [null, true, 3, 'facts', [], [machine()]] as const) agree(document as Json, '$');
  });
});

describe('parseHostFacts', () => {
  it('returns the facts, frozen', () => {
    const facts = parseHostFacts(read('linux-nvidia'), 'facts.json');
    expect(facts).toEqual(machine());
    expect(Object.isFrozen(facts.nvidia.gpus)).toBe(true);
  });

  it('reads past a byte order mark', () => {
    expect(parseHostFacts(`\uFEFF${read('linux-plain')}`, 'facts.json').os.platform).toBe('linux');
  });

  it.each([
    ['', 'line 1, column 1'],
    ['{\n  "schema": 1,\n  "provenance": }', 'line 3, column 17'],
    ['{"schema": 1,}', 'line 1, column 14'],
    ['// facts\n{}', 'line 1, column 1'],
    ['{"schema": 1', 'line 1, column 13'],
  ])('says where %j is not JSON', (text, where) => {
    const error = refusal(text);
    expect(error.code).toBe('host-facts-invalid');
    expect(error.source).toBe('facts.json');
    expect(error.message).toContain('`facts.json` is not JSON: ');
    expect(error.message).toContain(` at ${where}.`);
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });

  it('names both numbers when the schema is another one', () => {
    const error = refusal(JSON.stringify({ schema: 2, whatever: true }));
    expect(error.message).toBe(
      '`facts.json` holds host facts of schema 2, and this version of Switchyard reads schema 1. ' +
        'Record the machine with `switchyard host --json`.',
    );
    expect('cause' in error).toBe(false);
  });

  it.each([
    ['a schema of another type', { schema: '1' }, 'at `$.schema`, expected `1`, found the string `"1"`.'],
    ['a missing key', { libc: undefined }, 'at `$.libc`, expected this key, found nothing.'],
    ['an extra key', { gpu: { name: 'x' } }, 'at `$.gpu`, expected no such key, found an object.'],
    [
      'an extra key that is no word',
      { 'a b': 1 },
      'at `$["a b"]`, expected no such key, found the number `1`.',
    ],
    [
      'a fact that is a bare value',
      { libc: 'musl' },
      'at `$.libc`, expected a fact (an object with `known`), found the string `"musl"`.',
    ],
    ['a fact that is neither', { libc: {} }, 'at `$.libc.known`, expected true or false, found nothing.'],
    [
      'an unknown fact without reason',
      { libc: { known: false, why: '' } },
      'at `$.libc.why`, expected a string that is not empty, found the string `""`.',
    ],
    [
      'a wrong literal',
      { libc: { known: true, value: { flavour: 'bionic', version: '1' }, source: 'x' } },
      'at `$.libc.value.flavour`, expected `"glibc"` or `"musl"`, found the string `"bionic"`.',
    ],
    [
      'a wrong member of a list',
      { deviceNodes: { known: true, value: ['/dev/dxg', null], source: 'x' } },
      'at `$.deviceNodes.value[1]`, expected a string, found null.',
    ],
    [
      'a wrong variable',
      { variables: { CUDA_VISIBLE_DEVICES: 0 } },
      'at `$.variables.CUDA_VISIBLE_DEVICES`, expected a string, found the number `0`.',
    ],
  ])('says where %s is', (_title, change, expected) => {
    const error = refusal(JSON.stringify({ ...machine(), ...change }));
    expect(error.code).toBe('host-facts-invalid');
    expect(error.message).toBe(
      `\`facts.json\` is not a document of host facts: ${expected} Record the machine with \`switchyard host --json\`.`,
    );
  });

  it('shortens what it quotes', () => {
    const error = refusal(JSON.stringify({ ...machine(), libc: 'x'.repeat(5000) }));
    expect(error.message.length).toBeLessThan(300);
  });
});
