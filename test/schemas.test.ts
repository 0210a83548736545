import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readText, repositoryFiles } from './workspace.ts';

const SCHEMAS = repositoryFiles('packages/*/schemas/*.json', 'apps/*/schemas/*.json');

const REFINEMENTS = new Set(['oneOf', 'anyOf', 'allOf', 'if', 'then', 'else', 'not']);
const DATA = new Set(['const', 'enum', 'default', 'examples']);

/** Paths of properties without a description, at any depth. */
function undescribed(root: AnySchemaObject): string[] {
  const describes = (schema: AnySchemaObject): boolean =>
    /\S/.test(String(schema['description'] ?? '')) ||
    (typeof schema['$ref'] === 'string' && describes(pointed(root, schema['$ref'])));
  const found: string[] = [];
  // `known` are the properties that an enclosing schema of the same object has described already.
  const visit = (schema: unknown, path: string, known: ReadonlySet<string>): void => {
    if (Array.isArray(schema)) {
      for (const [index, item] of schema.entries()) visit(item, `${path}/${index}`, known);
      return;
    }
    if (typeof schema !== 'object' || schema === null) return;
    const properties = ((schema as AnySchemaObject)['properties'] ?? {}) as Record<string, AnySchemaObject>;
    // What `known` and `value` mean in a fact is said once, where the fact is described.
    const isFact = typeof properties['known']?.['const'] === 'boolean';
    for (const [name, property] of Object.entries(properties)) {
      const exempt = known.has(name) || (isFact && (name === 'known' || name === 'value'));
      if (!exempt && !describes(property)) found.push(`${path}/${name}`);
      visit(property, `${path}/${name}`, new Set());
    }
    const here = new Set([...known, ...Object.keys(properties)]);
    for (const [keyword, part] of Object.entries(schema as AnySchemaObject)) {
      if (keyword === 'properties' || DATA.has(keyword)) continue;
      visit(part, `${path}/${keyword}`, REFINEMENTS.has(keyword) ? here : new Set());
    }
  };
  visit(root, '', new Set());
  return found;
}

function pointed(root: AnySchemaObject, pointer: string): AnySchemaObject {
  const parts = pointer.replace(/^#\//, '').split('/');
  return parts.reduce<AnySchemaObject>((schema, part) => schema[part] as AnySchemaObject, root);
}

it('finds the schemas', () => {
  expect(SCHEMAS).toContain('packages/core/schemas/host-facts.schema.json');
});

it('sees a property without a description, at any depth', () => {
  const inner = { type: 'object', properties: { bare: { type: 'string' } } };
  expect(
    undescribed({ oneOf: [{ properties: { list: { description: 'A list.', items: inner } } }] }),
  ).toEqual(['/oneOf/0/list/items/bare']);
  expect(undescribed({ properties: { known: { const: true }, value: {}, source: {} } })).toEqual(['/source']);
  const refined = {
    properties: { one: { description: 'One.' } },
    oneOf: [{ properties: { one: {}, two: {} } }],
  };
  expect(undescribed(refined)).toEqual(['/oneOf/0/two']);
  const pointing = {
    $defs: { full: { description: 'It.' }, bare: {} },
    properties: { one: { $ref: '#/$defs/full' }, two: { $ref: '#/$defs/bare' } },
  };
  expect(undescribed(pointing)).toEqual(['/two']);
});

describe.each(SCHEMAS)('%s', (path) => {
  const schema = JSON.parse(readText(path)) as AnySchemaObject;

  it('is JSON Schema 2020-12 that says what it describes, and compiles', () => {
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema['title']).toMatch(/\S/);
    expect(schema['description']).toMatch(/\S/);
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
    expect(ajv.compile(schema)).toBeTypeOf('function');
  });

  it('describes every property', () => {
    expect(undescribed(schema)).toEqual([]);
  });

  it('is reachable from its package', () => {
    const [group, name] = path.split('/');
    const manifest = JSON.parse(readText(`${group}/${name}/package.json`)) as {
      exports: Record<string, string>;
    };
    expect(manifest.exports['./schemas/*.json']).toBe('./schemas/*.json');
  });
});
