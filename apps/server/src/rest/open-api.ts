import { SCHEMAS, type Schema } from './open-api-schemas.ts';
import type { Route, SchemaName } from './route-table.ts';

const LENGTH_HEADER = 'Inference-Header-Content-Length';
const LENGTH: Schema = {
  schema: { type: 'integer', minimum: 0 },
  description:
    'Bytes of the JSON at the start of the body, counted unpacked; blobs of tensors follow it in the order of those with `binary_data_size`. 0 in a request: the body is the data of the one input.',
};
const BINARY: Schema = {
  schema: { type: 'string', format: 'binary' },
};

/** The OpenAPI 3.1 document of these routes. */
export function buildOpenApi(routes: readonly Route[], prefix: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    const path = (paths[`${prefix}${route.path}`] ??= {});
    path[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Switchyard: Open Inference Protocol over REST',
      version: '2',
      description:
        'Every answer but 200 is JSON with the one member `error`. Content types of requests do not matter.',
    },
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
    },
  };
}

function operationOf(route: Route): Schema {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const isInfer = route.operation === 'infer';
  const parameters: Schema[] = names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'version' ? { type: 'string', pattern: '^[0-9]+$' } : { type: 'string' },
  }));
  if (isInfer) parameters.push({ name: LENGTH_HEADER, in: 'header', required: false, ...LENGTH });
  return {
    operationId: idOf(route),
    summary: route.summary,
    description: `Needs the scope \`${route.scope}\` where keys are asked for.`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === null
      ? {}
      : { requestBody: { required: isInfer, content: contentOf(route.body, isInfer) } }),
    responses: {
      ...(route.answer === null ? {} : { 200: successOf(route.answer, isInfer) }),
      default: { description: 'A refusal, with why.', content: contentOf('Error', false) },
    },
  };
}

/** Unique by route: the operation, and what of the path tells it from others of that operation. */
function idOf(route: Route): string {
  const words = route.path.split('/').map((segment) => segment.replaceAll(/\W/g, ''));
  return [route.method.toLowerCase(), ...words.slice(1)].join('_');
}

function successOf(answer: SchemaName | 'empty' | 'text', isInfer: boolean): Schema {
  if (answer === 'empty') return { description: 'Done; the body is empty.' };
  if (answer === 'text')
    return { description: 'Text.', content: { 'text/plain': { schema: { type: 'string' } } } };
  return {
    description: 'Done.',
    ...(isInfer
      ? {
          headers: {
            [LENGTH_HEADER]: LENGTH,
            'Switchyard-Backend': { schema: { type: 'string' }, description: 'Backend that computed this.' },
            'Switchyard-Device': { schema: { type: 'string' }, description: 'Device that computed this.' },
            'Switchyard-Fallback': {
              schema: { type: 'string' },
              description: 'What was preferred and did not come to be, where that is so.',
            },
          },
        }
      : {}),
    content: contentOf(answer, isInfer),
  };
}

function contentOf(name: SchemaName | 'Error', binary: boolean): Schema {
  const json = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
  return binary ? { ...json, 'application/octet-stream': BINARY } : json;
}
