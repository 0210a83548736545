import {
  ExecutionError,
  checkFeeds,
  checkOutputNames,
  type BackendSessionV1,
  type BackendV1,
  type DeviceV1,
  type NumericTensor,
} from '@switchyard/core';
import { openAcmeModel, type AcmeModel } from './acme-engine.ts';

const ID = 'acme-js';
const DEVICE: DeviceV1 = { id: `${ID}:0`, name: 'JavaScript', kind: 'cpu', software: false };

/** Makes the backend. Loads nothing and looks at nothing. */
export function createAcmeJsBackend(): BackendV1 {
  return {
    specificationVersion: 'v1',
    manifest: {
      id: ID,
      title: 'Acme JavaScript',
      package: { name: '@switchyard/example-third-party-backend', version: '0.0.0' },
      stability: 'experimental',
      optIn: true,
      optInReason: 'It runs models of one operator.',
      deviceKinds: ['cpu'],
      dtypes: ['float32'],
      isolation: { minimum: 'inline', recommended: 'inline' },
      options: {},
    },
    origin: { module: import.meta.url, factory: 'createAcmeJsBackend', arguments: [] },
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [DEVICE] }),
    doProbe: async () => ({ ok: true, devices: [DEVICE], evidence: 'It is JavaScript.' }),
    doDevices: async () => [DEVICE],
    doOpen: async (source) => sessionOf(await openAcmeModel(source)),
  };
}

function sessionOf(model: AcmeModel): BackendSessionV1 {
  const { input, output } = model;
  let closed = false;
  const throwIfClosed = (): void => {
    if (!closed) return;
    throw new ExecutionError('session-closed', 'The session was released before the call.', { backend: ID });
  };
  return {
    inputs: [input],
    outputs: [output],
    device: DEVICE,
    executionProviders: ['JavaScript'],
    async doRun(feeds, { signal, outputs = [output.name] } = {}) {
      throwIfClosed();
      checkFeeds([input], feeds);
      checkOutputNames([output], outputs);
      if (signal?.aborted === true) {
        const message = 'The run was aborted before it began.';
        throw new ExecutionError('aborted', message, { backend: ID, cause: signal.reason as unknown });
      }
      return { [output.name]: model.run(feeds[input.name] as NumericTensor) };
    },
    async doPlacement() {
      throwIfClosed();
      const providers = [{ name: 'JavaScript', nodes: 1, timeShare: 1 }];
      return { source: 'There is one node and one place for it.', complete: true, providers, partitions: 1 };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
    },
  };
}
