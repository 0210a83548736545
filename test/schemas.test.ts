import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readText, repositoryFiles } from './workspace.ts';

const SCHEMAS = repositoryFiles('packages/*/schemas/*.json', 'apps/*/schemas/*.json');

/** Paths of properties without a description, at any depth. */
function undescribed(schema: unknown, path = ''): string[] {
  if (Array.isArray(schema)) return schema.flatMap((item, index) => undescribed(item, `${path}/${index}`));
  if (typeof schema !== 'object' || schema === null) return [];
  const found: string[] = [];
  for (const [keyword, part] of Object.entries(schema as Record<string, unknown>)) {
    if (keyword === 'properties') {
      const properties = part as Record<string, AnySchemaObject>;
      // What `known` and `value` mean in a fact is said once, where the fact is described.
      const isFact = typeof properties['known']?.['const'] === 'boolean';
      for (const [name, property] of Object.entries(properties)) {
        const exempt = isFact && (name === 'known' || name === 'value');
        if (!exempt && !/\S/.test(String(property['description'] ?? ''))) found.push(`${path}/${name}`);
        found.push(...undescribed(property, `${path}/${name}`));
      }
    } else if (keyword !== 'const' && keyword !== 'enum' && keyword !== 'default' && keyword !== 'examples') {
      found.push(...undescribed(part, `${path}/${keyword}`));
    }
  }
  return found;
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
