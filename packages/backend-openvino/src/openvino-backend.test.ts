import type { DeviceV1, HostFacts } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { ALL_UNKNOWN, DISCRETE, INTEGRATED, LINUX, NPU, withAccelerators } from './__fixtures__/host.ts';
import { DYNAMIC_RANK, SUBTRACT, TWO_OUTPUTS } from './__fixtures__/models.ts';
import {
  createOpenvinoDouble,
  type DoubleBehaviour,
  type OpenvinoDouble,
} from './__fixtures__/openvino-double.ts';
import { CPU, open, sharedSuite } from './__fixtures__/shared-suite.ts';
import { float32, values } from './__fixtures__/tensors.ts';
import { createOpenvinoBackend } from './openvino-backend.ts';

const LEFT = float32([2, 3], [10, 20, 30, 40, 50, 60]);
const RIGHT = float32([2, 3], [1, 2, 3, 4, 5, 6]);

function make(
  behaviour: DoubleBehaviour = {},
): OpenvinoDouble & { backend: ReturnType<typeof createOpenvinoBackend> } {
  const double = createOpenvinoDouble(behaviour);
  return { ...double, backend: createOpenvinoBackend({ library: double.library }) };
}

function device(name: string, kind: DeviceV1['kind'] = 'gpu'): DeviceV1 {
  return { id: `openvino:${name}`, name, kind, software: false };
}

describe('OpenVINO backend on the contract double', () => {
  sharedSuite(() => make().backend);
});

describe('what the backend hands to the binding', () => {
  it('is an array in the order of the model, and never something that ends the process', async () => {
    const { backend, aborts, inferences } = make();
    const session = await open(backend, SUBTRACT);
    await session.doRun({ right: RIGHT, left: LEFT });
    await expect(session.doRun({ left: LEFT, right: { ...RIGHT, shape: [1, 6] } })).rejects.toThrow(
      /Dimension 0/,
    );
    expect(inferences).toHaveLength(1);
    expect(Array.isArray(inferences[0])).toBe(true);
    expect(aborts).toEqual([]);
  });

  it('accepts the other names of a tensor, and refuses one input under two names', async () => {
    const session = await open(make().backend, TWO_OUTPUTS);
    const left = float32([2], [1, 2]);
    const right = float32([2], [10, 20]);
    const results = await session.doRun({ right, 'left/other': left }, { outputs: ['sum/other'] });
    expect(values(results['sum/other'])).toEqual([11, 22]);
    const twice = session.doRun({ right, left, 'left/other': left });
    await expect(twice).rejects.toMatchObject({ code: 'input-unknown', tensor: 'left/other' });
  });

  it('passes the configuration to compileModel, where the fresh core sees it', async () => {
    const { backend, configs } = make({ devices: ['CPU', 'GPU'] });
    await open(backend, SUBTRACT, device('GPU'), {
      performanceHint: 'THROUGHPUT',
      numStreams: 2,
    });
    await open(backend, SUBTRACT);
    expect(configs).toEqual([
      { PERFORMANCE_HINT: 'THROUGHPUT', NUM_STREAMS: '2', ALLOW_AUTO_BATCHING: false },
      {},
    ]);
  });

  it('tells what takes long', async () => {
    const phases: string[] = [];
    const context = { device: CPU, options: {}, onProgress: (phase: string) => phases.push(phase) };
    await make().backend.doOpen({ bytes: SUBTRACT.bytes, name: 'model.onnx' }, context);
    expect(phases).toEqual([
      'reading the model',
      'compiling for CPU',
      expect.stringMatching(/^compiled for CPU in \d+\.\d s$/),
    ]);
  });
});

