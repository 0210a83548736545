// What somebody writes who serves a model with fastify: the engine with its defaults, called in the handler.
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyRequest } from 'fastify';
import { openDirect } from '../contenders/direct-engine.ts';

interface Body {
  readonly inputs: readonly [
    { readonly name: string; readonly shape: readonly number[]; readonly data: number[] },
  ];
}

const [path] = process.argv.slice(2) as [string];
const direct = await openDirect(path);
const { Tensor } = direct.engine;
const app = fastify({ bodyLimit: 64 * 1024 * 1024 });

app.get('/health', () => ({ live: true }));
async function infer(request: FastifyRequest<{ Body: Body }>): Promise<unknown> {
  const [input] = request.body.inputs;
  const feeds = { [input.name]: new Tensor('float32', Float32Array.from(input.data), input.shape) };
  const results = await direct.run(feeds);
  return {
    outputs: Object.entries(results).map(([name, { dims, data }]) => ({
      name,
      datatype: 'FP32',
      shape: dims,
      data: [...(data as Float32Array)],
    })),
  };
}

// oxlint-disable-next-line no-async-endpoint-handlers -- this is fastify, which awaits its handlers
app.post('/infer', infer);

await app.listen({ port: 0, host: '127.0.0.1' });
process.on('disconnect', () => process.exit());
process.send?.({ port: (app.server.address() as AddressInfo).port });
