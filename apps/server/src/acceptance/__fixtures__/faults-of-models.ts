import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, call, infer, raw, writeOddModel, type Bench } from './fault-bench.ts';
import { grpc, rest, type FaultCase, type FaultRow } from './fault-table.ts';
import { odd, oddMessage } from './faults-of-transport.ts';
import type { GrpcReply } from './grpc-wire.ts';
import { pause, until } from './live-server.ts';
import { post, Wire, type Reply } from './wire.ts';

const X = '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]}';
const UNKNOWN = "Request for unknown model: '…' is not found";
const X_MESSAGE = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 1] }], raw_input_contents: [Buffer.alloc(4)] };

const load = (bench: Bench, name: string, body = ''): Promise<Reply> =>
  raw(bench, post(`/v2/repository/models/${name}/load`, body));
const loadCall = (bench: Bench, name: string, parameters: object = {}): Promise<GrpcReply> =>
  bench.grpc.ask('RepositoryModelLoad', { model_name: name, parameters });
const unload = (bench: Bench, name: string): Promise<Reply> =>
  raw(bench, post(`/v2/repository/models/${name}/unload`, ''));

const named = (request: string, name: string, path: string = name, text: string | null = null): readonly FaultCase[] => [
  rest(`infer: ${request}`, 404, text ?? UNKNOWN, (bench) => raw(bench, post(`/v2/models/${path}/infer`, X))),
  grpc(`infer: ${request}`, 5, UNKNOWN, (bench) => call(bench, { ...X_MESSAGE, model_name: name })),
];
const versioned = (version: string, isNumber: boolean): readonly FaultCase[] => {
  const unknown = `Request for unknown model: 'identity_float32' version ${version} is not found`;
  const invalid = `failed to get model version from specified version string '${version}' (details: …), version should be an integral value > 0`;
  return [
    rest(`version \`${version}\``, 404, /^\d+$/.test(version) ? unknown : 'Not Found', (bench) => raw(bench, post(`/v2/models/identity_float32/versions/${version}/infer`, X))),
    grpc(`version \`${version}\``, isNumber ? 5 : 3, isNumber ? unknown : invalid, (bench) => call(bench, { ...X_MESSAGE, model_name: 'identity_float32', model_version: version })),
  ];
};
const overriding = (request: string, text: string, parameters: Readonly<Record<string, string>>): FaultCase =>
  rest(request, 400, text, (bench) => load(bench, 'brought', JSON.stringify({ parameters })));
const unloadable = (request: string, name: string, reason: string): readonly FaultCase[] => [
  rest(`load: ${request}`, 400, reason, (bench) => load(bench, name)),
  rest(`infer: ${request}`, 404, `Request for unknown model: '${name}' has no available versions`, (bench) => infer(bench, name, X)),
];
const CONFIG = '{"max_batch_size":0}';

/** Does something to a model that serves, and tells what it answers afterwards. */
async function replaced(bench: Bench, change: (file: string) => Promise<void>): Promise<Reply> {
  const file = join(bench.folder, 'identity_float32', '1', 'model.onnx');
  await rename(file, `${file}.kept`);
  try {
    await change(file);
    return await infer(bench, 'identity_float32', X);
  } finally {
    await rm(file, { force: true });
    await rename(`${file}.kept`, file);
  }
}

/** Requests that wait behind one that holds the process, so that they become one batch. */
async function batch(bench: Bench, model: string, bodies: readonly string[]): Promise<readonly Reply[]> {
  const first = new Wire(bench.server.httpPort);
  const held = first.ask(post(`/v2/models/${model}/infer`, odd([[5, 400]])));
  await pause(150);
  const replies = await Promise.all(bodies.map((body) => infer(bench, model, body)));
  await held;
  first.end();
  return replies;
}

/** The odd one of a batch, once it is sure that the others were answered with their own tags. */
async function oddOfBatch(bench: Bench, model: string, code: number): Promise<Reply> {
  const [good, bad, other] = await batch(bench, model, [odd([[0, 11]]), odd([[code, 12]]), odd([[0, 13]])]);
  for (const [reply, tag] of [[good, 11], [other, 13]] as const) {
    const text = reply!.body.toString();
    if (reply!.status !== 200 || !text.includes(`"data":[0,${tag}]`)) throw new Error(`${reply!.status} ${text} for ${tag}.`);
  }
  return bad!;
}

const restored = (bench: Bench, model: string): Promise<void> =>
  until(`\`${model}\` serves again`, async () => (await infer(bench, model, odd([[0, 1]]))).status === 200);

