import { once } from 'node:events';
import type { Client, ClientDuplexStream, Metadata, ServiceError } from '@grpc/grpc-js';
import { CallScope } from '../client/call-scope.ts';
import { InferenceClientError } from '../client/client-error.ts';
import type { CallOptions, InferenceInput } from '../client/inference-client.ts';
import { requestOf, resultOf, type InferResult } from '../client/infer-result.ts';
import type { CodecLimits } from '../infer/codec-options.ts';
import { decodeModelStreamInferResponse } from './decode-infer-response.ts';
import { encodeModelInferRequest } from './encode-infer-message.ts';
import { answerOf } from './grpc-documents.ts';
import { clientErrorOf, deadlineOf } from './grpc-transport.ts';
import { inferenceServiceDefinition } from './service-definition.ts';

/** One request of a stream. */
export interface StreamRequest extends InferenceInput {
  readonly model: string;
}

/** An answer of a stream: a result, or an error that ends nothing but its own request. */
export type StreamAnswer =
  | { readonly id: string; readonly result: InferResult; readonly error: null }
  | { readonly id: string; readonly result: null; readonly error: InferenceClientError };

type Call = ClientDuplexStream<Buffer, Buffer>;

/** One call of `ModelStreamInfer`. @throws InferenceClientError when the stream itself fails */
export async function* inferStream(
  client: Client,
  requests: AsyncIterable<StreamRequest> | Iterable<StreamRequest>,
  metadata: Metadata,
  limits: CodecLimits,
  options: CallOptions,
): AsyncGenerator<StreamAnswer, void, undefined> {
  const scope = new CallScope('grpc', options);
  const over = new AbortController();
  const method = inferenceServiceDefinition().ModelStreamInfer;
  try {
    const ended = scope.ended();
    if (ended !== null) throw ended;
    const call: Call = client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      metadata,
      deadlineOf(scope),
    );
    const cancel = (): void => call.cancel();
    scope.signal.addEventListener('abort', cancel);
    const sender = new Sender(call);
    // Not waited for: when the server ends the stream, the caller's next request may never come.
    void sender.sendAll(requests, over.signal);
    try {
      for await (const bytes of call) {
        yield streamAnswer(answerOf(() => decodeModelStreamInferResponse(bytes as Buffer, limits)));
      }
      if (sender.failure !== null) throw sender.failure.error;
    } catch (error) {
      if (sender.failure !== null && isServiceError(error)) throw sender.failure.error;
      throw isServiceError(error) ? clientErrorOf(error, scope) : error;
    } finally {
      over.abort();
      scope.signal.removeEventListener('abort', cancel);
      // Cancelling is how a loop that was left tells the server; to a call that is over it does nothing.
      call.on('error', ignoreLateStatus);
      call.cancel();
    }
  } finally {
    scope.close();
  }
}

function streamAnswer(message: ReturnType<typeof decodeModelStreamInferResponse>): StreamAnswer {
  const id = message.response?.id ?? '';
  if (message.errorMessage === '' && message.response !== null) {
    return { id, result: resultOf(message.response), error: null };
  }
  const text =
    message.errorMessage === '' ? 'the answer has neither a response nor an error.' : message.errorMessage;
  // The stream carries no status for an error of one request.
  const details = { protocol: 'grpc', status: null, notExecuted: false } as const;
  return { id, result: null, error: new InferenceClientError('internal', text, details) };
}

class Sender {
  /** What went wrong in the caller's own requests. */
  failure: { readonly error: unknown } | null = null;
  private readonly call: Call;

  constructor(call: Call) {
    this.call = call;
  }

  async sendAll(
    requests: AsyncIterable<StreamRequest> | Iterable<StreamRequest>,
    over: AbortSignal,
  ): Promise<void> {
    try {
      for await (const request of requests) {
        if (over.aborted) return;
        const bytes = encodeModelInferRequest({
          modelName: request.model,
          modelVersion: request.version ?? '',
          request: requestOf(request),
        });
        if (!this.call.write(bytes)) await drained(this.call, over);
      }
      if (!over.aborted) this.call.end();
    } catch (error) {
      if (over.aborted) return;
      this.failure = { error };
      this.call.cancel();
    }
  }
}

/** The stream takes more, or is over; the reader is who hears of its error. */
async function drained(call: Call, over: AbortSignal): Promise<void> {
  try {
    await once(call, 'drain', { signal: over });
  } catch (error) {
    if (!over.aborted && !isServiceError(error)) throw error;
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
}

function ignoreLateStatus(): void {
  // The caller has its answers, or its error, already.
}
