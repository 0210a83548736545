import { fileURLToPath } from 'node:url';
import type { handleBidiStreamingCall, handleUnaryCall, MethodDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import type { GenericCalls } from './generic-messages.ts';

/** Every call of `inference.GRPCInferenceService` by its name; tensors pass as the bytes of their message. */
export type InferenceServiceDefinition = {
  readonly [Name in keyof GenericCalls]: MethodDefinition<GenericCalls[Name][0], GenericCalls[Name][1]>;
} & {
  readonly ModelInfer: MethodDefinition<Buffer, Buffer>;
  readonly ModelStreamInfer: MethodDefinition<Buffer, Buffer>;
};

/** What `server.addService(inferenceServiceDefinition(), handlers)` of grpc-js takes. */
export type InferenceServiceHandlers = {
  readonly [Name in keyof GenericCalls]: handleUnaryCall<GenericCalls[Name][0], GenericCalls[Name][1]>;
} & {
  readonly ModelInfer: handleUnaryCall<Buffer, Buffer>;
  readonly ModelStreamInfer: handleBidiStreamingCall<Buffer, Buffer>;
};

interface Loaded {
  readonly packageDefinition: PackageDefinition;
  readonly service: InferenceServiceDefinition;
}

let loaded: Loaded | null = null;

/** The definition of package `inference`, as `ReflectionService` of `@grpc/reflection` takes it. */
export function inferencePackageDefinition(): PackageDefinition {
  return load().packageDefinition;
}

/**
 * The service for a server or client of grpc-js. `ModelInfer` and `ModelStreamInfer` hand out and accept
 * the bytes of a message: what decodes them can then refuse with a status of its own, where an exception
 * in a deserializer of grpc-js always becomes INTERNAL. Reads the `.proto` file at the first call.
 */
export function inferenceServiceDefinition(): InferenceServiceDefinition {
  return load().service;
}

function load(): Loaded {
  if (loaded !== null) return loaded;
  const packageDefinition = loadSync(
    fileURLToPath(new URL('../../proto/open_inference.proto', import.meta.url)),
    {
      keepCase: true,
      longs: Number,
      enums: String,
      defaults: true,
      oneofs: true,
    },
  );
  const generic = packageDefinition['inference.GRPCInferenceService'] as unknown as Record<
    string,
    MethodDefinition<unknown, unknown>
  >;
  const service = {
    ...generic,
    ModelInfer: throughAsBytes(generic['ModelInfer']!),
    ModelStreamInfer: throughAsBytes(generic['ModelStreamInfer']!),
  } as unknown as InferenceServiceDefinition;
  loaded = { packageDefinition, service };
  return loaded;
}

function throughAsBytes(method: MethodDefinition<unknown, unknown>): MethodDefinition<Buffer, Buffer> {
  return {
    ...method,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
