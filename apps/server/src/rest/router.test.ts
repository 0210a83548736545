import { describe, expect, test } from 'vitest';
import { ROUTES } from './route-table.ts';
import { createRouter, MethodNotAllowed } from './router.ts';

const router = createRouter(ROUTES, '');

function operationOf(method: string, target: string): string {
  return router.match(method, target).route.operation;
}

describe('what leads to a route', () => {
  test.each([
    ['GET', '/v2', 'serverMetadata'],
    ['GET', '/v2/', 'serverMetadata'],
    ['GET', '/v2/health/live?test_1=1', 'live'],
    ['GET', '/v2/models/stats', 'allStatistics'],
    ['GET', '/v2/models/m', 'modelMetadata'],
    ['POST', '/v2/models/stats/infer', 'infer'],
    ['POST', '/v2/models/m/versions/01/infer', 'infer'],
    ['GET', '/v2/models/versions/versions/3/stats', 'modelStatistics'],
    ['POST', '/v2/repository/index', 'repositoryIndex'],
    ['POST', '/v2/repository/models/index', 'namedRepositoryDeclined'],
    ['POST', '/v2/repository/r/models/m/load', 'namedRepositoryDeclined'],
    ['POST', '/v2/repository/models/m/unload', 'repositoryUnload'],
    ['POST', '/v2/cudasharedmemory/unregister', 'cudaUnregisterAll'],
    ['GET', '/v2/models/m/trace/setting', 'traceSettings'],
    ['GET', '/metrics', 'metrics'],
  ])('%s %s is %s', (method, target, operation) => {
    expect(operationOf(method, target)).toBe(operation);
    // And again, from memory.
    expect(operationOf(method, target)).toBe(operation);
  });

  test('names are decoded segment by segment', () => {
    const match = router.match('POST', '/v2/models/a%2Fb%20%C3%A4/versions/7/infer?x=%');
    expect([match.model, match.version]).toEqual(['a/b ä', '7']);
    expect(router.match('GET', '/v2/models/%2e%2e').model).toBe('..');
    expect(router.match('GET', '/v2/systemsharedmemory/region/__proto__/status').region).toBe('__proto__');
  });
});

describe('what leads nowhere', () => {
  test.each([
    '/',
    '',
    '*',
    '//v2',
    '/v2//',
    '/v3',
    '/V2',
    '/v2/health/live/',
    '/v2/models',
    '/v2/models/',
    '/v2/models//infer',
    '/v2/models/m/versions/v1',
    '/v2/models/m/versions/-1',
    '/v2/models/m/versions/%2B1',
    '/v2/models/m/versions/',
    '/v2/models/m/versions',
    '/v2/models/../health/live',
    '/v2/models/%zz',
    '/v2/models/%c3',
    '/v2#',
    'http://a/v2',
    '/v2/constructor',
    '/__proto__',
  ])('%s', (target) => {
    expect(() => router.match('GET', target)).toThrow('Not Found');
  });

  test('a model named in three segments of digits is no version', () => {
    expect(() => router.match('GET', '/v2/models/m/versions/1/2')).toThrow('Not Found');
  });

  test('another method is 405 and says which there are', () => {
    try {
      router.match('DELETE', '/v2/logging');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(MethodNotAllowed);
      expect((error as MethodNotAllowed).allowed).toEqual(['GET', 'POST']);
    }
  });

  test('more than the longest target is 414', () => {
    expect(() => router.match('GET', `/v2/models/${'a'.repeat(9000)}`)).toThrow(/8192 are the most/);
  });
});

test('a prefix is a part of every path', () => {
  const prefixed = createRouter(ROUTES, '/inference');
  expect(prefixed.match('GET', '/inference/v2').route.operation).toBe('serverMetadata');
  expect(() => prefixed.match('GET', '/v2')).toThrow('Not Found');
  expect(() => prefixed.match('GET', '/inferencev2')).toThrow('Not Found');
});

test('what is remembered stays bounded and right', () => {
  for (let index = 0; index < 2000; index += 1) {
    expect(router.match('GET', `/v2/models/m${index}`).model).toBe(`m${index}`);
  }
});
