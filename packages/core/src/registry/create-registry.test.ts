import { describe, expect, it } from 'vitest';
import type { BackendV1 } from '../backend/v1/backend-v1.ts';
import { RegistrationError } from '../errors/registration-error.ts';
import { mockBackend } from '../testing/mock-backend.ts';
import { SUPPORTED_VERSIONS } from './check-backend.ts';
import { createRegistry } from './create-registry.ts';

function refusal(offered: unknown): RegistrationError {
  try {
    createRegistry([offered as BackendV1]);
  } catch (error) {
    if (RegistrationError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('registration', () => {
  it('takes a sound backend without running any of it', () => {
    const backend = mockBackend();
    const registry = createRegistry([backend]);
    expect(registry.known().map((known) => known.state)).toEqual(['installed']);
    expect(registry.get('mock')).toBe(backend);
    expect(backend.calls).toEqual({ predicate: [], doProbe: [], doDevices: [], doOpen: [] });
  });

  it.each(['v2', 'v0', undefined, 1])('refuses the contract version %j with both numbers', (version) => {
    const error = refusal({ ...mockBackend(), specificationVersion: version });
    expect(error.code).toBe('api-mismatch');
    expect(error.message).toContain(JSON.stringify(version) ?? 'undefined');
    for (const supported of SUPPORTED_VERSIONS) expect(error.message).toContain(supported);
  });

  const { manifest } = mockBackend();
  it.each([
    ['id', { id: 'Mock' }],
    ['id', { id: 'a_b' }],
    ['reserved', { id: 'auto' }],
    ['id', { aliases: ['--x'] }],
    ['title', { title: ' ' }],
    ['package', { package: { name: 'x', version: '' } }],
    ['stability', { stability: 'new' }],
    ['optIn', { optIn: 'false' }],
    ['optInReason', { optInReason: '' }],
    ['deviceKinds', { deviceKinds: [] }],
    ['device kind', { deviceKinds: ['tpu'] }],
    ['rank', { rank: 101 }],
    ['rank', { rank: Number.NaN }],
    ['virtualDevices', { virtualDevices: 'AUTO' }],
    ['refusedDevices', { refusedDevices: null }],
    ['refusedDevices', { refusedDevices: { AUTO: ' ' } }],
    ['dtypes', { dtypes: ['float8'] }],
    ['isolation', { isolation: { minimum: 'inline', recommended: 'container' } }],
    ['minimum', { isolation: { minimum: 'process', recommended: 'inline' } }],
    ['options', { options: null }],
  ])('refuses a manifest with a wrong %s: %j', (word, change) => {
    const error = refusal({ ...mockBackend(), manifest: { ...manifest, ...change } });
    expect(error.code).toBe('registration-invalid');
    expect(error.message).toContain(word);
  });

  it.each(['predicate', 'doProbe', 'doDevices', 'doOpen', 'doArtifacts'])(
    'refuses a %s that is no function',
    (member) => {
      expect(refusal({ ...mockBackend(), [member]: 1 }).message).toContain(member);
    },
  );

  it.each([null, undefined, 1, 'cpu', {}, [], () => 1])('refuses %j', (offered) => {
    expect(['registration-invalid', 'api-mismatch']).toContain(refusal(offered).code);
  });

  it('refuses getters that throw instead of throwing itself', () => {
    const hostile = {
      specificationVersion: 'v1',
      get manifest() {
        throw new Error('surprise');
      },
    };
    expect(refusal(hostile).message).toContain('surprise');
  });

  it('keeps what a manifest said at registration', () => {
    const changing = { ...manifest };
    const registry = createRegistry([{ ...mockBackend(), manifest: changing }]);
    Object.assign(changing, { optIn: true, id: 'other' });
    expect(registry.known()[0]).toMatchObject({ manifest: { id: 'mock', optIn: false } });
  });

  it('names both packages when an id or an alias is taken', () => {
    const first = mockBackend({ manifest: { id: 'npu', package: { name: '@a/npu', version: '1.0.0' } } });
    const second = mockBackend({ manifest: { id: 'npu', package: { name: '@b/npu', version: '1.0.0' } } });
    const third = mockBackend({
      manifest: { id: 'other', aliases: ['npu'], package: { name: '@c/npu', version: '1.0.0' } },
    });
    for (const other of [second, third]) {
      expect(() => createRegistry([first, other])).toThrow(/`@a\/npu` and `@[bc]\/npu`/);
    }
    const registry = createRegistry([first]);
    expect(() =>
      registry.add({ state: 'not-listed', id: 'npu', package: { name: '@d/npu', version: '1' } }),
    ).toThrow('@d/npu');
  });

  it('two registries do not disturb each other, and order does not matter', () => {
    const a = mockBackend({ manifest: { id: 'a' } });
    const b = mockBackend({ manifest: { id: 'b' } });
    expect(
      createRegistry([a, b])
        .known()
        .map((known) => known.state === 'installed' && known.manifest.id),
    ).toEqual(['a', 'b']);
    expect(
      createRegistry([b, a])
        .known()
        .map((known) => known.state === 'installed' && known.manifest.id),
    ).toEqual(['a', 'b']);
    expect(createRegistry([b]).get('a')).toBeNull();
  });
});
