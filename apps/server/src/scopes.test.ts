import { expect, it } from 'vitest';
import { GENERIC_RPCS } from './grpc/generic-answers.ts';
import { rpcTable } from './grpc/rpc-table.ts';
import { ROUTES, type Operation } from './rest/route-table.ts';

/** Calls of gRPC by what they do over REST; `null` for what one of the two does not have. */
const SAME: Readonly<Record<Operation, keyof typeof GENERIC_RPCS | 'ModelInfer' | null>> = {
  serverMetadata: 'ServerMetadata',
  live: 'ServerLive',
  ready: 'ServerReady',
  openApi: null,
  metrics: null,
  modelMetadata: 'ModelMetadata',
  modelReady: 'ModelReady',
  modelConfig: 'ModelConfig',
  modelStatistics: 'ModelStatistics',
  allStatistics: 'ModelStatistics',
  infer: 'ModelInfer',
  generateDeclined: null,
  repositoryIndex: 'RepositoryIndex',
  repositoryLoad: 'RepositoryModelLoad',
  repositoryUnload: 'RepositoryModelUnload',
  namedRepositoryDeclined: null,
  // Reading and changing are one call over gRPC, which asks for `admin` when something is to be changed.
  traceSettings: 'TraceSetting',
  updateTraceSettings: null,
  logSettings: 'LogSettings',
  updateLogSettings: null,
  sharedMemoryStatus: 'SystemSharedMemoryStatus',
  sharedMemoryRegister: 'SystemSharedMemoryRegister',
  sharedMemoryUnregister: 'SystemSharedMemoryUnregister',
  cudaUnregisterAll: 'CudaSharedMemoryUnregister',
  cudaDeclined: null,
};

it('a key may do the same over REST and gRPC', () => {
  const scopes = new Map(rpcTable().map(({ path, scope }) => [path.split('/').at(-1)!, scope]));
  const compared = new Set<string>();
  for (const { operation, path, scope } of ROUTES) {
    const call = SAME[operation];
    if (call === null) continue;
    compared.add(call);
    expect(`${path} ${scope}`).toBe(`${path} ${scopes.get(call)}`);
  }
  const alone = Object.keys(GENERIC_RPCS).filter((name) => !compared.has(name));
  expect(alone).toEqual(['CudaSharedMemoryStatus', 'CudaSharedMemoryRegister']);
  for (const path of ['/v2/trace/setting', '/v2/logging']) {
    const change = ROUTES.find((route) => route.path === path && route.method === 'POST');
    expect(change?.scope).toBe('admin');
  }
});
