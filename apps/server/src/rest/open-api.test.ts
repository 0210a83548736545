import { expect, test } from 'vitest';
import { openRest } from './__fixtures__/rest-harness.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
}

test('every operation of the document is served, and nothing else', async () => {
  await using rest = await openRest();
  const document = (await (await fetch(`${rest.url}/v2/openapi.json`)).json()) as Document;
  const ids = new Set<string>();
  let count = 0;
  for (const [template, operations] of Object.entries(document.paths)) {
    const path = template.replace('{version}', '1').replaceAll(/\{\w+\}/g, 'echo');
    for (const method of ['get', 'post', 'put', 'delete', 'patch']) {
      const { status } = await fetch(rest.url + path, { method: method.toUpperCase() });
      const operation = operations[method];
      if (operation === undefined) expect(`${method} ${path} ${status}`).toBe(`${method} ${path} 405`);
      else {
        expect([404, 405], `${method} ${path}`).not.toContain(status);
        ids.add(operation.operationId);
        count += 1;
      }
    }
  }
  expect(ids.size).toBe(count);
  expect(Object.keys(document.paths)).not.toContain('/metrics');
  const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
  const { components } = document as unknown as { components: { schemas: object } };
  for (const [, name] of references) expect(Object.keys(components.schemas)).toContain(name);
});
