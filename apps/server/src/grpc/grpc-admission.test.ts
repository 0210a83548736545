import { ProtocolError } from '@switchyard/open-inference';
import { expect, test } from 'vitest';
import type { Gate, Scope } from '../operation/admission.ts';
import { grpcBench, inferMessage } from './__fixtures__/grpc-bench.ts';

/** Key `k-SCOPE` may do what its name says, and health is open. */
function gateOf(seen: { scope: Scope; address: string }[] = []): Gate {
  return {
    admit: (scope, { authorization, apiKey }, address) => {
      seen.push({ scope, address });
      if (scope === 'health') return { name: 'anonymous' };
      const key = apiKey ?? authorization?.replace('Bearer ', '');
      if (key === undefined) throw new ProtocolError('unauthenticated', 'an API key is needed');
      if (key !== `k-${scope}`) throw new ProtocolError('permission-denied', `no scope '${scope}'`);
      return { name: key };
    },
  };
}

const CALLS: Readonly<Record<string, readonly string[]>> = {
  health: ['ServerLive', 'ServerReady'],
  read: [
    'ModelReady',
    'ServerMetadata',
    'ModelMetadata',
    'ModelConfig',
    'ModelStatistics',
    'RepositoryIndex',
    'SystemSharedMemoryStatus',
    'CudaSharedMemoryStatus',
    'TraceSetting',
    'LogSettings',
  ],
  admin: [
    'RepositoryModelLoad',
    'RepositoryModelUnload',
    'SystemSharedMemoryRegister',
    'SystemSharedMemoryUnregister',
    'CudaSharedMemoryRegister',
    'CudaSharedMemoryUnregister',
  ],
};

test('every call asks for the scope that it needs, in either header', async () => {
  await using bench = await grpcBench({ gate: gateOf() });
  const client = bench.client();
  for (const [scope, methods] of Object.entries(CALLS)) {
    for (const method of methods) {
      const without = await client.ask(method, { name: 'echo' });
      expect({ method, code: without.code === 16 }).toEqual({ method, code: scope !== 'health' });
      if (scope === 'health') continue;
      expect((await client.ask(method, {}, { 'x-api-key': 'k-infer' })).code).toBe(7);
      expect((await client.ask(method, {}, { 'x-api-key': `k-${scope}` })).code).not.toBe(7);
      expect((await client.ask(method, {}, { authorization: `Bearer k-${scope}` })).code).not.toBe(16);
    }
  }
  expect((await client.health('Check', { service: '' })).code).toBe(0);
});

test('who asks without a key is refused before a message is read', async () => {
  const seen: { scope: Scope; address: string }[] = [];
  await using bench = await grpcBench({ gate: gateOf(seen) });
  const client = bench.client();
  expect(await client.ask('ModelInfer', inferMessage('echo'))).toMatchObject({
    code: 16,
    details: 'an API key is needed',
  });
  expect(await client.stream().ended).toMatchObject({ code: 16 });
  expect((await client.infer('echo', {}, { 'x-api-key': 'k-infer' })).code).toBe(0);
  expect(bench.service.contexts).toHaveLength(1);
  expect(seen[0]).toEqual({ scope: 'infer', address: '127.0.0.1' });
  expect(bench.memory.used()).toBe(0);
});

test('settings that are only looked at need less than settings that change', async () => {
  await using bench = await grpcBench({ gate: gateOf() });
  const client = bench.client();
  const reader = { 'x-api-key': 'k-read' };
  expect((await client.ask('LogSettings', {}, reader)).code).toBe(0);
  const log = { settings: { log_info: { bool_param: false } } };
  expect(await client.ask('LogSettings', log, reader)).toMatchObject({ code: 7 });
  const trace = { settings: { trace_rate: { value: ['1'] } } };
  expect(await client.ask('TraceSetting', trace, reader)).toMatchObject({ code: 7 });
  expect(bench.service.told).toEqual([]);
});

test('reflection needs a key that may read', async () => {
  await using bench = await grpcBench({ gate: gateOf() });
  const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
  await expect(bench.client().exchange(path, [Buffer.from([0x3a, 0x00])])).rejects.toMatchObject({
    code: 16,
  });
});
