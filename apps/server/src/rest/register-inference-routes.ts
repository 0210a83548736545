import type { FastifyInstance, HTTPMethods } from 'fastify';
import { FrontEnd } from './front-end.ts';
import type { RestOptions } from './rest-options.ts';

/**
 * Adds the routes of the protocol to a Fastify application, beside its own: `/v2`, everything below it,
 * and `/metrics` where there are any, under the prefix of the plugin. Hooks `onRequest` of the application
 * run before; its parsers, limits of bodies, later hooks and error handlers have no part in these routes.
 * While the application closes, every answer ends its connection.
 */
export async function registerInferenceRoutes(app: FastifyInstance, options: RestOptions): Promise<void> {
  const frontEnd = new FrontEnd(options, app.prefix);
  addFrontEnd(app, frontEnd, options.metrics === null ? ['/v2', '/v2/*'] : ['/v2', '/v2/*', '/metrics']);
  app.addHook('preClose', (done) => {
    frontEnd.draining = true;
    done();
  });
}

/** Hands over what comes under these URLs before Fastify reads a body or looks at a content type. */
function addFrontEnd(app: FastifyInstance, frontEnd: FrontEnd, urls: readonly string[]): void {
  const method = [...app.supportedMethods] as HTTPMethods[];
  for (const url of urls) {
    app.route({
      method,
      url,
      exposeHeadRoute: false,
      onRequest: (request, reply) => {
        reply.hijack();
        frontEnd.handle(request.raw, reply.raw);
      },
      handler: unreachable,
    });
  }
}

/* v8 ignore next 3 */
function unreachable(): never {
  throw new Error('The hook before this handler answers every request.');
}
