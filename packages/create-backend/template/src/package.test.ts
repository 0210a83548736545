import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as everything from './index.ts';
import { MANIFEST } from './manifest.ts';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly name: string;
  readonly version: string;
  readonly switchyard: {
    readonly backend: { readonly id: string; readonly contract: string; readonly export: string };
  };
};

it('says the same in package.json and in its code', () => {
  expect({ name: manifest.name, version: manifest.version }).toEqual(MANIFEST.package);
  expect(manifest.switchyard.backend).toMatchObject({ id: MANIFEST.id, contract: 'v1' });
  expect(everything).toHaveProperty(manifest.switchyard.backend.export);
});
