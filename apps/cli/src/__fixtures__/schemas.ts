import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** Compiles a published schema of core in strict mode. */
export function schemaOf(name: string): ValidateFunction {
  const file = new URL(`../../../../packages/core/schemas/${name}.schema.json`, import.meta.url);
  return new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false }).compile(
    JSON.parse(readFileSync(file, 'utf8')) as object,
  );
}
