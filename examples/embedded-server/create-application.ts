import fastify, { type FastifyInstance } from 'fastify';
import { tensorFrom, valuesOf } from '@switchyard/open-inference';
import { createRuntime } from '@switchyard/runtime';
import {
  createGate,
  createInferenceService,
  createMemoryBudget,
  createModelRepository,
  DEFAULT_LIMITS,
  NO_TRACING,
  openModelExecutor,
  registerInferenceRoutes,
  VERSION,
  type Observer,
} from '@switchyard/server';
import { createPocketBackend } from './pocket-backend.ts';

/**
 * An application with a route of its own, which asks a model, and with the routes of the Open Inference
 * Protocol under `/models`. Closing it ends the models and their processes.
 *
 * @param models files and folders with models
 */
export async function createApplication(models: readonly string[]): Promise<FastifyInstance> {
  const app = fastify();
  const observer: Observer = {
    inference: () => {},
    model: (event) => app.log.info(event),
  };
  const runtime = await createRuntime({ backends: [createPocketBackend()], settings: [] });
  const repository = createModelRepository({
    sources: models,
    openExecutor: (path, config) => openModelExecutor(runtime, path, config, observer),
  });
  const memory = createMemoryBudget(DEFAULT_LIMITS.maxInFlightBytes);
  const service = createInferenceService({
    repository,
    observer,
    name: 'opposites',
    version: VERSION,
    limits: DEFAULT_LIMITS,
    memory,
    sharedMemory: false,
    traceHooks: null,
    logHooks: null,
  });
  app.addHook('onClose', async () => {
    await repository.close();
    await runtime.close();
  });

  await app.register(registerInferenceRoutes, {
    prefix: '/models',
    service,
    memory,
    limits: DEFAULT_LIMITS,
    // Keys, if there were any, and rates. The application's own hooks come before.
    gate: createGate({ keys: null, open: [], ratePerKey: null, ratePerAddress: null }),
    tracer: NO_TRACING.tracer,
    unexpected: (error: unknown, requestId: string) => app.log.error({ err: error, requestId }),
    metrics: null,
    nonFinite: 'token',
    compression: null,
    corsOrigins: [],
  });

  app.get<{ Params: { readonly numbers: string } }>('/opposite/:numbers', async (request, reply) => {
    const numbers = request.params.numbers.split(',').map(Number);
    if (numbers.length !== 3 || !numbers.every(Number.isInteger)) {
      return reply.code(400).send({ error: 'Give three whole numbers, as in /opposite/1,2,3.' });
    }
    // The service without a protocol: queues, batches and statistics are the same ones.
    const { response, truth } = await service.infer(
      'opposite',
      '',
      {
        id: '',
        parameters: new Map(),
        outputs: [],
        inputs: [tensorFrom('numbers', 'INT32', [1, 3], numbers)],
      },
      {
        protocol: 'rest',
        requestId: request.id,
        signal: AbortSignal.timeout(10_000),
        deadline: performance.now() + 10_000,
        startedAt: performance.now(),
        span: null,
      },
    );
    return { opposites: [...valuesOf(response.outputs[0]!)].map(Number), computedBy: truth.device.name };
  });

  await repository.start();
  return app;
}
