import net from 'node:net';
import { expect } from 'vitest';
import type { Gate, Limits, MemoryBudget } from '../../operation/admission.ts';
import { DEFAULT_LIMITS } from '../../operation/default-limits.ts';
import { createMemoryBudget } from '../../operation/memory-budget.ts';
import type { InferenceRecord } from '../../operation/observer.ts';
import { createRestServer, type RestServer, type RestServerOptions } from '../rest-server.ts';
import type { RestOptions } from '../rest-options.ts';
import { scriptService, type ScriptedService } from './scripted-service.ts';

const OPEN_GATE: Gate = { admit: () => ({ name: 'anonymous' }) };

export interface Harness extends AsyncDisposable {
  readonly service: ScriptedService;
  readonly memory: MemoryBudget;
  readonly server: RestServer;
  readonly url: string;
  readonly port: number;
  readonly records: InferenceRecord[];
  readonly unexpected: unknown[];
  /** Waits until nothing is left of what was asked, and asks for health. */
  settled(): Promise<void>;
}

type Changes = Partial<Omit<RestServerOptions, 'limits'>> & { readonly limits?: Partial<Limits> };

/** Options of routes around a scripted service. */
export function restOptions(changes: Changes = {}): RestOptions & {
  readonly service: ScriptedService;
  readonly records: InferenceRecord[];
  readonly errors: unknown[];
} {
  const { limits, ...rest } = changes;
  const records: InferenceRecord[] = [];
  const errors: unknown[] = [];
  return {
    gate: OPEN_GATE,
    memory: createMemoryBudget(DEFAULT_LIMITS.maxInFlightBytes),
    tracer: { start: () => null },
    unexpected: (error) => void errors.push(error),
    metrics: null,
    nonFinite: 'token',
    compression: null,
    corsOrigins: [],
    ...rest,
    service: scriptService(records),
    limits: { ...DEFAULT_LIMITS, ...limits },
    records,
    errors,
  };
}

/** A server that listens. */
export async function openRest(changes: Changes = {}): Promise<Harness> {
  const options = { ...restOptions(changes), tls: changes.tls ?? null };
  const server = await createRestServer(options);
  const { port } = await server.listen('127.0.0.1', 0);
  const scheme = options.tls === null ? 'http' : 'https';
  return {
    service: options.service,
    memory: options.memory,
    server,
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    records: options.records,
    unexpected: options.errors,
    async settled() {
      await expect.poll(() => options.memory.used(), { timeout: 10_000 }).toBe(0);
      await expect.poll(() => server.connections(), { timeout: 10_000 }).toBe(0);
      const health = await exchangeRaw(port, 'GET /v2/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      expect(health).toContain('HTTP/1.1 200 OK');
      expect(health).toContain('{"live":true}');
    },
    async [Symbol.asyncDispose]() {
      await server.close(0);
    },
  };
}

/** Sends bytes as they are and gives everything that came back until the server closed. */
export function exchangeRaw(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = net.connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.on('error', () => resolve(received));
  socket.on('close', () => resolve(received));
  for (const part of parts) socket.write(part);
  return promise;
}

export interface RawConnection {
  readonly socket: net.Socket;
  received(): string;
  /** Resolves when what came matches. */
  until(pattern: RegExp): Promise<string>;
  readonly closed: Promise<void>;
}

/** A connection whose every byte is the test's. */
export function connectRaw(port: number): RawConnection {
  const socket = net.connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.on('error', () => {});
  return {
    socket,
    received: () => received,
    async until(pattern) {
      await expect.poll(() => received, { timeout: 10_000 }).toMatch(pattern);
      return received;
    },
    closed: new Promise((resolve) => {
      socket.once('close', () => resolve());
    }),
  };
}

/** A request for `echo` with one tensor of FP32. */
export function inferBody(values: readonly number[], more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    inputs: [{ name: 'x', datatype: 'FP32', shape: [values.length], data: values }],
    ...more,
  });
}

/** A whole request for `echo` as text. */
export function inferText(body: string, headers: readonly string[] = []): string {
  return (
    `POST /v2/models/echo/infer HTTP/1.1\r\nHost: a\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
    `${headers.map((header) => `${header}\r\n`).join('')}\r\n${body}`
  );
}
