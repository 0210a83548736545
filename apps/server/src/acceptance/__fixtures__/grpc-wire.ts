import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { PackageDefinition, ServiceDefinition } from '@grpc/proto-loader';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';

/** A status of gRPC, with the message of an answer that there was. */
export interface GrpcReply {
  readonly code: number;
  readonly text: string;
  readonly bytes: Buffer | null;
}

const SERVICE = 'inference.GRPCInferenceService';

/** Messages as protobufjs reads and writes them, which shares no code with the server. */
const definition: PackageDefinition = loadSync(
  fileURLToPath(import.meta.resolve('@switchyard/open-inference/open_inference.proto')),
  { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true },
);
const service = definition[SERVICE] as ServiceDefinition;

const same = (bytes: Buffer): Buffer => bytes;

export function encodeCall(rpc: string, message: object): Buffer {
  return service[rpc]!.requestSerialize(message);
}

export function decodeCall(rpc: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  return service[rpc]!.requestDeserialize(bytes) as Record<string, unknown>;
}

export function decodeAnswer(rpc: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  return service[rpc]!.responseDeserialize(bytes) as Record<string, unknown>;
}

/** Calls with bytes of any kind. */
export class GrpcWire {
  readonly #client: Client;

  /** @param retries whether calls that no server has seen are sent again, as clients do by default */
  constructor(port: number, retries: boolean = false) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.enable_retries': retries ? 1 : 0,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  call(
    rpc: string,
    bytes: Buffer,
    options: { readonly metadata?: Metadata; readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<GrpcReply> {
    const { metadata = new Metadata(), timeoutMs = 60_000, signal } = options;
    return new Promise((resolve) => {
      const call = this.#client.makeUnaryRequest(
        `/${SERVICE}/${rpc}`,
        same,
        same,
        bytes,
        metadata,
        { deadline: Date.now() + timeoutMs },
        (error: ServiceError | null, answer?: Buffer) => {
          if (error === null) resolve({ code: 0, text: '', bytes: answer ?? Buffer.alloc(0) });
          else resolve({ code: error.code, text: error.details, bytes: null });
        },
      );
      signal?.addEventListener('abort', () => call.cancel(), { once: true });
    });
  }

  /** A call of `ModelInfer`, or of another one, with a message as protobufjs takes it. */
  ask(rpc: string, message: object, options: Parameters<GrpcWire['call']>[2] = {}): Promise<GrpcReply> {
    return this.call(rpc, encodeCall(rpc, message), options);
  }

  close(): void {
    this.#client.close();
  }
}
