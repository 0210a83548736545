// Ours, with its defaults, except that it takes any port. `switchyard-server MODEL [SETTINGS]`; these are JSON.
import { createCpuBackend } from '@switchyard/backend-cpu';
import { createRuntime } from '@switchyard/runtime';
import { createServer, type ServerSettings } from '@switchyard/server';

const [path, varied = '{}'] = process.argv.slice(2) as [string, string?];
const runtime = await createRuntime({ backends: [createCpuBackend()], settings: [], cache: null });
const server = await createServer({
  runtime,
  settings: {
    models: [path],
    httpPort: 0,
    grpcPort: 0,
    metricsPort: 0,
    ...(JSON.parse(varied) as Partial<ServerSettings>),
  },
});
await server.started;
process.on('disconnect', async () => {
  await server.close({ delayMs: 0, timeoutMs: 1000 });
  await runtime.close();
  process.exit();
});
process.send?.({ port: server.addresses.http?.port, grpcPort: server.addresses.grpc?.port });
