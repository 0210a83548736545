import { statementsFromConfig, REASON_CODES, SETTING_LAYERS } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { schemaOf } from './__fixtures__/schemas.ts';

type Node = Readonly<Record<string, unknown>>;
const config = schemaOf('config');
const report = schemaOf('selection-report');

function subschemas(node: unknown): readonly Node[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = Array.isArray(node) ? [] : [node as Node];
  return [...own, ...Object.values(node).flatMap((member) => subschemas(member))];
}

/** Whether the program takes a document as a configuration file. */
function reads(document: unknown): boolean {
  try {
    statementsFromConfig(JSON.stringify(document), 'test.json', 'project-config');
    return true;
  } catch {
    return false;
  }
}

describe.each([
  ['config', config],
  ['selection-report', report],
])('%s.schema.json', (_name, validate) => {
  it('describes every property and closes every object', () => {
    for (const node of subschemas(validate.schema)) {
      if (node['type'] === 'object' && 'properties' in node) {
        expect(node['additionalProperties']).toBe(false);
        for (const member of Object.values(node['properties'] as Readonly<Record<string, Node>>)) {
          if (member['$ref'] === undefined)
            expect(member['description'], JSON.stringify(member)).toMatch(/\S/);
        }
      }
    }
    expect(validate.schema).toMatchObject({ additionalProperties: false });
  });
});

describe('selection-report.schema.json', () => {
  it('has the reason codes and layers of the code', () => {
    const { $defs } = report.schema as unknown as {
      $defs: {
        reasonCode: { enum: string[] };
        source: { properties: { layer: { enum: string[] } } };
      };
    };
    expect($defs.reasonCode.enum).toEqual(Object.keys(REASON_CODES));
    expect($defs.source.properties.layer.enum).toEqual([...SETTING_LAYERS, 'client']);
  });
});

describe('config.schema.json', () => {
  const accepted = [
    {},
    { $schema: 'x', backend: 'cpu' },
    { prefer: ['cuda', 'cpu'], fallback: 'error', plugins: ['acme-npu'] },
    { enable: ['openvino'], disable: [], device: 'cuda:1' },
  ];
  const refused = [
    [],
    { backends: 'cpu' },
    { backend: '' },
    { backend: 1 },
    { fallback: 'maybe' },
    { enable: 'openvino' },
    { plugins: [' '] },
    { disable: [null] },
  ];
  it.each(accepted)('and the reader accept %j', (document) => {
    expect(config(document), JSON.stringify(config.errors)).toBe(true);
    expect(reads(document)).toBe(true);
  });

  it.each(refused)('and the reader refuse %j', (document) => {
    expect(config(document)).toBe(false);
    expect(reads(document)).toBe(false);
  });
});
