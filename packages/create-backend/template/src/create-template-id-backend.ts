import {
  EngineError,
  ModelError,
  errorText,
  makeReason,
  type BackendV1,
  type ModelSourceV1,
} from '@switchyard/core';
import { loadEngine, type Engine } from './engine.ts';
import { ID, PACKAGE, TITLE } from './identity.ts';
import { MANIFEST } from './manifest.ts';
import { predicate } from './predicate.ts';
import { isTold, sessionOf, throwIfAborted } from './session.ts';

/** Makes the backend. Loads nothing and looks at nothing. */
export function createTemplateIdBackend(): BackendV1 {
  return {
    specificationVersion: 'v1',
    manifest: MANIFEST,
    origin: { module: import.meta.url, factory: 'createTemplateIdBackend', arguments: [] },
    predicate,
    async doProbe({ host }) {
      try {
        const devices = (await load()).devices(host);
        if (devices.length > 0)
          return { ok: true, devices, evidence: `${TITLE} was loaded and lists its devices.` };
        const message = `${TITLE} was loaded and lists no device.`;
        return { ok: false, reason: makeReason('hardware-absent', message, {}, null) };
      } catch (error) {
        if (EngineError.isInstance(error)) return { ok: false, reason: error.reason };
        const message = `${TITLE} cannot list its devices: ${errorText(error)}.`;
        return { ok: false, reason: makeReason('probe-failed', message, {}, null) };
      }
    },
    async doDevices({ host }) {
      return (await load()).devices(host);
    },
    async doOpen(source, { device, options, strict = false, signal }) {
      throwIfAborted(signal);
      const engine = await load();
      try {
        const request = { device, options, strict, ...(signal === undefined ? {} : { signal }) };
        return sessionOf(await engine.open(source, request));
      } catch (cause) {
        throwIfAborted(signal);
        if (isTold(cause)) throw cause;
        const model = nameOf(source);
        const message = `${TITLE} could not open \`${model}\`: ${errorText(cause)}.`;
        throw new ModelError('model-unsupported', message, { model, cause });
      }
    },
  };
}

async function load(): Promise<Engine> {
  try {
    return await loadEngine();
  } catch (cause) {
    const message = `The engine of ${TITLE} could not be loaded: ${errorText(cause)}.`;
    const reason = makeReason('package-missing', message, {}, `npm install ${PACKAGE}`);
    throw new EngineError({ backend: ID, reason, cause });
  }
}

function nameOf(source: ModelSourceV1): string {
  return 'path' in source ? source.path : source.name;
}
