import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildModel, mlpModel } from '@switchyard/onnx/testing';
import { endlessModel, identityOf, simpleModel, writeModelRepository } from '../../__fixtures__/models.ts';
import { configure, parameter } from './drill-models.ts';
import { GrpcWire, type GrpcReply } from './grpc-wire.ts';
import { startServer, type LiveServer } from './live-server.ts';
import { askOnce, post, type Reply } from './wire.ts';

const PROGRAM = fileURLToPath(new URL('./odd-server.ts', import.meta.url));

/** Bodies, tensors, memory and times that a test can fill and wait for. */
const FLAGS: readonly string[] = [
  '--model-control=explicit',
  '--load-models=*',
  '--file-overrides',
  '--max-body-bytes=1MiB',
  '--max-response-bytes=1MiB',
  '--max-in-flight-bytes=3MiB',
  '--max-elements=300000',
  '--headers-timeout=700ms',
  '--body-timeout=1500ms',
  '--write-timeout=700ms',
  '--shutdown-delay=0',
];

/** What every fault is tried on. */
export interface Bench {
  readonly server: LiveServer;
  readonly grpc: GrpcWire;
  /** The repository's folder. */
  readonly folder: string;
}

/** Models that serve, models that fail, and models that cannot be loaded. */
export async function writeFaultModels(folder: string): Promise<void> {
  await writeModelRepository(folder, [
    simpleModel(),
    identityOf('float32'),
    identityOf('int64'),
    identityOf('uint8'),
    identityOf('bool'),
    identityOf('string'),
    endlessModel(),
  ]);
  await configure(folder, 'endless', parameter('execution_timeout_ms', '500') + parameter('max_queue_size', '1'));
  for (const name of ['odd', 'odd_batch', 'odd_crash']) await writeOddModel(folder, name);
  await writeBytes(folder, 'huge', expandModel());
  const sound = mlpModel([4, 3, 2]);
  await writeBytes(folder, 'broken_empty', new Uint8Array(0));
  await writeBytes(folder, 'broken_garbage', Buffer.from('this is no model at all, but some text'));
  await writeBytes(folder, 'broken_truncated', sound.subarray(0, sound.length / 2));
  await writeBytes(folder, 'broken_operator', oneNode('NoSuchOperator', 17));
  await writeBytes(folder, 'broken_opset', oneNode('Identity', 999));
  await writeBytes(folder, 'broken_external', externalModel('weights.bin'));
  await writeBytes(folder, 'broken_escape', externalModel('../../simple/config.pbtxt'));
  await writeBytes(folder, 'broken_config', sound, 'max_batch_size: "many"\n');
  await writeBytes(folder, 'broken_contradiction', sound, 'input [ { name: "z" data_type: TYPE_FP32 dims: [ 4 ] } ]\n');
  await writeBytes(
    folder,
    'broken_circle',
    sound,
    'platform: "ensemble"\nensemble_scheduling { step [ { model_name: "broken_circle" model_version: -1 } ] }\n',
  );
}

/** A model of the odd backend, whose rows say what goes wrong. */
export async function writeOddModel(folder: string, name: string): Promise<void> {
  const tensor = (tensorName: string, width: number): string =>
    `{ name: "${tensorName}" data_type: TYPE_INT32 dims: [ ${width} ] }`;
  await writeBytes(
    folder,
    name,
    buildModel({
      name: 'odd',
      inputs: [{ name: 'x', dtype: 'int32', shape: ['n', 2] }],
      outputs: [
        { name: 'y', dtype: 'int32', shape: ['n', 2] },
        { name: 'wide', dtype: 'int32', shape: ['n', 4] },
      ],
      nodes: [
        { op: 'Identity', inputs: ['x'], outputs: ['y'] },
        { op: 'Concat', inputs: ['x', 'x'], outputs: ['wide'], attributes: { axis: { int: 1 } } },
      ],
    }),
    `max_batch_size: 8\ninput [ ${tensor('x', 2)} ]\noutput [ ${tensor('y', 2)}, ${tensor('wide', 4)} ]\n` +
      `dynamic_batching { default_queue_policy { allow_timeout_override: true max_queue_size: 4 } }\n` +
      parameter('backend', 'rows') +
      parameter('execution_timeout_ms', '1500'),
  );
}

async function writeBytes(folder: string, name: string, bytes: Uint8Array, config: string = parameter('backend', 'cpu')): Promise<void> {
  await mkdir(join(folder, name, '1'), { recursive: true });
  await writeFile(join(folder, name, '1', 'model.onnx'), bytes);
  await writeFile(join(folder, name, 'config.pbtxt'), config);
}

function oneNode(op: string, opset: number): Uint8Array {
  return buildModel({
    name: 'one',
    opset,
    inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
    nodes: [{ op, inputs: ['x'], outputs: ['y'] }],
  });
}

/** `y` is zeros of the shape that is asked for. */
function expandModel(): Uint8Array {
  return buildModel({
    name: 'huge',
    inputs: [{ name: 'size', dtype: 'int64', shape: [3] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['a', 'b', 'c'] }],
    nodes: [{ op: 'ConstantOfShape', inputs: ['size'], outputs: ['y'] }],
  });
}

function externalModel(location: string): Uint8Array {
  return buildModel({
    name: 'external',
    inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
    nodes: [{ op: 'Add', inputs: ['x', 'weight'], outputs: ['y'] }],
    initializers: [{ name: 'weight', dtype: 'float32', shape: [2], external: { location, offset: 0, length: 8 } }],
  });
}

/** A server with {@link writeFaultModels}, whose programs include a backend that fails as it is told. */
export function startOddServer(folder: string): Promise<LiveServer> {
  return startServer({ models: [folder], flags: FLAGS, program: PROGRAM });
}

/** A request for inference, over a connection of its own. */
export function infer(
  { server }: Bench,
  model: string,
  body: string | Uint8Array,
  headers: readonly string[] = [],
): Promise<Reply> {
  return askOnce(server.httpPort, post(`/v2/models/${model}/infer`, body, headers));
}

/** Bytes over a connection of their own. */
export function raw({ server }: Bench, bytes: string | Uint8Array): Promise<Reply> {
  return askOnce(server.httpPort, bytes);
}

/** A GET, or another request without a body. */
export function ask(bench: Bench, path: string, method: string = 'GET', headers: readonly string[] = []): Promise<Reply> {
  return raw(bench, `${method} ${path} HTTP/1.1\r\nHost: a\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`);
}

/** A call of `ModelInfer`. */
export function call({ grpc }: Bench, message: object, options: Parameters<GrpcWire['ask']>[2] = {}): Promise<GrpcReply> {
  return grpc.ask('ModelInfer', message, options);
}

/** Opens what stays open: the connection of gRPC, and the memory that a model shares for its largest outputs. */
export async function warmUp(bench: Bench): Promise<void> {
  const sizes = '{"inputs":[{"name":"size","datatype":"INT64","shape":[3],"data":[100,100,100]}]}';
  for (let round = 0; round < 3; round += 1) await infer(bench, 'huge', sizes);
  await call(bench, { model_name: 'simple' });
}
