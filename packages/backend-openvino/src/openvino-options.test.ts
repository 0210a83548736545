import { readFileSync } from 'node:fs';
import type { OptionValuesV1 } from '@switchyard/core';
import { testBackendPage } from '@switchyard/tooling/backend-page';
import { describe, expect, it } from 'vitest';
import { SUBTRACT } from './__fixtures__/models.ts';
import { createOpenvinoDouble, type DoubleBehaviour } from './__fixtures__/openvino-double.ts';
import { open } from './__fixtures__/shared-suite.ts';
import { createOpenvinoBackend } from './openvino-backend.ts';
import { CACHE_OPTIONS } from './openvino-cache-options.ts';
import { OPENVINO_OPTIONS, propertyOf, toOpenvinoConfig } from './openvino-options.ts';
import { parseTarget, refusedDevice, type OpenvinoTarget } from './openvino-target.ts';

const PAGE = new URL('../../../docs/backends/openvino.md', import.meta.url);
const FAMILIES = ['CPU', 'GPU', 'NPU'] as const;

function target(name: string): OpenvinoTarget {
  const parsed = parseTarget(`openvino:${name}`);
  if (parsed === null) throw new Error(`${name} is not a device.`);
  return parsed;
}

/** Opens the model on a double that has every device, and gives back what it was compiled with. */
async function compileWith(
  name: string,
  options: OptionValuesV1,
  behaviour: DoubleBehaviour = {},
): Promise<unknown> {
  const { library, configs } = createOpenvinoDouble({ devices: [...FAMILIES], ...behaviour });
  const device = { id: `openvino:${name}`, name, kind: 'cpu', software: false } as const;
  const session = await open(createOpenvinoBackend({ library }), SUBTRACT, device, options);
  await session[Symbol.asyncDispose]();
  return configs[0];
}

/** Option, a value, the property and its value, and the devices that have it. */
const CASES = [
  ['performanceHint', 'LATENCY', 'PERFORMANCE_HINT', 'LATENCY', ['CPU', 'GPU', 'NPU']],
  ['numRequests', 2, 'PERFORMANCE_HINT_NUM_REQUESTS', '2', ['CPU', 'GPU', 'NPU']],
  ['numStreams', 3, 'NUM_STREAMS', '3', ['CPU', 'GPU']],
  ['inferenceNumThreads', 4, 'INFERENCE_NUM_THREADS', '4', ['CPU']],
  ['schedulingCoreType', 'PCORE_ONLY', 'SCHEDULING_CORE_TYPE', 'PCORE_ONLY', ['CPU']],
  ['enableHyperThreading', false, 'ENABLE_HYPER_THREADING', false, ['CPU']],
  ['enableCpuPinning', true, 'ENABLE_CPU_PINNING', true, ['CPU', 'GPU', 'NPU']],
  ['inferencePrecision', 'f32', 'INFERENCE_PRECISION_HINT', 'f32', ['CPU', 'GPU', 'NPU']],
  ['executionMode', 'ACCURACY', 'EXECUTION_MODE_HINT', 'ACCURACY', ['CPU', 'GPU', 'NPU']],
  ['modelPriority', 'HIGH', 'MODEL_PRIORITY', 'HIGH', ['GPU', 'NPU']],
  ['compilationNumThreads', 2, 'COMPILATION_NUM_THREADS', '2', ['GPU', 'NPU']],
  ['disableWinograd', true, 'GPU_DISABLE_WINOGRAD_CONVOLUTION', true, ['GPU']],
  ['npuTurbo', true, 'NPU_TURBO', true, ['NPU']],
] as const;

