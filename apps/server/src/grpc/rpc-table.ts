import type { MethodDefinition, ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { inferenceServiceDefinition, type GenericCalls } from '@switchyard/open-inference/grpc';
import type { Scope } from '../operation/admission.ts';
import { GENERIC_RPCS } from './generic-answers.ts';
import { GenericCall, type Answer } from './generic-call.ts';
import type { Arrival, GrpcContext } from './grpc-context.ts';
import {
  checkHealth,
  HEALTH_CHECK,
  HEALTH_LIST,
  HEALTH_WATCH,
  listHealth,
  WatchHealthCall,
} from './health-calls.ts';
import { InferCall } from './infer-call.ts';
import type { OpenCall, OpenCalls } from './open-call.ts';
import { StreamInferCall } from './stream-infer-call.ts';

/** A call that this server drives itself. */
export interface Rpc {
  readonly path: string;
  readonly kind: 'unary' | 'serverStream' | 'bidi';
  readonly scope: Scope;
  open(
    context: GrpcContext,
    open: OpenCalls,
    call: ServerInterceptingCallInterface,
    arrival: Arrival,
  ): OpenCall;
}

/** Every call of the inference service and of health. Reads the definitions at the first use. */
export function rpcTable(): readonly Rpc[] {
  const service = inferenceServiceDefinition();
  const generic = (Object.keys(GENERIC_RPCS) as (keyof GenericCalls)[]).map((name) => {
    const { scope, answer } = GENERIC_RPCS[name];
    return unary(
      scope,
      service[name] as unknown as MethodDefinition<unknown, unknown>,
      answer as Answer<unknown, unknown>,
    );
  });
  return [
    ...generic,
    unary('health', HEALTH_CHECK, checkHealth),
    unary('health', HEALTH_LIST, listHealth),
    {
      path: HEALTH_WATCH.path,
      kind: 'serverStream',
      scope: 'health',
      open: (...call) => new WatchHealthCall(...call),
    },
    {
      path: service.ModelInfer.path,
      kind: 'unary',
      scope: 'infer',
      open: (...call) => new InferCall(...call),
    },
    {
      path: service.ModelStreamInfer.path,
      kind: 'bidi',
      scope: 'infer',
      open: (...call) => new StreamInferCall(...call),
    },
  ];
}

function unary<Request, Response>(
  scope: Scope,
  definition: MethodDefinition<Request, Response>,
  answer: Answer<Request, Response>,
): Rpc {
  return {
    path: definition.path,
    kind: 'unary',
    scope,
    open: (context, open, call, arrival) => new GenericCall(context, open, call, arrival, definition, answer),
  };
}
