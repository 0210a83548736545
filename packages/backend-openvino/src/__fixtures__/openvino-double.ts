/**
 * A contract double of openvino-node 2026.4.0, written against its published type declarations:
 * every class implements every member that they declare. It refuses or misbehaves where the real
 * binding does (sources: the declarations' remarks and src/bindings/js/node of openvinotoolkit/openvino).
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type * as OpenvinoNode from 'openvino-node';
import { IR_MODELS, MODELS, type DoublePort, type TestModel } from './models.ts';

/** What `new` gives: the declarations put construct signatures and members into one interface. */
type Members<T> = { [Key in keyof T]: T[Key] };

export interface DoubleBehaviour {
  readonly devices?: string[];
  /** Property values by `device/property`; absent ones are `undefined`, as the binding answers for unknown C++ types. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** What EXECUTION_DEVICES says, by the name that was compiled for. */
  readonly executionDevices?: (device: string) => unknown;
  readonly compileError?: string;
  /** Devices that go away while a model is compiled. */
  readonly vanishing?: readonly string[];
  readonly inferError?: string;
  /** Build of the plugin of each device. */
  readonly plugin?: string;
  /** Devices that go away while a model runs. */
  readonly lostInRun?: readonly string[];
  /** Ends the process for good where the real binding would, instead of counting it. */
  readonly endsProcess?: boolean;
  /** What a compiled model says it uses for a property, where that is not what it was given. */
  readonly effective?: Readonly<Record<string, unknown>>;
  /** Properties that a device does not have, of those that are documented for it. */
  readonly lacks?: readonly string[];
  /** Answers `undefined` to SUPPORTED_PROPERTIES, as for C++ types that the binding does not know. */
  readonly saysNoProperties?: boolean;
  /** Fails to compile whenever it gets a folder for compiled models. */
  readonly cacheError?: (directory: string) => string;
  /** Takes none of the compiled models that it finds in its folder. */
  readonly rejectsCache?: boolean;
  /** Bytes of each compiled model. Default: 1024. */
  readonly blobBytes?: number;
  readonly queryError?: string;
  readonly queryModel?: (model: TestModel, device: string) => Record<string, string>;
}

export interface OpenvinoDouble {
  readonly library: OpenvinoNode.NodeAddon;
  /** Third arguments of `compileModel`, in order. */
  readonly configs: unknown[];
  /** What would have ended the process on a native thread. */
  readonly aborts: string[];
  /** First arguments of `inferAsync`, in order. */
  readonly inferences: unknown[];
  /** Most calls of `inferAsync` that were under way at a time. */
  readonly mostInFlight: () => number;
}

const ARRAYS = {
  f32: Float32Array,
  f64: Float64Array,
  i8: Int8Array,
  i16: Int16Array,
  i32: Int32Array,
  i64: BigInt64Array,
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  u64: BigUint64Array,
} as const;

/** Values that a read-write property takes. */
type Accepts = readonly string[] | 'count' | 'boolean' | 'text';

const EVERY_DEVICE: Readonly<Record<string, Accepts>> = {
  PERFORMANCE_HINT: ['LATENCY', 'THROUGHPUT', 'CUMULATIVE_THROUGHPUT'],
  PERFORMANCE_HINT_NUM_REQUESTS: 'count',
  INFERENCE_PRECISION_HINT: ['f32', 'f16', 'bf16'],
  EXECUTION_MODE_HINT: ['PERFORMANCE', 'ACCURACY'],
  ENABLE_CPU_PINNING: 'boolean',
};

/** Read-write properties by device, from the pages of OpenVINO for each; the core itself has the last two. */
const DEVICE_PROPERTIES: Readonly<Record<string, Readonly<Record<string, Accepts>>>> = {
  CPU: {
    ...EVERY_DEVICE,
    NUM_STREAMS: 'count',
    INFERENCE_NUM_THREADS: 'count',
    SCHEDULING_CORE_TYPE: ['ANY_CORE', 'PCORE_ONLY', 'ECORE_ONLY'],
    ENABLE_HYPER_THREADING: 'boolean',
  },
  GPU: {
    ...EVERY_DEVICE,
    NUM_STREAMS: 'count',
    MODEL_PRIORITY: ['LOW', 'MEDIUM', 'HIGH'],
    COMPILATION_NUM_THREADS: 'count',
    GPU_DISABLE_WINOGRAD_CONVOLUTION: 'boolean',
  },
  NPU: {
    ...EVERY_DEVICE,
    MODEL_PRIORITY: ['LOW', 'MEDIUM', 'HIGH'],
    COMPILATION_NUM_THREADS: 'count',
    NPU_TURBO: 'boolean',
  },
};