describe('options', () => {
  it('are the properties below and those of the cache, nothing else', () => {
    expect(Object.keys(OPENVINO_OPTIONS)).toEqual([
      ...CASES.map(([name]) => name),
      ...Object.keys(CACHE_OPTIONS),
    ]);
  });

  it('say for each what it costs', () => {
    for (const option of Object.values(OPENVINO_OPTIONS))
      expect(option.description).toMatch(/^[A-Z].{40,}\.$/);
  });

  describe.each(CASES)('%s', (name, value, property, given, devices) => {
    it.each(FAMILIES)('reaches %s or is refused there', async (family) => {
      const compiling = compileWith(family, { [name]: value });
      if ((devices as readonly string[]).includes(family)) {
        expect(await compiling).toMatchObject({ [property]: given });
      } else {
        await expect(compiling).rejects.toMatchObject({ name: 'EngineError', code: 'invalid-value' });
        await expect(compiling).rejects.toThrow(`Option \`${name}\` = \`${value}\``);
        await expect(compiling).rejects.toThrow(
          `\`${property}\` is a property of ${devices.join(' and ')} devices`,
        );
      }
    });

    it('is refused on a device of that kind that does not list it, and left to one that lists nothing', async () => {
      const lacking = compileWith(devices[0], { [name]: value }, { lacks: [property] });
      await expect(lacking).rejects.toMatchObject({ code: 'invalid-value' });
      await expect(lacking).rejects.toThrow(`does not list \`${property}\` among its SUPPORTED_PROPERTIES`);
      const silent = compileWith(
        devices[0],
        { [name]: value },
        { lacks: [property], saysNoProperties: true },
      );
      await expect(silent).rejects.toMatchObject({ code: 'invalid-value' });
      await expect(silent).rejects.toThrow(
        `refused ${property} = \`${value}\`: NotFound: Unsupported property`,
      );
    });

    it('is refused where OpenVINO uses another value', async () => {
      const other = typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : 'OTHER';
      const changed = compileWith(devices[0], { [name]: value }, { effective: { [property]: other } });
      await expect(changed).rejects.toMatchObject({ name: 'EngineError', code: 'invalid-value' });
      await expect(changed).rejects.toThrow(
        `Option \`${name}\` = \`${value}\` was asked for, and OpenVINO device \`${devices[0]}\` uses \`${other}\` (${property}).`,
      );
      const untold = { [property]: undefined };
      expect(await compileWith(devices[0], { [name]: value }, { effective: untold })).toMatchObject({
        [property]: given,
      });
    });

    it('is on the page with its property', () => {
      const row = readFileSync(PAGE, 'utf8')
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\` `));
      expect(row).toContain(`\`${property}\``);
      expect(row).toContain(devices.length === FAMILIES.length ? 'all' : devices.join(', '));
    });
  });

  it.each([
    ['inferencePrecision', 'bf16', 'GPU'],
    ['inferencePrecision', 'bf16', 'NPU'],
    ['performanceHint', 'CUMULATIVE_THROUGHPUT', 'CPU'],
    ['inferencePrecision', 'f8', 'CPU'],
    ['modelPriority', 'DEFAULT', 'GPU'],
    ['numberOfStreams', 2, 'CPU'],
    ['cacheDir', 'cache', 'CPU'],
    ['constructor', 2, 'CPU'],
  ])('refuses %s = %s on %s', async (name, value, family) => {
    const compiling = compileWith(family, { [name]: value });
    await expect(compiling).rejects.toMatchObject({ code: 'invalid-value' });
    await expect(compiling).rejects.toThrow(`\`${name}\``);
  });

  it('switches automatic batching off where a GPU would wait for runs that never come', async () => {
    const hint = { performanceHint: 'THROUGHPUT' };
    expect(await compileWith('GPU', hint)).toEqual({
      PERFORMANCE_HINT: 'THROUGHPUT',
      ALLOW_AUTO_BATCHING: false,
    });
    expect(await compileWith('CPU', hint)).toEqual({ PERFORMANCE_HINT: 'THROUGHPUT' });
  });

  it('gives OpenVINO nothing that nobody asked for', () => {
    for (const family of FAMILIES) expect(toOpenvinoConfig({}, target(family))).toEqual({});
    expect(propertyOf('modelCache')).toBeNull();
  });

  testBackendPage(PAGE, OPENVINO_OPTIONS);
});

describe('device names', () => {
  it('takes them apart', () => {
    expect(parseTarget('openvino:GPU.1')).toEqual({ name: 'GPU.1', family: 'GPU' });
    expect(parseTarget('openvino:NPU.3720')).toEqual({ name: 'NPU.3720', family: 'NPU' });
  });

  it.each(['cuda:0', 'GPU', 'openvino:gpu', 'openvino:BATCH:GPU', 'openvino:AUTO', 'openvino:CPU,GPU'])(
    'refuses %s',
    (id) => {
      expect(parseTarget(id)).toBeNull();
    },
  );

  it('says why the composed ones are refused, and nothing of others', () => {
    expect(refusedDevice('openvino:AUTO:GPU,CPU')).toContain('`AUTO` is refused');
    expect(refusedDevice('openvino:AUTOX')).toBeNull();
    expect(refusedDevice('openvino:constructor')).toBeNull();
  });
});
