import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPENVINO_OPTIONS, toOpenvinoConfig } from './openvino-options.ts';
import { parseTarget, type OpenvinoTarget } from './openvino-target.ts';

function target(name: string): OpenvinoTarget {
  const parsed = parseTarget(`openvino:${name}`);
  if (parsed === null) throw new Error(`${name} is not a device.`);
  return parsed;
}

const VALUES = {
  performanceHint: 'LATENCY',
  numRequests: 2,
  numStreams: 3,
  inferenceNumThreads: 4,
  inferencePrecision: 'f32',
  executionMode: 'ACCURACY',
  cacheDir: 'cache',
  enableCpuPinning: true,
};

describe('options', () => {
  it('maps every option of the schema to a documented property', () => {
    expect(Object.keys(VALUES)).toEqual(Object.keys(OPENVINO_OPTIONS));
    expect(toOpenvinoConfig(VALUES, target('CPU'))).toEqual({
      PERFORMANCE_HINT: 'LATENCY',
      PERFORMANCE_HINT_NUM_REQUESTS: '2',
      NUM_STREAMS: '3',
      INFERENCE_NUM_THREADS: '4',
      INFERENCE_PRECISION_HINT: 'f32',
      EXECUTION_MODE_HINT: 'ACCURACY',
      CACHE_DIR: 'cache',
      ENABLE_CPU_PINNING: true,
    });
  });

  it('are documented, each with its property and values', () => {
    const page = readFileSync(new URL('../../../docs/backends/openvino.md', import.meta.url), 'utf8');
    const rows = new Map<string, string>();
    for (const row of page.matchAll(/^\| `(\w+)` +\|(.*)$/gm)) rows.set(row[1] ?? '', row[2] ?? '');
    expect([...rows.keys()]).toEqual(Object.keys(OPENVINO_OPTIONS));
    for (const [name, option] of Object.entries(OPENVINO_OPTIONS)) {
      const value = VALUES[name as keyof typeof VALUES];
      const [property] = Object.keys(toOpenvinoConfig({ [name]: value }, target('CPU')));
      expect(rows.get(name)).toContain(`\`${property}\``);
      for (const word of option.type === 'enum' ? option.values : [])
        expect(rows.get(name)).toContain(`\`${word}\``);
    }
  });

  it('says for each what it costs', () => {
    for (const option of Object.values(OPENVINO_OPTIONS))
      expect(option.description).toMatch(/^[A-Z].{40,}\.$/);
  });

  it.each([
    ['inferenceNumThreads', 4, 'GPU'],
    ['inferenceNumThreads', 4, 'NPU'],
    ['numStreams', 2, 'NPU'],
    ['numStreams', 2, 'AUTO:GPU,CPU'],
    ['inferencePrecision', 'bf16', 'GPU.1'],
    ['inferencePrecision', 'bf16', 'NPU'],
    ['performanceHint', 'CUMULATIVE_THROUGHPUT', 'CPU'],
    ['performanceHint', 'CUMULATIVE_THROUGHPUT', 'HETERO:GPU,CPU'],
    ['enableCpuPinning', true, 'MULTI:GPU,CPU'],
    ['numberOfStreams', 2, 'CPU'],
    ['constructor', 2, 'CPU'],
  ])('refuses %s = %s on %s, which would ignore it', (name, value, device) => {
    const convert = (): unknown => toOpenvinoConfig({ [name]: value }, target(device));
    expect(convert).toThrow(expect.objectContaining({ name: 'EngineError', code: 'invalid-value' }));
    expect(convert).toThrow(`Option \`${name}\``);
  });

  it('lets AUTO and MULTI spread runs, and switches the fallbacks of AUTO off', () => {
    const hint = { performanceHint: 'CUMULATIVE_THROUGHPUT' };
    expect(toOpenvinoConfig(hint, target('MULTI:GPU,CPU'))).toEqual({
      PERFORMANCE_HINT: 'CUMULATIVE_THROUGHPUT',
    });
    expect(toOpenvinoConfig(hint, target('AUTO'))).toEqual({
      PERFORMANCE_HINT: 'CUMULATIVE_THROUGHPUT',
      ENABLE_STARTUP_FALLBACK: false,
      ENABLE_RUNTIME_FALLBACK: false,
    });
  });
});

describe('device names', () => {
  it('takes them apart', () => {
    expect(parseTarget('openvino:GPU.1')).toEqual({ name: 'GPU.1', family: 'GPU', members: ['GPU.1'] });
    expect(parseTarget('openvino:AUTO:GPU, -CPU')).toMatchObject({ family: 'AUTO', members: ['GPU'] });
    expect(parseTarget('openvino:AUTO')).toEqual({ name: 'AUTO', family: 'AUTO', members: [] });
  });

  it.each(['cuda:0', 'GPU', 'openvino:gpu', 'openvino:BATCH:GPU', 'openvino:AUTO:AUTO'])(
    'refuses %s',
    (id) => {
      expect(parseTarget(id)).toBeNull();
    },
  );
});
