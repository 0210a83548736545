import type { MethodDefinition } from '@grpc/grpc-js';
import { ProtocolError } from '@switchyard/open-inference';
import type { EmptyMessage } from '@switchyard/open-inference/grpc';
import { service as HEALTH } from 'grpc-health-check';
import type { Answer } from './generic-call.ts';
import { shuttingDown, type GrpcContext } from './grpc-context.ts';
import { UnaryCall } from './unary-call.ts';

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

interface HealthRequest {
  readonly service: string;
}

interface HealthAnswer {
  readonly status: ServingStatus;
}

/** The server as a whole, and the one service that answers for it. */
const SERVICES: readonly string[] = ['', 'inference.GRPCInferenceService'];

export const HEALTH_CHECK = HEALTH['Check'] as unknown as MethodDefinition<HealthRequest, HealthAnswer>;
export const HEALTH_LIST = HEALTH['List'] as unknown as MethodDefinition<
  EmptyMessage,
  { readonly statuses: Readonly<Record<string, HealthAnswer>> }
>;
export const HEALTH_WATCH = HEALTH['Watch'] as unknown as MethodDefinition<HealthRequest, HealthAnswer>;

/** `grpc.health.v1.Health/Check`. Other than Triton it looks at the name, as the protocol of health wants. */
export const checkHealth: Answer<HealthRequest, HealthAnswer> = (request, context) => {
  if (!SERVICES.includes(request.service)) {
    throw new ProtocolError('not-found', `There is no service \`${request.service}\` here.`);
  }
  return { status: healthOf(context, request.service) };
};

/** `grpc.health.v1.Health/List`. */
export const listHealth: Answer<
  EmptyMessage,
  { readonly statuses: Readonly<Record<string, HealthAnswer>> }
> = (_, context) => ({
  statuses: Object.fromEntries(SERVICES.map((name) => [name, { status: healthOf(context, name) }])),
});

/** `grpc.health.v1.Health/Watch`: a message at once and one for each change. */
export class WatchHealthCall extends UnaryCall {
  #service = '';
  #last: ServingStatus | null = null;

  /** Tells the client when the status is another one than it knows. */
  update(): void {
    if (this.finished || this.#last === null) return;
    const status = healthOf(this.context, this.#service);
    if (status === this.#last) return;
    this.#last = status;
    try {
      this.send(HEALTH_WATCH.responseSerialize({ status }), null);
    } catch (error) {
      this.fail(error);
    }
  }

  override drain(): void {
    this.update();
    this.fail(shuttingDown());
  }

  protected override asked(message: Buffer): void {
    this.meter.next(message.byteLength).release();
    try {
      this.#service = HEALTH_WATCH.requestDeserialize(message).service;
    } catch (error) {
      throw new ProtocolError('invalid-argument', 'The message cannot be read as the one of this call.', {
        cause: error,
      });
    }
    const status = healthOf(this.context, this.#service);
    this.#last = status;
    this.send(HEALTH_WATCH.responseSerialize({ status }), null);
  }
}

function healthOf(context: GrpcContext, service: string): ServingStatus {
  if (!SERVICES.includes(service)) return 'SERVICE_UNKNOWN';
  return !context.draining() && context.service.ready() ? 'SERVING' : 'NOT_SERVING';
}
