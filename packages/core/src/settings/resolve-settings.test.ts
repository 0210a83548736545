import { describe, expect, it } from 'vitest';
import { backendNames } from './backend-names.ts';
import { resolveSettings } from './resolve-settings.ts';
import type { SettingLayer, SettingStatement } from './setting-statement.ts';

const names = backendNames([
  { id: 'cpu', aliases: [] },
  { id: 'cuda', aliases: [] },
  { id: 'mps-coreml', aliases: ['mps', 'coreml'] },
  { id: 'openvino', aliases: [] },
]);

const from = (layer: SettingLayer | 'client') => ({ layer, detail: `said in ${layer}` }) as const;
const backend = (layer: SettingLayer | 'client', id: string): SettingStatement => ({
  kind: 'backend',
  backend: id,
  source: from(layer),
});
const use = (layer: SettingLayer, id: string, value: boolean): SettingStatement => ({
  kind: 'use',
  backend: id,
  value,
  source: from(layer),
});
const disable = (layer: SettingLayer, id: string): SettingStatement => ({
  kind: 'disable',
  backend: id,
  source: from(layer),
});
const enable = (layer: SettingLayer, id: string): SettingStatement => ({
  kind: 'enable',
  backend: id,
  source: from(layer),
});
const prefer = (layer: SettingLayer, ...backends: string[]): SettingStatement => ({
  kind: 'prefer',
  backends,
  source: from(layer),
});
const device = (layer: SettingLayer, id: string): SettingStatement => ({
  kind: 'device',
  device: id,
  source: from(layer),
});

const resolve = (...statements: SettingStatement[]) => resolveSettings(statements, names);
const codes = (...statements: SettingStatement[]) => resolve(...statements).problems.map(({ code }) => code);

describe('the nearest statement wins', () => {
  const layers = ['default', 'user-config', 'project-config', 'env', 'flag', 'api'] as const;
  const pairs = layers.flatMap((near, index) => layers.slice(0, index).map((far) => [near, far] as const));

  it.each(pairs)('%s over %s for the request', (near, far) => {
    const { request, effective } = resolve(backend(far, 'cuda'), backend(near, 'openvino'));
    expect(request).toMatchObject({ kind: 'exact', backend: 'openvino', source: { layer: near } });
    expect(effective.find(({ key }) => key === 'backend')?.overrode).toEqual([from(far)]);
  });

  it.each(pairs)('%s over %s for permission, both ways', (near, far) => {
    expect(resolve(enable(far, 'openvino'), disable(near, 'openvino')).permissions.get('openvino')).toEqual({
      allowed: false,
      source: from(near),
    });
    expect(resolve(disable(far, 'openvino'), enable(near, 'openvino')).permissions.get('openvino')).toEqual({
      allowed: true,
      source: from(near),
    });
  });

  it.each(pairs)('%s over %s for the value of `use`, both ways', (near, far) => {
    const off = resolve(use(far, 'openvino', true), use(near, 'openvino', false));
    expect(off.request.kind).toBe('auto');
    expect(off.permissions.get('openvino')?.allowed).toBe(false);
    const on = resolve(use(far, 'openvino', false), use(near, 'openvino', true));
    expect(on.request).toMatchObject({ kind: 'exact', backend: 'openvino' });
    expect(on.permissions.has('openvino')).toBe(false);
  });
});

describe('requests against off-switches', () => {
  it('a nearer request overrides a denial and shows it', () => {
    const { permissions, effective } = resolve(disable('env', 'cuda'), backend('flag', 'cuda'));
    expect(permissions.has('cuda')).toBe(false);
    expect(effective.find(({ key }) => key === 'backend')).toMatchObject({
      value: 'cuda',
      overrode: [from('env')],
    });
    expect(effective.some(({ key }) => key === 'disable.cuda')).toBe(false);
  });

  it.each(['env', 'flag'] as const)('a denial in %s stands against a request in env', (layer) => {
    const { request, permissions } = resolve(backend('env', 'cuda'), disable(layer, 'cuda'));
    expect(request).toMatchObject({ kind: 'exact', backend: 'cuda' });
    expect(permissions.get('cuda')?.allowed).toBe(false);
  });

  it('`backend auto` takes back a pin of a weaker layer', () => {
    expect(resolve(backend('project-config', 'cpu'), backend('flag', 'auto')).request).toEqual({
      kind: 'auto',
      source: from('flag'),
    });
  });

  it('naming a backend in a request that was overridden enables nothing', () => {
    const { request, permissions } = resolve(backend('env', 'openvino'), backend('flag', 'auto'));
    expect(request.kind).toBe('auto');
    expect(permissions.size).toBe(0);
  });
});

