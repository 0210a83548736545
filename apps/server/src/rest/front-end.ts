import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProtocolError } from '@switchyard/open-inference';
import { ReusedMemory } from '../operation/reused-memory.ts';
import { ANSWERS } from './answers.ts';
import { createCors, type Cors } from './cors.ts';
import { Deadlines } from './deadlines.ts';
import { Exchange } from './exchange.ts';
import { buildOpenApi } from './open-api.ts';
import { createRequestIds } from '../operation/request-ids.ts';
import type { RestOptions } from './rest-options.ts';
import { ROUTES } from './route-table.ts';
import { createRouter, type Match, type Router } from './router.ts';
import { WriteBurst } from './write-burst.ts';

const NOWHERE: Match = {
  route: {
    method: 'GET',
    path: '',
    operation: 'live',
    scope: 'health',
    summary: '',
    body: null,
    answer: null,
  },
  model: '',
  version: '',
  region: '',
};

/** Answers requests of Node's HTTP server, whoever owns it. */
export class FrontEnd {
  readonly options: RestOptions;
  readonly deadlines: Deadlines;
  readonly burst: WriteBurst;
  readonly bodies: ReusedMemory = new ReusedMemory();
  readonly cors: Cors;
  readonly requestId: (sent: string | readonly string[] | undefined) => string;
  /** The OpenAPI document, as JSON. */
  readonly openApi: string;
  /** Whether every answer ends its connection. */
  draining = false;
  readonly #router: Router;

  /** @param prefix path in front of every route, `''` for none */
  constructor(options: RestOptions, prefix: string) {
    const { bodyTimeoutMs, writeTimeoutMs } = options.limits;
    const routes = ROUTES.filter((route) => route.operation !== 'metrics' || options.metrics !== null);
    this.options = options;
    this.deadlines = new Deadlines(Math.min(1000, Math.max(20, bodyTimeoutMs / 4)));
    this.burst = new WriteBurst(writeTimeoutMs);
    this.cors = createCors(options.corsOrigins);
    this.requestId = createRequestIds();
    this.openApi = JSON.stringify(buildOpenApi(routes, prefix));
    this.#router = createRouter(routes, prefix);
  }

  /** Takes one request. Never throws, and answers every request that somebody waits for. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    let match: Match;
    try {
      match = this.#router.match(request.method ?? '', request.url ?? '');
    } catch (error) {
      this.#answerUnmatched(new Exchange(this, request, response, NOWHERE), error);
      return;
    }
    const exchange = new Exchange(this, request, response, match);
    try {
      if (request.headers.host === undefined && request.httpVersionMinor === 1) {
        throw new ProtocolError('invalid-argument', 'The request has no header `Host`.');
      }
      this.cors.check(request);
      exchange.authorize(match.route.scope);
      const outcome = ANSWERS[match.route.operation](exchange);
      if (outcome !== undefined) outcome.then(undefined, (error: unknown) => exchange.refuse(error));
    } catch (error) {
      exchange.refuse(error);
    }
  }

  #answerUnmatched(exchange: Exchange, error: unknown): void {
    try {
      const { request } = exchange;
      const headers =
        request.method === 'OPTIONS'
          ? this.cors.preflight(request, this.#router.methodsOf(request.url ?? ''))
          : null;
      if (headers === null) exchange.refuse(error);
      else exchange.answerText('', '', headers);
    } catch (problem) {
      // The target may be one of which not even the methods can be told.
      exchange.refuse(problem);
    }
  }
}
