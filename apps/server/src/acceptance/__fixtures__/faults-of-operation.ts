import { ask, call, infer, raw, type Bench } from './fault-bench.ts';
import { grpc, rest, type FaultRow } from './fault-table.ts';
import { pause } from './live-server.ts';
import { get, sumOf } from './vitals.ts';
import { post, Wire } from './wire.ts';

const X = '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1],"data":[1]}]}';

/** Bodies that are on their way hold what came of them. */
async function crowded<Result>(bench: Bench, use: () => Promise<Result>): Promise<Result> {
  const wires = Array.from({ length: 4 }, () => new Wire(bench.server.httpPort));
  for (const wire of wires) {
    wire.socket.write(`POST /v2/models/identity_float32/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n`);
    wire.socket.write(Buffer.alloc(900_000, ' '));
  }
  await pause(150);
  try {
    return await use();
  } finally {
    for (const wire of wires) wire.end();
  }
}

const hungry = `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,100000],"data":[${'1,'.repeat(99_999)}1]}]}`;

/** Faults of the machine and of those who operate the server. */
export const OPERATION_FAULTS: readonly FaultRow[] = [
  {
    fault: 'host memory pressure',
    deviation: 'Triton has no bound on memory of requests.',
    cases: [
      rest('a body for which memory of requests is used up', 503, 'memory for requests under way is used up: … of 3145728 bytes, and … more were needed', (bench) =>
        crowded(bench, async () => {
          const reply = await infer(bench, 'identity_float32', hungry);
          if (reply.headers.get('retry-after') === undefined) throw new Error('There is no Retry-After.');
          return reply;
        })),
      grpc('the same', 8, 'memory for requests under way is used up: … of 3145728 bytes, and … more were needed', (bench) =>
        crowded(bench, () =>
          call(bench, {
            model_name: 'identity_float32',
            inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 200_000] }],
            raw_input_contents: [Buffer.alloc(800_000)],
          }),
        )),
    ],
  },
  {
    fault: 'clock jump',
    deviation: '',
    cases: [
      rest('a day back while a request runs: durations stay small', 200, '…"data":[1]…', async (bench) => {
        const running = infer(bench, 'odd', '{"inputs":[{"name":"x","datatype":"INT32","shape":[1,2],"data":[5,200]}]}');
        await pause(50);
        bench.server.signal('SIGUSR2');
        await running;
        const reply = await infer(bench, 'identity_float32', X);
        bench.server.signal('SIGUSR2');
        const { text } = await get(bench.server.metricsPort, '/metrics');
        const hours = sumOf(text, 'nv_inference_request_duration_us') / 3.6e9;
        if (!(hours >= 0 && hours < 1)) throw new Error(`Requests took ${hours} hours.`);
        return reply;
      }),
    ],
  },
  {
    fault: 'log/trace endpoints asked to write files',
    deviation: '',
    cases: [
      rest('`log_file`', 501, 'log file location can not be updated through network protocol', (bench) => raw(bench, post('/v2/logging', '{"log_file":"/etc/passwd"}'))),
      rest('`trace_file`', 501, 'the server does not support tracing', (bench) => raw(bench, post('/v2/trace/setting', '{"trace_file":"/etc/passwd"}'))),
      rest('a setting that there is not', 400, "unknown log setting 'log_everything', expected one of log_file, log_info, log_warning, log_error, log_verbose_level, log_format", (bench) => raw(bench, post('/v2/logging', '{"log_everything":true}'))),
      grpc('`log_file`', 12, 'log file location can not be updated through network protocol', (bench) => bench.grpc.ask('LogSettings', { settings: { log_file: { string_param: '/etc/passwd' } } })),
      grpc('`trace_file`', 12, 'the server does not support tracing', (bench) => bench.grpc.ask('TraceSetting', { settings: { trace_file: { value: ['/etc/passwd'] } } })),
      rest('shared memory, which is off', 501, 'Client shared memory is disabled. Whoever runs the server can start it with shared memory enabled.', (bench) =>
        raw(bench, post('/v2/systemsharedmemory/region/r/register', '{"key":"/x","offset":0,"byte_size":4}'))),
      rest('shared memory of CUDA', 501, 'CUDA shared memory is not supported: Node.js cannot map it. Send tensors in the body, or use system shared memory.', (bench) =>
        raw(bench, post('/v2/cudasharedmemory/region/r/register', '{"raw_handle":{"b64":"YQ=="},"device_id":0,"byte_size":4}'))),
      rest('text in place of tensors', 501, 'Generation of text is not served. Ask for tensors with `infer`, or use a server for language models.', (bench) => raw(bench, post('/v2/models/simple/generate', '{"text_input":"x"}'))),
      rest('a name in the index of a repository that is no boolean', 400, "Invalid value for 'ready': expected a boolean", (bench) => raw(bench, post('/v2/repository/index', '{"ready":1}'))),
      rest('a model that is not there', 404, "Request for unknown model: 'nobody' is not found", (bench) => ask(bench, '/v2/models/nobody')),
    ],
  },
];
