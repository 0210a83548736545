import type { Server } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { inferencePackageDefinition } from '@switchyard/open-inference/grpc';
import { protoPath } from 'grpc-health-check';

/** Lets clients like `grpcurl` ask what the server speaks, in both versions of the protocol for that. */
export function addReflection(server: Server): void {
  const definition = { ...inferencePackageDefinition(), ...loadSync(protoPath) };
  new ReflectionService(definition).addToServer(server);
}
