import type { Limits } from './admission.ts';

const MEBIBYTE = 1024 * 1024;

/** Limits of a server that was told none. What each is for: `Limits`. */
export const DEFAULT_LIMITS: Limits = Object.freeze({
  maxBodyBytes: 64 * MEBIBYTE,
  maxElements: 16 * MEBIBYTE,
  maxJsonDepth: 100,
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 20_000,
  bodyTimeoutMs: 60_000,
  writeTimeoutMs: 60_000,
  // Pools of clients keep connections for a minute; a server that closes first makes them fail.
  keepAliveMs: 75_000,
  maxConnections: 4096,
  maxConnectionsPerAddress: 1024,
  maxConcurrentStreams: 256,
  maxInFlightBytes: 512 * MEBIBYTE,
  maxResponseBytes: 256 * MEBIBYTE,
});