describe('devices read back', () => {
  it('takes GPU and GPU.0 as one device', async () => {
    for (const name of ['GPU', 'GPU.0']) {
      const session = await open(make({ devices: ['CPU', 'GPU'] }).backend, SUBTRACT, device(name));
      expect(session.device.id).toBe(`openvino:${name}`);
      expect(session.device.kind).toBe('gpu');
      expect(session.executionProviders).toEqual(['GPU.0']);
    }
  });

  it('refuses a model that was compiled for another device', async () => {
    const { backend } = make({ devices: ['CPU', 'GPU.0', 'GPU.1'], executionDevices: () => ['CPU'] });
    const opening = open(backend, SUBTRACT, device('GPU.1'));
    await expect(opening).rejects.toMatchObject({ name: 'EngineError', code: 'device-unknown' });
    await expect(opening).rejects.toThrow('`GPU.1` was asked for, and the model was compiled for `CPU`');
  });

  it('refuses a model of which nobody knows where it runs', async () => {
    const opening = open(make({ executionDevices: () => undefined }).backend, SUBTRACT);
    await expect(opening).rejects.toThrow('EXECUTION_DEVICES is undefined');
  });

  it('reads a single value as well as a list', async () => {
    const { backend } = make({ devices: ['CPU', 'NPU.3720'], executionDevices: () => 'NPU.3720' });
    const session = await open(backend, SUBTRACT, device('NPU', 'npu'));
    expect(session.executionProviders).toEqual(['NPU.3720']);
  });

  it.each(['AUTO', 'AUTO:GPU.1,CPU', 'MULTI:GPU,CPU', 'HETERO:GPU,CPU', 'BATCH:GPU'])(
    'never opens %s, and says why',
    async (name) => {
      const { backend, configs } = make({ devices: ['CPU', 'GPU.0', 'GPU.1'] });
      const opening = open(backend, SUBTRACT, device(name));
      await expect(opening).rejects.toMatchObject({ name: 'EngineError', code: 'device-unknown' });
      await expect(opening).rejects.toThrow(`OpenVINO device \`${name.split(':')[0]}\` is refused: it `);
      expect(configs).toEqual([]);
    },
  );

  it('sorts discrete, integrated, NPU, CPU, and says what it could not learn', async () => {
    const { backend } = make({
      devices: ['CPU', 'GPU.0', 'GPU.1', 'NPU', 'TEMPLATE'],
      properties: {
        'GPU.0/FULL_DEVICE_NAME': 'Intel Iris Xe',
        'GPU.0/DEVICE_TYPE': 'integrated',
        'GPU.1/FULL_DEVICE_NAME': 'Intel Arc A770',
        'GPU.1/DEVICE_TYPE': 'discrete',
        'CPU/DEVICE_TYPE': 'integrated',
      },
    });
    const result = await backend.doProbe({ host: LINUX });
    expect(result.ok && result.devices).toEqual([
      { id: 'openvino:GPU.1', name: 'Intel Arc A770', kind: 'gpu', software: false, integrated: false },
      { id: 'openvino:GPU.0', name: 'Intel Iris Xe', kind: 'gpu', software: false, integrated: true },
      { id: 'openvino:NPU', name: 'NPU', kind: 'npu', software: false },
      { id: 'openvino:CPU', name: 'CPU', kind: 'cpu', software: false },
    ]);
    const evidence = result.ok ? result.evidence : '';
    expect(evidence).toContain('lists CPU, GPU.0, GPU.1, NPU, TEMPLATE.');
    expect(evidence).toContain('FULL_DEVICE_NAME of NPU is not known: openvino-node gave undefined.');
  });

  it('calls a single GPU.0 by the name that the predicate uses', async () => {
    const devices = await make({ devices: ['CPU', 'GPU.0'] }).backend.doDevices({ host: LINUX });
    expect(devices.map((one) => one.id)).toEqual(['openvino:GPU', 'openvino:CPU']);
  });

  it('does not work where OpenVINO lists nothing', async () => {
    const result = await make({ devices: [] }).backend.doProbe({ host: LINUX });
    expect(result).toMatchObject({ ok: false, reason: { code: 'hardware-absent' } });
  });
});

describe('devices of OpenVINO against the host facts', () => {
  const cases: readonly (readonly [string, readonly string[], HostFacts, string | null])[] = [
    ['agree', ['CPU', 'GPU', 'NPU'], withAccelerators([INTEGRATED, NPU]), null],
    ['agree on none', ['CPU'], LINUX, null],
    [
      'have a GPU that OpenVINO lacks',
      ['CPU'],
      withAccelerators([INTEGRATED]),
      'The host facts show `openvino:GPU` (Iris Xe) with a driver, and OpenVINO lists no GPU: its GPU plugin could not use the rest.',
    ],
    [
      'have two GPUs where OpenVINO has one',
      ['CPU', 'GPU.0'],
      withAccelerators([INTEGRATED, DISCRETE]),
      'and OpenVINO lists only `openvino:GPU` (GPU.0)',
    ],
    [
      'have an NPU that OpenVINO lacks',
      ['CPU'],
      withAccelerators([NPU]),
      'The host facts show `openvino:NPU` (Intel AI Boost) with a driver, and OpenVINO lists no NPU',
    ],
    [
      'lack a GPU that OpenVINO has',
      ['CPU', 'GPU'],
      LINUX,
      'OpenVINO lists `openvino:GPU` (GPU), and the host facts show no usable Intel GPU.',
    ],
    [
      'cannot tell inside WSL 2',
      ['CPU', 'GPU'],
      withAccelerators([], { deviceNodes: { known: true, value: ['/dev/dxg'], source: 'constructed' } }),
      null,
    ],
    ['know nothing', ['CPU', 'GPU'], ALL_UNKNOWN, null],
  ];

  it.each(cases)('%s', async (_, devices, host, sentence) => {
    const result = await make({ devices: [...devices] }).backend.doProbe({ host });
    const evidence = result.ok ? result.evidence : '';
    expect(evidence).toContain('OpenVINO 2026.4.0-double lists');
    if (sentence === null) expect(evidence).not.toContain('host facts');
    else expect(evidence).toContain(sentence);
  });
});