const CORE_PROPERTIES: Readonly<Record<string, Accepts>> = { CACHE_DIR: 'text', ALLOW_AUTO_BATCHING: 'boolean' };

/** What `any_to_js` of the binding makes `undefined`, because it knows neither C++ type. */
const NOT_CONVERTED = ['NUM_STREAMS', 'MODEL_PRIORITY'];

function accepts(rule: Accepts, value: unknown): boolean {
  if (rule === 'boolean') return typeof value === 'boolean';
  if (rule === 'count') return typeof value === 'string' ? /^\d+$/.test(value) : Number.isInteger(value);
  return typeof value === 'string' && (rule === 'text' || rule.includes(value));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function absent(member: string): never {
  throw new Error(`The double has no ${member}: the backend is not expected to use it.`);
}

function isElement(word: unknown): word is keyof typeof ARRAYS {
  return typeof word === 'string' && Object.hasOwn(ARRAYS, word);
}

/** What the binding keeps of a tensor: the address of the memory, not the memory. */
interface Memory {
  readonly type: string;
  readonly shape: readonly number[];
  readonly read: () => readonly (number | bigint)[];
}

class DoubleTensor implements Members<OpenvinoNode.Tensor> {
  readonly memory: Memory;

  constructor(type: unknown, shape?: readonly number[], data?: OpenvinoNode.SupportedTypedArray) {
    if (!isElement(type)) throw new Error('Cannot create ov::element::Type');
    if (!Array.isArray(shape)) throw new Error('Passed argument must be of type Array or TypedArray.');
    const elements = shape.reduce<number>((product, size) => product * Number(size), 1);
    const bytes = elements * ARRAYS[type].BYTES_PER_ELEMENT;
    if (data === undefined) {
      const own = new ARRAYS[type](elements);
      this.memory = { type, shape, read: () => [...own] };
      return;
    }
    if (data.byteOffset !== 0) throw new Error('TypedArray.byteOffset has to be equal to zero.');
    if (data.buffer.byteLength !== bytes) {
      throw new Error("Memory allocated using shape and element::type mismatch passed data's size");
    }
    const shared = new WeakRef(data.buffer as ArrayBuffer);
    const read = (): readonly (number | bigint)[] => {
      const buffer = shared.deref();
      if (buffer === undefined) throw new Error('The memory of a tensor was freed while it was in use.');
      return [...new ARRAYS[type](buffer)];
    };
    this.memory = { type, shape, read };
  }

  get data(): OpenvinoNode.SupportedTypedArray {
    return this.getData();
  }

  set data(_value: OpenvinoNode.SupportedTypedArray) {
    absent('Tensor.data setter');
  }

  getElementType(): OpenvinoNode.element {
    // Declared as an enum; the binding returns the word (cpp_to_js of ov::element::Type_t).
    return this.memory.type as unknown as OpenvinoNode.element;
  }

  getData(): OpenvinoNode.SupportedTypedArray {
    const { type } = this.memory;
    if (!isElement(type)) throw new Error('Failed to return tensor data.');
    const values = this.memory.read();
    return type === 'i64' || type === 'u64' ? ARRAYS[type].from(values as bigint[]) : ARRAYS[type].from(values as number[]);
  }

  getShape(): number[] {
    return [...this.memory.shape];
  }

  getSize(): number {
    return this.memory.shape.reduce((product, size) => product * size, 1);
  }

  isContinuous(): boolean {
    return true;
  }

  setShape(): void {
    absent('Tensor.setShape');
  }

  copyTo(): void {
    absent('Tensor.copyTo');
  }
}

/** A tensor of the engine itself, which may have an element type that cannot cross the border. */
function engineTensor(type: string, shape: readonly number[], values: readonly (number | bigint)[]): OpenvinoNode.Tensor {
  const tensor = Object.create(DoubleTensor.prototype) as { memory: Memory };
  tensor.memory = { type, shape, read: () => values };
  return tensor as unknown as OpenvinoNode.Tensor;
}

class DoubleShape implements Members<OpenvinoNode.PartialShape> {
  readonly #port: DoublePort;

  constructor(port: DoublePort) {
    this.#port = port;
  }

  isStatic(): boolean {
    return !this.isDynamic();
  }

  isDynamic(): boolean {
    const { dimensions } = this.#port;
    return dimensions === 'dynamic rank' || dimensions.some((size) => typeof size !== 'number' || size < 0);
  }

  toString(): string {
    return JSON.stringify(this.#port.dimensions);
  }

  getDimensions(): OpenvinoNode.Dimension[] {
    if (this.#port.dimensions === 'dynamic rank') throw new Error('Cannot get length of dynamic dimension');
    return [...this.#port.dimensions];
  }
}

class DoubleOutput implements Members<OpenvinoNode.Output> {
  readonly port: DoublePort;

  constructor(port: DoublePort) {
    this.port = port;
  }

  get anyName(): string {
    return this.port.name;
  }

  get shape(): number[] {
    return this.getShape();
  }

  toString(): string {
    return this.port.name;
  }

  getAnyName(): string {
    return this.port.name;
  }

  getShape(): number[] {
    return absent('Output.getShape');
  }

  getPartialShape(): OpenvinoNode.PartialShape {
    return new DoubleShape(this.port) as unknown as OpenvinoNode.PartialShape;
  }
}

function outputOf(port: DoublePort | undefined, what: string): OpenvinoNode.Output {
  if (port === undefined) throw new Error(`Port for tensor name ${what} was not found.`);
  return new DoubleOutput(port) as unknown as OpenvinoNode.Output;
}

function findPort(ports: readonly DoublePort[], key: string | number | undefined): OpenvinoNode.Output {
  if (typeof key === 'number') return outputOf(ports[key], String(key));
  return outputOf(ports.find((port) => port.name === key || port.aliases?.includes(key ?? '') === true), String(key));
}

class DoubleModel implements Members<OpenvinoNode.Model> {
  readonly test: TestModel;

  constructor(test: TestModel) {
    this.test = test;
  }

  get inputs(): OpenvinoNode.Output[] {
    return this.test.inputs.map((port) => outputOf(port, port.name));
  }

  get outputs(): OpenvinoNode.Output[] {
    return this.test.outputs.map((port) => outputOf(port, port.name));
  }

  clone(): OpenvinoNode.Model {
    return absent('Model.clone');
  }

  getFriendlyName(): string {
    return 'graph';
  }

  getName(): string {
    return 'Model0';
  }

  getOps(): OpenvinoNode.Node[] {
    // Unique names, which differ from the friendly names that queryModel uses.
    return this.test.operations.map((_, index) => ({ getName: () => `Node_${index}` }) as unknown as OpenvinoNode.Node);
  }

  getOutputShape(): number[] {
    return absent('Model.getOutputShape');
  }

  getOutputSize(): number {
    return this.test.outputs.length;
  }

  getOutputElementType(index: number): string {
    return this.test.outputs[index]?.type ?? absent(`output ${index}`);
  }

  input(key?: string | number): OpenvinoNode.Output {
    return findPort(this.test.inputs, key);
  }

  isDynamic(): boolean {
    return this.test.inputs.some((port) => new DoubleShape(port).isDynamic());
  }

  output(key?: string | number): OpenvinoNode.Output {
    return findPort(this.test.outputs, key);
  }

  setFriendlyName(): void {
    absent('Model.setFriendlyName');
  }

  reshape(): OpenvinoNode.Model {
    return absent('Model.reshape');
  }
}

/** Makes one double with its own memory of what happened to it. */
export function createOpenvinoDouble(behaviour: DoubleBehaviour = {}): OpenvinoDouble {
  const configs: unknown[] = [];
  const aborts: string[] = [];
  const inferences: unknown[] = [];
  let inFlight = 0;
  let most = 0;
  let devices = [...(behaviour.devices ?? ['CPU'])];

  class DoubleRequest implements Members<OpenvinoNode.InferRequest> {
    readonly #test: TestModel;
    readonly #compiled: DoubleCompiledModel;

    constructor(test: TestModel, compiled: DoubleCompiledModel) {
      this.#test = test;
      this.#compiled = compiled;
    }

    infer(): Record<string, OpenvinoNode.Tensor> {
      return absent('InferRequest.infer, which blocks the event loop');
    }

    async inferAsync(
      feeds: Record<string, OpenvinoNode.Tensor> | OpenvinoNode.Tensor[],
    ): Promise<Record<string, OpenvinoNode.Tensor>> {
      inferences.push(feeds);
      if (feeds === null || typeof feeds !== 'object') throw new Error('parse_input_data(): wrong arg');
      for (const tensor of Object.values(feeds)) {
        if (!(tensor instanceof DoubleTensor)) throw new Error('Cannot create a tensor from the passed Napi::Value.');
      }
      inFlight += 1;
      most = Math.max(most, inFlight);
      try {
        return await this.#inferInTurn(feeds);
      } finally {
        inFlight -= 1;
      }
    }

    async #inferInTurn(
      feeds: Record<string, OpenvinoNode.Tensor> | OpenvinoNode.Tensor[],
    ): Promise<Record<string, OpenvinoNode.Tensor>> {
      // By position in both cases: parse_input_data walks an object's properties in their order.
      const memories = Object.values(feeds).map((tensor) => (tensor as unknown as DoubleTensor).memory);
      const ports = this.#test.inputs;
      await new Promise(setImmediate);
      // Often enough to lose what nobody holds, and seldom enough for hundreds of runs.
      if (inferences.length < 20 || inferences.length % 50 === 0) collectGarbage();
      await new Promise(setImmediate);
      devices = devices.filter((name) => behaviour.lostInRun?.includes(name) !== true);
      if (behaviour.endsProcess === true) process.abort();
      if (behaviour.inferError !== undefined) throw new Error(behaviour.inferError);
      for (const [index, port] of ports.entries()) {
        const memory = memories[index];
        const fits =
          memory !== undefined &&
          memory.type === port.type &&
          port.dimensions !== 'dynamic rank' &&
          memory.shape.length === port.dimensions.length &&
          port.dimensions.every((size, axis) => typeof size !== 'number' || size < 0 || size === memory.shape[axis]);
        if (fits) continue;
        aborts.push(`terminate called after throwing: input ${port.name} does not fit`);
        throw new Error('The process would have ended here.');
      }
      const values = memories.map((memory) => ({ shape: memory.shape, data: memory.read() }));
      const results = this.#test.compute(values);
      return Object.fromEntries(
        results.map((result, index) => {
          const port = this.#test.outputs[index]!;
          return [port.name, engineTensor(port.type, result.shape, result.data)];
        }),
      );
    }

    getCompiledModel(): OpenvinoNode.CompiledModel {
      return this.#compiled as unknown as OpenvinoNode.CompiledModel;
    }

    getInputTensor(index = 0): OpenvinoNode.Tensor {
      const port = this.#test.inputs[index];
      if (port === undefined) throw new Error(`Input port for index ${index} was not found!`);
      return engineTensor(port.type, [0], []);
    }

    getOutputTensor(): OpenvinoNode.Tensor {
      return absent('InferRequest.getOutputTensor');
    }

    getTensor(): OpenvinoNode.Tensor {
      return absent('InferRequest.getTensor');
    }

    setInputTensor(): void {
      absent('InferRequest.setInputTensor');
    }

    setOutputTensor(): void {
      absent('InferRequest.setOutputTensor');
    }

    setTensor(): void {
      absent('InferRequest.setTensor');
    }
  }

  class DoubleCompiledModel implements Members<OpenvinoNode.CompiledModel> {
    readonly #test: TestModel;
    readonly #device: string;
    readonly #config: Readonly<Record<string, unknown>>;

    constructor(test: TestModel, device: string, config: Readonly<Record<string, unknown>>) {
      this.#test = test;
      this.#device = device;
      this.#config = config;
    }

    get inputs(): OpenvinoNode.Output[] {
      return this.#test.inputs.map((port) => outputOf(port, port.name));
    }

    get outputs(): OpenvinoNode.Output[] {
      return this.#test.outputs.map((port) => outputOf(port, port.name));
    }

    getProperty(name: string): OpenvinoNode.OVAny {
      if (name !== 'EXECUTION_DEVICES') return this.#property(name) as OpenvinoNode.OVAny;
      const real = this.#device === 'GPU' ? 'GPU.0' : this.#device;
      const value = behaviour.executionDevices === undefined ? [real] : behaviour.executionDevices(this.#device);
      // Declared as a single value; the binding returns an array for a list of strings (any_to_js).
      return value as OpenvinoNode.OVAny;
    }

    #property(name: string): unknown {
      if (behaviour.effective !== undefined && Object.hasOwn(behaviour.effective, name)) return behaviour.effective[name];
      if (NOT_CONVERTED.includes(name)) return undefined;
      if (!Object.hasOwn(this.#config, name)) throw new Error(`Unsupported property: ${name}`);
      const value = this.#config[name];
      return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    }

    createInferRequest(): OpenvinoNode.InferRequest {
      return new DoubleRequest(this.#test, this) as unknown as OpenvinoNode.InferRequest;
    }

    exportModelSync(): Buffer {
      return absent('CompiledModel.exportModelSync');
    }

    output(key?: string | number): OpenvinoNode.Output {
      return findPort(this.#test.outputs, key);
    }

    input(key?: string | number): OpenvinoNode.Output {
      return findPort(this.#test.inputs, key);
    }

    setProperty(): void {
      absent('CompiledModel.setProperty');
    }
  }

  function checkDevice(name: string): void {
    const alias = name === 'GPU' ? 'GPU.0' : name === 'GPU.0' ? 'GPU' : name;
    const known = devices.some(
      (device) => device === name || device === alias || (name === 'NPU' && device.startsWith('NPU.')),
    );
    if (!known) throw new Error(`Device with "${name}" name is not registered in the OpenVINO Runtime`);
  }

  function propertiesOf(device: string): Readonly<Record<string, Accepts>> {
    const own = DEVICE_PROPERTIES[device.split('.', 1)[0]!] ?? {};
    return Object.fromEntries(Object.entries(own).filter(([name]) => behaviour.lacks?.includes(name) !== true));
  }

  /** Reads or writes a compiled model in CACHE_DIR, in several steps and in place, as OpenVINO does. */
  async function useCache(test: TestModel, device: string, directory: unknown): Promise<boolean> {
    if (typeof directory !== 'string' || directory === '') return false;
    if (behaviour.cacheError !== undefined) throw new Error(behaviour.cacheError(directory));
    const blob = join(directory, `${createHash('sha256').update(test.bytes).update(device).digest('hex').slice(0, 20)}.blob`);
    const bytes = behaviour.blobBytes ?? 1024;
    if (existsSync(blob) && behaviour.rejectsCache !== true) {
      if (readFileSync(blob).byteLength !== bytes) throw new Error('A compiled model was read that is not whole.');
      return true;
    }
    writeFileSync(`${blob}.cl_cache`, 'kernels');
    writeFileSync(blob, Buffer.alloc(Math.floor(bytes / 2)));
    await new Promise(setImmediate);
    writeFileSync(blob, Buffer.alloc(bytes));
    return false;
  }

  class DoubleCore implements Members<OpenvinoNode.Core> {
    addExtension(): void {
      absent('Core.addExtension');
    }

    async compileModel(
      model: OpenvinoNode.Model | string,
      device: string,
      config?: Record<string, OpenvinoNode.OVAny>,
    ): Promise<OpenvinoNode.CompiledModel> {
      configs.push(config);
      await new Promise(setImmediate);
      devices = devices.filter((name) => behaviour.vanishing?.includes(name) !== true);
      checkDevice(device);
      const rules = { ...propertiesOf(device), ...CORE_PROPERTIES };
      for (const [key, value] of Object.entries(config ?? {})) {
        if (!['string', 'number', 'boolean'].includes(typeof value)) throw new Error('Cannot convert to ov::Any');
        const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
        if (rule === undefined) throw new Error(`NotFound: Unsupported property ${key} by ${device} plugin`);
        if (!accepts(rule, value)) throw new Error(`Wrong value ${String(value)} for property key ${key}`);
      }
      if (behaviour.compileError !== undefined) throw new Error(behaviour.compileError);
      if (typeof model === 'string') return absent('Core.compileModel of a path');
      if (!(model instanceof DoubleModel)) throw new Error('Cannot create Model from Napi::Object.');
      const { test } = model as unknown as DoubleModel;
      const loaded = await useCache(test, device, config?.['CACHE_DIR']);
      const kept = { ...config, LOADED_FROM_CACHE: loaded };
      return new DoubleCompiledModel(test, device, kept) as unknown as OpenvinoNode.CompiledModel;
    }

    compileModelSync(): OpenvinoNode.CompiledModel {
      return absent('Core.compileModelSync, which blocks the event loop');
    }

    getAvailableDevices(): string[] {
      return [...devices];
    }

    getProperty(device: string, name?: string): OpenvinoNode.OVAny {
      if (name === undefined) return absent('Core.getProperty of the core');
      checkDevice(device);
      const given = behaviour.properties?.[`${device}/${name}`];
      if (name !== 'SUPPORTED_PROPERTIES' || given !== undefined) return given as OpenvinoNode.OVAny;
      // Declared as a single value; the binding returns an array for a list of property names (any_to_js).
      const names = behaviour.saysNoProperties === true ? undefined : Object.keys(propertiesOf(device));
      return names as unknown as OpenvinoNode.OVAny;
    }

    getVersions(device: string): Record<string, OpenvinoNode.Version> {
      checkDevice(device);
      return { [device]: { buildNumber: behaviour.plugin ?? '2026.4.0-double', description: device } };
    }

    async importModel(): Promise<OpenvinoNode.CompiledModel> {
      return absent('Core.importModel');
    }

    importModelSync(): OpenvinoNode.CompiledModel {
      return absent('Core.importModelSync');
    }

    async readModel(source: string | Uint8Array, weights?: unknown): Promise<OpenvinoNode.Model> {
      if (typeof source !== 'string' && !Buffer.isBuffer(source)) {
        throw new Error("'readModel' method called with incorrect parameters.");
      }
      if (weights !== undefined && typeof weights !== typeof source) {
        throw new Error("'readModel' method called with incorrect parameters.");
      }
      if (typeof source === 'string' && source.endsWith('.xml')) {
        const ir = IR_MODELS.find((model) => model.xml === readFileSync(source, 'utf8'));
        if (ir === undefined) throw new Error('Unable to read the model: it is not OpenVINO IR.');
        const file = typeof weights === 'string' ? weights : source.replace(/\.xml$/, '.bin');
        // "If the bin file with the same name was not found, it loads IR without weights."
        const bytes = typeof weights === 'string' || existsSync(file) ? readFileSync(file) : Buffer.alloc(ir.weights.byteLength);
        return new DoubleModel(ir.read(bytes)) as unknown as OpenvinoNode.Model;
      }
      const content = typeof source === 'string' ? readFileSync(source) : source;
      const test = MODELS.find((model) => Buffer.compare(content, model.bytes) === 0);
      if (test === undefined) throw new Error('Unable to read the model: it is not an ONNX file.');
      if (test.dataFile !== undefined && (typeof source !== 'string' || !existsSync(join(dirname(source), test.dataFile)))) {
        throw new Error(`invalid external data: ExternalDataInfo(data_full_path: ${test.dataFile})`);
      }
      return new DoubleModel(test) as unknown as OpenvinoNode.Model;
    }

    readModelSync(): OpenvinoNode.Model {
      return absent('Core.readModelSync');
    }

    setProperty(): void {
      absent('Core.setProperty, which compileModel does not see');
    }

    queryModel(model: OpenvinoNode.Model, device: string): Record<string, string> {
      checkDevice(device);
      const { test } = model as unknown as DoubleModel;
      if (behaviour.queryError !== undefined) throw new Error(behaviour.queryError);
      if (behaviour.queryModel !== undefined) return behaviour.queryModel(test, device);
      return Object.fromEntries(test.operations.map((name) => [name, device]));
    }
  }

  const version: OpenvinoNode.Version = { buildNumber: '2026.4.0-double', description: 'contract double' };
  const library = {
    Core: DoubleCore as unknown as OpenvinoNode.Core,
    Model: DoubleModel as unknown as OpenvinoNode.Model,
    CompiledModel: DoubleCompiledModel as unknown as OpenvinoNode.CompiledModel,
    Tensor: DoubleTensor as unknown as OpenvinoNode.Tensor,
    InferRequest: DoubleRequest as unknown as OpenvinoNode.InferRequest,
    Output: DoubleOutput as unknown as OpenvinoNode.Output,
    PartialShape: DoubleShape as unknown as OpenvinoNode.PartialShape,
    get AsyncInferQueue(): OpenvinoNode.AsyncInferQueue {
      return absent('AsyncInferQueue');
    },
    get preprocess(): OpenvinoNode.NodeAddon['preprocess'] {
      return absent('preprocess');
    },
    saveModelSync: () => absent('saveModelSync'),
    getOpenvinoVersion: () => version,
    get element(): OpenvinoNode.NodeAddon['element'] {
      return absent('element');
    },
    get resizeAlgorithm(): OpenvinoNode.NodeAddon['resizeAlgorithm'] {
      return absent('resizeAlgorithm');
    },
  } satisfies OpenvinoNode.NodeAddon;
  return { library, configs, aborts, inferences, mostInFlight: () => most };
}
