import type { MethodDefinition, ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { ProtocolError } from '@switchyard/open-inference';
import type { Arrival, GrpcContext } from './grpc-context.ts';
import type { OpenCalls } from './open-call.ts';
import { UnaryCall } from './unary-call.ts';

/** Answers a request, at once or later. */
export type Answer<Request, Response> = (
  request: Request,
  context: GrpcContext,
  arrival: Arrival,
) => Response | Promise<Response>;

/** A unary call whose messages the service's definition reads and writes. */
export class GenericCall<Request, Response> extends UnaryCall {
  readonly #definition: MethodDefinition<Request, Response>;
  readonly #answer: Answer<Request, Response>;

  constructor(
    context: GrpcContext,
    open: OpenCalls,
    call: ServerInterceptingCallInterface,
    arrival: Arrival,
    definition: MethodDefinition<Request, Response>,
    answer: Answer<Request, Response>,
  ) {
    super(context, open, call, arrival);
    this.#definition = definition;
    this.#answer = answer;
  }

  protected override asked(message: Buffer): void {
    const hold = this.meter.next(message.byteLength);
    this.#run(message)
      .catch((error: unknown) => this.fail(error))
      .finally(() => hold.release());
  }

  async #run(message: Buffer): Promise<void> {
    const request = this.#read(message);
    const response = await this.#answer(request, this.context, this.arrival);
    this.reply(this.#definition.responseSerialize(response), null);
  }

  #read(message: Buffer): Request {
    try {
      return this.#definition.requestDeserialize(message);
    } catch (error) {
      throw new ProtocolError('invalid-argument', 'The message cannot be read as the one of this call.', {
        cause: error,
      });
    }
  }
}