describe('runs', () => {
  it('are handed to the binding one at a time, two hundred of them', async () => {
    const { backend, inferences, mostInFlight, aborts } = make();
    const session = await open(backend, SUBTRACT);
    await Promise.all(Array.from({ length: 200 }, async () => session.doRun({ right: RIGHT, left: LEFT })));
    expect([inferences.length, mostInFlight(), aborts]).toEqual([200, 1, []]);
  });

  it('that fail do not hold up those behind them', async () => {
    const session = await open(make({ inferError: 'once' }).backend, SUBTRACT);
    const runs = Array.from({ length: 20 }, async () => session.doRun({ right: RIGHT, left: LEFT }));
    const ends = await Promise.allSettled(runs);
    expect(ends.map(({ status }) => status)).toEqual(runs.map(() => 'rejected'));
  });
});

describe('failures', () => {
  it('says that a device went away while a model ran on it', async () => {
    const { backend } = make({
      devices: ['CPU', 'GPU'],
      lostInRun: ['GPU'],
      inferError: 'CL_DEVICE_NOT_AVAILABLE',
    });
    const session = await open(backend, SUBTRACT, device('GPU'));
    const run = session.doRun({ left: LEFT, right: RIGHT });
    await expect(run).rejects.toMatchObject({ name: 'ExecutionError', code: 'run-failed' });
    await expect(run).rejects.toThrow(
      'ran the model on `GPU`: CL_DEVICE_NOT_AVAILABLE. The device is gone: OpenVINO device `GPU` was asked for, and OpenVINO lists `CPU`.',
    );
  });

  it('says that a device went away', async () => {
    const { backend } = make({ devices: ['CPU', 'GPU'], vanishing: ['GPU'] });
    await expect(open(backend, SUBTRACT, device('GPU'))).rejects.toMatchObject({ code: 'hardware-absent' });
  });

  it('blames the engine for a compilation that fails with every operation supported', async () => {
    const { backend } = make({ compileError: 'clBuildProgram failed' });
    const opening = open(backend, SUBTRACT);
    await expect(opening).rejects.toMatchObject({ name: 'EngineError', code: 'probe-failed' });
    await expect(opening).rejects.toThrow('clBuildProgram failed');
  });

  it('blames the model when the device lacks operations', async () => {
    const { backend } = make({ compileError: 'unsupported op', queryModel: (_, name) => ({ left: name }) });
    const opening = open(backend, SUBTRACT);
    await expect(opening).rejects.toMatchObject({ name: 'ModelError', code: 'model-unsupported' });
    await expect(opening).rejects.toThrow('placed 1 of 4 operations');
  });

  it('blames the option that the device refused', async () => {
    const { backend } = make({ compileError: 'NotFound: Unsupported property NUM_STREAMS' });
    const opening = open(backend, SUBTRACT, CPU, { numStreams: 3 });
    await expect(opening).rejects.toMatchObject({ name: 'EngineError', code: 'invalid-value' });
  });

  it('refuses a value without a fixed number of dimensions', async () => {
    await expect(open(make().backend, DYNAMIC_RANK)).rejects.toMatchObject({ code: 'model-unsupported' });
  });

  it('passes on what the engine said when a run fails, and goes on', async () => {
    const { backend } = make({ inferError: 'device lost' });
    const session = await open(backend, SUBTRACT);
    const run = session.doRun({ left: LEFT, right: RIGHT });
    await expect(run).rejects.toMatchObject({ name: 'ExecutionError', code: 'run-failed' });
    await expect(run).rejects.toThrow('device lost');
    await expect(session.doRun({ left: LEFT, right: RIGHT })).rejects.toMatchObject({ code: 'run-failed' });
    await session[Symbol.asyncDispose]();
  });

  it('calls a placement incomplete when an operation is not in the map, or when the map cannot be had', async () => {
    const partial = await open(
      make({ queryModel: () => ({ left: 'CPU', 'Sub-0': 'GPU.0' }) }).backend,
      SUBTRACT,
    );
    expect(await partial.doPlacement()).toMatchObject({
      complete: false,
      providers: [
        { name: 'CPU', nodes: 1, timeShare: null },
        { name: 'GPU.0', nodes: 1, timeShare: null },
      ],
    });
    const none = await open(make({ queryError: 'not implemented' }).backend, SUBTRACT);
    const placement = await none.doPlacement();
    expect(placement).toMatchObject({ complete: false, providers: [{ name: 'CPU', nodes: null }] });
    expect(placement.source).toContain('not implemented');
  });
});
