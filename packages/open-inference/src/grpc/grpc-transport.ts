import {
  Metadata,
  status as Status,
  type Client,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import type { CallScope } from '../client/call-scope.ts';
import { InferenceClientError, problemOfGrpc } from '../client/client-error.ts';

/** How grpc-js begins to say that a call was never sent; it gives no code for it. */
const NOT_SENT: readonly string[] = ['No connection established', 'Name resolution failed', 'Stream refused'];

/** Makes one unary call. @throws InferenceClientError */
export async function callUnary<Request, Response>(
  client: Client,
  method: MethodDefinition<Request, Response>,
  request: Request,
  metadata: Metadata,
  scope: CallScope,
): Promise<Response> {
  const ended = scope.ended();
  if (ended !== null) throw ended;
  return new Promise<Response>((resolve, reject) => {
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      deadlineOf(scope),
      (error, response) => {
        scope.signal.removeEventListener('abort', cancel);
        if (error === null) resolve(response as Response);
        else reject(clientErrorOf(error, scope));
      },
    );
    const cancel = (): void => call.cancel();
    scope.signal.addEventListener('abort', cancel);
  });
}

/** What grpc-js is told of the time that a call has; the server learns it too. */
export function deadlineOf(scope: CallScope): { readonly deadline?: number } {
  const remaining = scope.remainingMs();
  return remaining === Infinity ? {} : { deadline: Date.now() + remaining };
}

/** The error of a call, as grpc-js reports it. */
export function clientErrorOf(error: ServiceError, scope: CallScope): InferenceClientError {
  const { code, details, metadata } = error;
  const ended = scope.ended();
  if (ended !== null) return ended;
  // Where a connection breaks, grpc-js makes the status up; one that a server sent came with headers.
  const sentByServer = metadata.get('content-type').length > 0;
  const notSent = !sentByServer && NOT_SENT.some((beginning) => details.startsWith(beginning));
  const retryAfterSeconds = Number(metadata.get('retry-after')[0] ?? NaN);
  return new InferenceClientError(problemOfGrpc(code), details === '' ? error.message : details, {
    protocol: 'grpc',
    status: code === Status.UNAVAILABLE && !sentByServer ? null : code,
    notExecuted: code === Status.UNAVAILABLE && (sentByServer || notSent),
    ...(retryAfterSeconds >= 0 ? { retryAfterSeconds } : {}),
    cause: error,
  });
}

/** Metadata of a call. */
export function metadataOf(headers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}
