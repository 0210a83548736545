// Ours, with its defaults, except that it takes any port.
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createRuntime } from '@switchyard/runtime';
import { createServer } from '@switchyard/server';

const [path] = process.argv.slice(2) as [string];
const runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
const server = await createServer({
  runtime,
  settings: { models: [path], httpPort: 0, grpcPort: 0, metricsPort: 0 },
});
await server.started;
process.on('disconnect', async () => {
  await server.close({ delayMs: 0, timeoutMs: 1000 });
  await runtime.close();
  process.exit();
});
process.send?.({ port: server.addresses.http?.port, grpcPort: server.addresses.grpc?.port });