/** Ends the process of a model so often that nothing is started any more; it is loaded anew afterwards. */
async function crashes(bench: Bench): Promise<Reply> {
  await until('it is given up', async () => {
    const { status } = await infer(bench, 'odd_crash', odd([[1, 1]]));
    return status === 503;
  });
  const ready = await ask(bench, '/v2/models/odd_crash/ready');
  if (ready.status !== 503) throw new Error(`A model that was given up is ready: ${ready.status}.`);
  const refused = await infer(bench, 'odd_crash', odd([[0, 1]]));
  await unload(bench, 'odd_crash');
  await load(bench, 'odd_crash');
  return refused;
}

async function allAtOnce(bench: Bench): Promise<Reply | null> {
  await writeOddModel(bench.folder, 'odd_moving');
  const work = Array.from({ length: 24 }, (_, index) => {
    if (index % 6 === 0) return load(bench, 'odd_moving');
    return index % 6 === 3 ? unload(bench, 'odd_moving') : infer(bench, 'odd_moving', odd([[0, index]]));
  });
  const statuses = (await Promise.all(work)).map(({ status }) => status);
  const strange = statuses.filter((status) => ![200, 404, 503].includes(status));
  if (strange.length > 0) throw new Error(`Among the answers are ${strange.join(', ')}.`);
  await unload(bench, 'odd_moving');
  await rm(join(bench.folder, 'odd_moving'), { recursive: true });
  return null;
}