describe('devices', () => {
  it('a device of the requested backend belongs to it, also from a weaker layer', () => {
    expect(resolve(device('user-config', 'cuda:1'), backend('flag', 'cuda')).request).toMatchObject({
      device: 'cuda:1',
    });
    expect(resolve(device('flag', '1'), backend('env', 'cuda')).request).toMatchObject({
      backend: 'cuda',
      device: '1',
    });
    expect(resolve(prefer('env', 'cuda', 'cpu'), device('env', 'cuda:1')).request).toMatchObject({
      device: { backend: 'cuda', device: 'cuda:1' },
    });
  });

  it('a nearer device that names its backend is a request for it', () => {
    expect(resolve(backend('user-config', 'cpu'), device('flag', 'coreml:all')).request).toMatchObject({
      kind: 'exact',
      backend: 'mps-coreml',
      device: 'coreml:all',
    });
  });

  it('a weaker device of another backend is overridden and shown', () => {
    const { request, effective } = resolve(device('env', 'cuda:1'), backend('flag', 'cpu'));
    expect(request).toMatchObject({ backend: 'cpu', device: null });
    expect(effective.find(({ key }) => key === 'backend')?.overrode).toEqual([from('env')]);
  });

  it('a bare device needs a backend', () => {
    expect(codes(device('flag', '1'))).toEqual(['invalid-value']);
    expect(codes(device('flag', '1'), prefer('flag', 'cuda', 'cpu'))).toEqual(['invalid-value']);
    expect(codes(device('flag', 'nobody:1'))).toEqual(['unknown-backend']);
  });
});

describe('contradictions inside a layer are conflicts that name both', () => {
  const SAME: readonly (readonly [string, readonly SettingStatement[]])[] = [
    ['two exact backends', [backend('env', 'cuda'), backend('env', 'openvino')]],
    ['two uses', [use('flag', 'cuda', true), use('flag', 'openvino', true)]],
    ['backend and prefer', [backend('flag', 'cuda'), prefer('flag', 'cpu')]],
    ['auto and exact', [backend('flag', 'auto'), use('flag', 'cpu', true)]],
    ['two orders', [prefer('flag', 'cpu', 'cuda'), prefer('flag', 'cuda', 'cpu')]],
    ['enable and disable', [enable('env', 'cuda'), disable('env', 'cuda')]],
    ['use and not use', [use('env', 'cuda', true), use('env', 'cuda', false)]],
    ['two devices', [device('flag', 'cuda:0'), device('flag', 'cuda:1')]],
    ['device of another backend', [device('flag', 'cuda:0'), backend('flag', 'cpu')]],
    [
      'two policies',
      [
        { kind: 'fallback', policy: 'warn', source: from('flag') },
        { kind: 'fallback', policy: 'error', source: from('flag') },
      ],
    ],
  ];

  it.each(SAME)('%s', (_what, statements) => {
    const { problems } = resolve(...statements);
    expect(problems.map(({ code }) => code)).toContain('conflict');
    expect(problems[0]!.remedy).not.toBe('');
    expect(resolve(...statements.toReversed()).problems).toEqual(problems);
  });

  it('the same thing said twice is none', () => {
    expect(codes(backend('flag', 'mps'), use('flag', 'coreml', true))).toEqual([]);
    expect(codes(disable('flag', 'cuda'), use('flag', 'cuda', false))).toEqual([]);
  });

  it('a request and a `disable` of the same backend is a refusal, not a conflict', () => {
    expect(codes(backend('flag', 'cuda'), disable('flag', 'cuda'))).toEqual([]);
  });
});

describe('names', () => {
  it('aliases stand for ids', () => {
    expect(resolve(backend('flag', 'mps')).request).toMatchObject({ backend: 'mps-coreml' });
    expect(resolve(disable('flag', 'coreml')).permissions.get('mps-coreml')?.allowed).toBe(false);
  });

  it('an unknown name is a problem with the nearest one', () => {
    const { problems } = resolve(backend('flag', 'opnvino'));
    expect(problems).toEqual([
      {
        code: 'unknown-backend',
        message: '`said in flag` names the backend `opnvino`, which is not known here.',
        remedy: 'Did you mean `openvino`?',
      },
    ]);
    expect(codes(disable('flag', 'nothing-like-it'))).toEqual(['unknown-backend']);
  });

  it.each(['env', 'project-config', 'user-config'] as const)(
    'a switch in %s for a backend that this program does not have is a warning',
    (layer) => {
      for (const statement of [
        disable(layer, 'acme-npu'),
        enable(layer, 'acme-npu'),
        use(layer, 'acme-npu', false),
      ]) {
        const { problems, warnings } = resolve(statement);
        expect(problems).toEqual([]);
        expect(warnings).toMatchObject([{ message: expect.stringContaining('`acme-npu`') }]);
      }
      expect(codes(use(layer, 'acme-npu', true))).toEqual(['unknown-backend']);
    },
  );

  it('an order that names a backend twice, also by alias, is invalid', () => {
    expect(codes(prefer('flag', 'mps', 'coreml'))).toEqual(['invalid-value']);
    expect(codes(prefer('flag'))).toEqual(['invalid-value']);
  });
});

describe('a client', () => {
  it('is kept apart from what the operator said', () => {
    const resolved = resolve(disable('env', 'cuda'), backend('client', 'cuda'));
    expect(resolved.client).toMatchObject({ backend: 'cuda' });
    expect(resolved.permissions.get('cuda')?.allowed).toBe(false);
    expect(resolved.request.kind).toBe('auto');
  });
});
