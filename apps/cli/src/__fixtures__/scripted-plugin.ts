/** How the backend of {@link scriptedPlugin} behaves with a model of its user. */
export type Behaviour =
  /** Computes `y = x` and says that it did so on its device. */
  | 'good'
  /** Finite numbers that are wrong. */
  | 'wrong'
  /** Wrong for batches above one only. */
  | 'wrong-batch'
  /** Every node on the CPU. */
  | 'on-cpu'
  /** Right, and much slower than the CPU. */
  | 'slow'
  /** Ends its process when it is probed. */
  | 'crashing'
  /** Ends its process when it runs a model. */
  | 'crashing-run'
  /** Says that its device is an emulation. */
  | 'software'
  /** A file that an install script brings is missing. */
  | 'without-file'
  /** Its driver is too old. */
  | 'old-driver';

/**
 * A project with a third-party backend `acme-npu` that takes models `y = x` of float32 and can be made in another
 * process, written without dependencies as a third party could.
 */
export function scriptedPlugin(behaviour: Behaviour): Readonly<Record<string, string>> {
  return {
    'package.json': JSON.stringify({ name: 'a-project', dependencies: { 'acme-npu': '*' } }),
    'switchyard.config.json': JSON.stringify({ plugins: ['acme-npu'] }),
    'node_modules/acme-npu/package.json': JSON.stringify({
      name: 'acme-npu',
      version: '1.2.3',
      type: 'module',
      exports: './main.js',
      switchyard: { backend: { id: 'acme-npu', contract: 'v1', export: 'createAcmeNpuBackend' } },
    }),
    'node_modules/acme-npu/main.js': code(behaviour),
  };
}

function code(behaviour: Behaviour): string {
  return `const behaviour = ${JSON.stringify(behaviour)};
const device = { id: 'acme-npu:0', name: 'Acme NPU', kind: 'npu', software: behaviour === 'software' };
const reason = (code, message, remedy) => ({ code, message, evidence: [], remedy });
const float32 = (shape, values) => ({ dtype: 'float32', shape, bytes: new Uint8Array(new Float32Array(values).buffer) });
export function createAcmeNpuBackend() {
  return {
    specificationVersion: 'v1',
    manifest: {
      id: 'acme-npu', title: 'Acme', package: { name: 'acme-npu', version: '1.2.3' }, stability: 'experimental',
      optIn: false, optInReason: 'It is a test.', deviceKinds: ['npu'], dtypes: ['float32'],
      isolation: { minimum: 'inline', recommended: 'process' }, options: {},
    },
    origin: { module: import.meta.url, factory: 'createAcmeNpuBackend', arguments: [] },
    predicate: () => ({
      eligible: 'yes', reasons: [], devices: [device],
      ...(behaviour === 'old-driver'
        ? { blockers: [reason('driver-mismatch', 'The driver 1.0 is too old; 2.0 is needed.', 'Update the driver.')] }
        : {}),
    }),
    doArtifacts: async () => behaviour === 'without-file'
      ? [{ name: 'Acme library', present: false, problem: reason('artifact-missing', 'acme.so is not there.', 'npm rebuild acme-npu') }]
      : [{ name: 'Acme library', present: true, problem: null }],
    doProbe: async () => {
      if (behaviour === 'crashing') {
        process.stderr.write('acme: reading address 0 with token=abcdef0123456789\\n');
        process.kill(process.pid, 'SIGSEGV');
        await new Promise(() => setInterval(() => {}, 1000));
      }
      return { ok: true, devices: [device], evidence: 'The Acme engine was loaded.' };
    },
    doDevices: async () => [device],
    doOpen: async (model) => {
      const tiny = 'bytes' in model;
      const shape = ['batch', 4];
      return {
        inputs: tiny ? [{ name: 'x', dtype: 'float32', shape: [2, 4] }] : [{ name: 'x', dtype: 'float32', shape }],
        outputs: tiny ? [{ name: 'y', dtype: 'float32', shape: [2, 2] }] : [{ name: 'y', dtype: 'float32', shape }],
        device,
        executionProviders: ['AcmeExecutionProvider'],
        doRun: async ({ x }) => {
          // The model of the probe has one result for its one input.
          if (tiny) return { y: float32([2, 2], [8.5, 0, 2.25, 0]) };
          if (behaviour === 'crashing-run') process.abort();
          if (behaviour === 'slow') await new Promise((done) => setTimeout(done, 60));
          const bytes = x.bytes.slice();
          const values = [...new Float32Array(bytes.buffer)];
          const wrong = behaviour === 'wrong' || (behaviour === 'wrong-batch' && x.shape[0] > 1);
          return { y: float32(x.shape, wrong ? values.map((value) => value + 0.5) : values) };
        },
        doPlacement: async () => ({
          source: 'the plugin itself', complete: true, partitions: 1,
          providers: [behaviour === 'on-cpu' && !tiny
            ? { name: 'CPUExecutionProvider', nodes: 1, timeShare: 1, operators: { Identity: 1 } }
            : { name: 'AcmeExecutionProvider', nodes: 1, timeShare: 1, operators: { Identity: 1 } }],
        }),
        [Symbol.asyncDispose]: async () => {},
      };
    },
  };
}
`;
}