/** Faults of names, files and processes of models. */
export const MODEL_FAULTS: readonly FaultRow[] = [
  {
    fault: 'model name `..`, `%2e%2e%2f`, `a/b`, NUL, CR/LF, 4 kB long, empty, whitespace, unicode look-alikes',
    deviation: 'A path whose percent signs make no sense, or a name with a slash, is no path here: `Not Found`.',
    cases: [
      ...named('`..`', '..'),
      ...named('`../`, encoded', '../', '%2e%2e%2f'),
      ...named('`a/b`', 'a/b', 'a/b', 'Not Found'),
      ...named('NUL', 'a\0', 'a%00'),
      ...named('CR and LF', 'a\r\nb', 'a%0d%0ab'),
      ...named('4 kB', 'x'.repeat(4096)),
      ...named('nothing', '', '', 'Not Found'),
      ...named('a space', ' ', '%20'),
      ...named('`sіmple` with a Cyrillic letter', 's\u0456mple', 's%D1%96mple'),
      rest('load: `..`', 400, "failed to load '..', invalid model name '..', model name must not contain path traversal characters", (bench) => load(bench, '..')),
      rest('load: `../x`, encoded', 400, "failed to load '../x', invalid model name '../x', model name must not contain path traversal characters", (bench) => load(bench, '..%2fx')),
      rest('load: NUL', 400, `failed to load 'a\\u0000', invalid model name 'a\\u0000', model name must not contain path traversal characters`, (bench) => load(bench, 'a%00')),
      grpc('load: `../x`', 3, "failed to load '../x', invalid model name '../x', model name must not contain path traversal characters", (bench) => loadCall(bench, '../x')),
      grpc('load: nothing', 3, 'Model name cannot be empty. Please enter a valid name to deploy.', (bench) => loadCall(bench, '')),
      rest('load: a model that there is not', 400, "failed to load 'nobody', failed to poll from model repository: load failed for model 'nobody': no model of that name is in the repository", (bench) => load(bench, 'nobody')),
      grpc('load: a model that there is not', 3, "failed to load 'nobody', failed to poll from model repository: load failed for model 'nobody': no model of that name is in the repository", (bench) => loadCall(bench, 'nobody')),
    ],
  },
  {
    fault: 'version `0`, `-1`, `01`, `99999999999999999999`, `v1`',
    deviation: 'Triton reads `01` as 1.',
    cases: [...versioned('0', false), ...versioned('-1', false), ...versioned('01', true), ...versioned('99999999999999999999', true), ...versioned('v1', false)],
  },
  {
    fault: 'load with `file:../../x`, absolute, symlink, >255 component, bad base64, no config',
    deviation: 'Files in a load are off unless an operator allows them with `--file-overrides`, as it is here.',
    cases: [
      overriding('`file:../../x`', "failed to load 'brought': load failed for model 'brought': '../../x' is no name of a file inside a model's folder, as 'file:1/model.onnx'", { config: CONFIG, 'file:../../x': 'YQ==' }),
      overriding('an absolute path', "failed to load 'brought': load failed for model 'brought': '/etc/x' is no name of a file inside a model's folder, as 'file:1/model.onnx'", { config: CONFIG, 'file:/etc/x': 'YQ==' }),
      overriding('a part of 256 letters', "failed to load 'brought': load failed for model 'brought': '1/x…' is no name of a file inside a model's folder, as 'file:1/model.onnx'", { config: CONFIG, [`file:1/${'x'.repeat(256)}`]: 'YQ==' }),
      overriding('base64 that is none', "failed to load 'brought', load failed for model 'brought': the parameter 'file:1/model.onnx' is not base64.", { config: CONFIG, 'file:1/model.onnx': '!!!' }),
      overriding('no configuration', "failed to load 'brought': load failed for model 'brought': files are given in parameters, but no 'config', which they need", { 'file:1/model.onnx': 'YQ==' }),
      overriding('a file that is no model', "failed to load 'brought': load failed for model 'brought': version 1 is at UNAVAILABLE state: Cannot read the model `1/model.onnx`: an ONNX file was expected, but it looks like a text file. Check the path: this is not a model that can be opened.;", { config: CONFIG, 'file:1/model.onnx': 'YWJj' }),
      rest('a link that leads out of the repository', 400, "failed to load 'linked': load failed for model 'linked': version 1 is at UNAVAILABLE state: 'model.onnx' leads out of the repository, looked for in '…/linked/1';", async (bench) => {
        const home = join(bench.folder, 'linked', '1');
        await mkdir(home, { recursive: true });
        await symlink('/etc/hostname', join(home, 'model.onnx'));
        const reply = await load(bench, 'linked');
        await rm(join(bench.folder, 'linked'), { recursive: true });
        return reply;
      }),
      grpc('`file:../../x`', 3, "failed to load 'brought': load failed for model 'brought': '../../x' is no name of a file inside a model's folder, as 'file:1/model.onnx'", (bench) => loadCall(bench, 'brought', { config: { string_param: CONFIG }, 'file:../../x': { bytes_param: Buffer.from('a') } })),
    ],
  },
  {
    fault: 'config.pbtxt malformed / contradicts model / circular ensemble',
    deviation: 'Ensembles are not served at all.',
    cases: [
      ...unloadable('a word for a number', 'broken_config', "failed to load 'broken_config': load failed for model 'broken_config': …/broken_config/config.pbtxt:1:17: `max_batch_size` takes a whole number, but a string stands here"),
      ...unloadable('an input that the graph does not have', 'broken_contradiction', "failed to load 'broken_contradiction': load failed for model 'broken_contradiction': version 1 is at UNAVAILABLE state: unexpected inference input 'z' in `input[0]`, allowed inputs are: x;"),
      ...unloadable('an ensemble of itself', 'broken_circle', "failed to load 'broken_circle': load failed for model 'broken_circle': …/broken_circle/config.pbtxt: `ensemble_scheduling`: ensembles are not supported; merge the models into one graph, or call them one by one"),
    ],
  },
  {
    fault: 'model file empty, garbage, truncated, wrong opset, unknown op, external data missing or escaping dir',
    deviation: '',
    cases: [
      ...unloadable('an empty file', 'broken_empty', "failed to load 'broken_empty': load failed for model 'broken_empty': version 1 is at UNAVAILABLE state: Cannot read the model `broken_empty/1/model.onnx`: the file has 0 bytes. Copy or download the file again.;"),
      ...unloadable('garbage', 'broken_garbage', "failed to load 'broken_garbage': load failed for model 'broken_garbage': version 1 is at UNAVAILABLE state: Cannot read the model `broken_garbage/1/model.onnx`: an ONNX file was expected, but it looks like a text file. Check the path: this is not a model that can be opened.;"),
      ...unloadable('half a file', 'broken_truncated', "failed to load 'broken_truncated': load failed for model 'broken_truncated': version 1 is at UNAVAILABLE state: Cannot read the model `broken_truncated/1/model.onnx`: it is cut off at byte 17, while reading `graph`: 345 bytes should follow, but the file has 167 more. Copy or download the file again.;"),
      ...unloadable('an opset of the future', 'broken_opset', "failed to load 'broken_opset': load failed for model 'broken_opset': version 1 is at UNAVAILABLE state: ONNX Runtime could not open …"),
      ...unloadable('an operator that there is not', 'broken_operator', "failed to load 'broken_operator': load failed for model 'broken_operator': version 1 is at UNAVAILABLE state: ONNX Runtime could not open …"),
      ...unloadable('weights that are not there', 'broken_external', "failed to load 'broken_external': load failed for model 'broken_external': version 1 is at UNAVAILABLE state: The model `broken_external/1/model.onnx` keeps the tensor `weight` in `weights.bin`, which is not there. Put the file beside the model; it is part of it.;"),
      ...unloadable('weights outside of the folder', 'broken_escape', "failed to load 'broken_escape': load failed for model 'broken_escape': version 1 is at UNAVAILABLE state: The model `broken_escape/1/model.onnx` keeps the tensor `weight` in `../../simple/config.pbtxt`, which leads outside the model's folder and is refused. Move the data beside the model and save the model with a relative location.;"),
      grpc('load: garbage', 3, "failed to load 'broken_garbage': load failed for model 'broken_garbage': version 1 is at UNAVAILABLE state: Cannot read the model `broken_garbage/1/model.onnx`: an ONNX file was expected, but it looks like a text file. Check the path: this is not a model that can be opened.;", (bench) => loadCall(bench, 'broken_garbage')),
      grpc('infer: garbage', 5, "Request for unknown model: 'broken_garbage' has no available versions", (bench) => call(bench, { ...X_MESSAGE, model_name: 'broken_garbage' })),
    ],
  },
  {
    fault: 'model file changes during load',
    deviation: 'Triton may load a mixture.',
    cases: [
      rest('a load while the file is written again and again', 200, '', async (bench) => {
        const file = join(bench.folder, 'identity_float32', '1', 'model.onnx');
          const bytes = await readFile(file);
        const over = new AbortController();
        const writer = (async () => {
          while (!over.signal.aborted) {
            await writeFile(file, bytes.subarray(0, bytes.length / 2));
            await writeFile(file, bytes);
            await pause(1);
          }
        })();
        // Whatever a load says: what is served is whole.
        for (let round = 0; round < 4; round += 1) {
          const { status } = await load(bench, 'identity_float32');
          if (status !== 200 && status !== 400) throw new Error(`A load is answered with ${status}.`);
          const answer = await infer(bench, 'identity_float32', X);
          if (answer.status !== 200) throw new Error(`Infer is answered with ${answer.status}.`);
        }
        over.abort();
        await writer;
        await writeFile(file, bytes);
        return load(bench, 'identity_float32');
      }),
    ],
  },
  {
    fault: 'file replaced while serving / directory deleted',
    deviation: '',
    cases: [
      rest('garbage in place of the file', 200, '…"data":[1]…', (bench) => replaced(bench, (file) => writeFile(file, 'garbage'))),
      rest('no file', 200, '…"data":[1]…', (bench) => replaced(bench, () => Promise.resolve())),
      rest('a load of garbage, and then a request', 200, '…"data":[1]…', (bench) =>
        replaced(bench, async (file) => {
          await writeFile(file, 'garbage');
          const { status } = await load(bench, 'identity_float32');
          if (status !== 400) throw new Error(`Garbage was loaded: ${status}.`);
        })),
    ],
  },
  {
    fault: 'backend child segfault/abort/OOM-killed during a request',
    deviation: "Triton's backends run in the server, which ends with them.",
    cases: [
      rest('a request that crashes its process', 500, "backend process for 'odd' ended (signal SIGSEGV)", async (bench) => {
        const reply = await infer(bench, 'odd', odd([[1, 1]]));
        await restored(bench, 'odd');
        return reply;
      }),
      grpc('a request that crashes its process', 13, "backend process for 'odd' ended (signal SIGSEGV)", async (bench) => {
        const reply = await call(bench, oddMessage([[1, 1]]));
        await restored(bench, 'odd');
        return reply;
      }),
      rest('one such in a batch of three: the others are answered', 500, "backend process for 'odd' ended (signal SIGSEGV)", async (bench) => {
        const reply = await oddOfBatch(bench, 'odd', 1);
        await restored(bench, 'odd');
        return reply;
      }),
      rest('a process that crashes on every request: given up for a while', 503, "model 'odd_crash' is not available: its processes ended 5 times within 60 s without an answer, the last time: ended with signal SIGSEGV", crashes),
    ],
  },
  {
    fault: 'huge output / allocation failure in op',
    deviation: '',
    cases: [
      rest('an output of 4 MB, of 1 MiB that may be', 503, "outputs of model 'huge' take 4000000 bytes, but a response of this server takes at most 1048576", (bench) => infer(bench, 'huge', size(100, 100, 100))),
      rest('an output of 400 GB', 500, 'ONNX Runtime failed to run the model: Non-zero status code returned while running ConstantOfShape node. …', (bench) => infer(bench, 'huge', size(100_000, 100_000, 10))),
      rest('an output of negative size', 500, 'ONNX Runtime failed to run the model: Non-zero status code returned while running ConstantOfShape node. …', (bench) => infer(bench, 'huge', size(-1, 1, 1))),
      grpc('an output of 4 MB', 8, "outputs of model 'huge' take 4000000 bytes, but a response of this server takes at most 1048576", (bench) => call(bench, sizeMessage(100, 100, 100))),
      grpc('an output of 400 GB', 13, 'ONNX Runtime failed to run the model: Non-zero status code returned while running ConstantOfShape node. …', (bench) => call(bench, sizeMessage(100_000, 100_000, 10))),
    ],
  },
  {
    fault: 'hung inference (infinite Loop)',
    deviation: 'Triton waits for ever.',
    cases: [
      rest('a loop without end, with 500 ms for a run', 504, "model 'endless' did not finish within its execution timeout of 500 ms; the run was ended", (bench) => infer(bench, 'endless', endless)),
      grpc('a loop without end, with 500 ms for a run', 4, "model 'endless' did not finish within its execution timeout of 500 ms; the run was ended", (bench) => call(bench, endlessMessage)),
    ],
  },
  {
    fault: 'overload: queue full / queue timeout',
    deviation: 'A queue is never unlimited here: 256 requests unless told otherwise.',
    cases: [
      rest('a request more than may wait', 503, 'Exceeds maximum queue size', async (bench) => {
        const wire = new Wire(bench.server.httpPort);
        const replies = Array.from({ length: 12 }, () => wire.ask(post('/v2/models/odd/infer', odd([[5, 20]]))));
        const all = await Promise.all(replies);
        wire.end();
        const full = all.find(({ status }) => status === 503);
        if (full !== undefined && full.headers.get('retry-after') === undefined) throw new Error('There is no Retry-After.');
        if (all.some(({ status }) => status !== 200 && status !== 503)) throw new Error('An answer is neither 200 nor 503.');
        return full ?? null;
      }),
      rest('a request that waits longer than it wants to', 503, 'Request timeout expired', async (bench) => {
        const running = infer(bench, 'odd', odd([[5, 600]]));
        await pause(200);
        const late = await infer(bench, 'odd', odd([[0, 1]], ',"parameters":{"timeout":50000}'));
        await running;
        return late;
      }),
      grpc('a request that waits longer than it wants to', 14, 'Request timeout expired', async (bench) => {
        const running = infer(bench, 'odd', odd([[5, 600]]));
        await pause(200);
        const late = await call(bench, { ...oddMessage([[0, 1]]), parameters: { timeout: { int64_param: 50_000 } } });
        await running;
        return late;
      }),
    ],
  },
  {
    fault: 'batch partner bad',
    deviation: '',
    cases: [
      rest('one that the engine refuses, between two that are right', 500, 'Indices are out of bounds.', (bench) => oddOfBatch(bench, 'odd', 3)),
    ],
  },
  {
    fault: 'model output shape/count not divisible by batch',
    deviation: 'Rows of a batch are never guessed: batches of the model end, and each request runs alone. One that ran alone gets what the model gave, as in Triton.',
    cases: [
      rest('one row for three, which turns batches off: each is run alone', 200, '…"data":[4,12]…', (bench) => oddOfBatch(bench, 'odd_batch', 4)),
      rest('one row for two of one request, which ran alone: it gets what the model gave', 200, '…"shape":[1,2],"data":[4,1]…', (bench) => infer(bench, 'odd_batch', odd([[4, 1], [0, 2]]))),
    ],
  },
  {
    fault: 'concurrent load/unload/infer of the same model',
    deviation: '',
    cases: [rest('24 of them at once: each is 200, 404 or 503', null, '', allAtOnce)],
  },
];

function size(...sizes: readonly number[]): string {
  return `{"inputs":[{"name":"size","datatype":"INT64","shape":[3],"data":[${sizes.join(',')}]}]}`;
}

function sizeMessage(...sizes: readonly number[]): object {
  return { model_name: 'huge', inputs: [{ name: 'size', datatype: 'INT64', shape: [3], contents: { int64_contents: sizes.map(String) } }] };
}

const endless = '{"inputs":[{"name":"count","datatype":"INT64","shape":[],"data":[9223372036854775807]},{"name":"start","datatype":"FP32","shape":[1],"data":[0]},{"name":"step","datatype":"FP32","shape":[1],"data":[1]}]}';
const endlessMessage = {
  model_name: 'endless',
  inputs: [
    { name: 'count', datatype: 'INT64', shape: [], contents: { int64_contents: [1_000_000_000_000_000] } },
    { name: 'start', datatype: 'FP32', shape: [1], contents: { fp32_contents: [0] } },
    { name: 'step', datatype: 'FP32', shape: [1], contents: { fp32_contents: [1] } },
  ],
};
