import { select, type SelectInput } from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import { identityModel } from '@switchyard/onnx/testing';
import {
  DEFAULT_CODEC_LIMITS,
  parseInferRequest,
  writeInferResponse,
  type WireTensor,
} from '@switchyard/open-inference';
import { decodeModelInferRequest, encodeModelInferRequest } from '@switchyard/open-inference/grpc';
import { vectorFeeds } from '../contenders/sizes.ts';
import { openSwitchyard } from '../contenders/switchyard.ts';
import { createEchoBackend } from '../fixtures/echo-backend.ts';

/** One operation, ready to be done again and again. */
export interface Work extends AsyncDisposable {
  once(): unknown;
}

const BYTES_256 = 256;

/** What is watched, by name. Whoever changes a name changes it in `expected.json` too. */
export const WORKS: Readonly<Record<string, () => Promise<Work>>> = {
  'select among 5 backends': async () => {
    const { manifest, predicate } = createEchoBackend();
    const input: SelectInput = {
      known: Array.from({ length: 5 }, (_, index) => {
        const id = `device-${index}`;
        return { state: 'installed', manifest: { ...manifest, id, title: id, optIn: false }, predicate };
      }),
      host: await readHostFacts(),
      settings: [],
    };
    return plain(() => select(input));
  },
  'read a request of 64 floats, JSON': async () => {
    const body = Buffer.from(
      JSON.stringify({ inputs: [{ name: 'x', shape: [1, 64], datatype: 'FP32', data: values() }] }),
    );
    return plain(() =>
      parseInferRequest(body, { headerLength: null, limits: DEFAULT_CODEC_LIMITS, model: 'm' }),
    );
  },
  'write an answer of 64 floats, JSON': async () => {
    const response = {
      modelName: 'm',
      modelVersion: '1',
      id: '',
      parameters: new Map(),
      outputs: [tensor('y')],
    };
    const request = { parameters: new Map(), outputs: [] };
    return plain(() => writeInferResponse(response, request, { nonFinite: 'token' }));
  },
  'read a request of 64 floats, gRPC': async () => {
    const message = encodeModelInferRequest({
      modelName: 'm',
      modelVersion: '',
      request: { id: '', parameters: new Map(), inputs: [tensor('x')], outputs: [] },
    });
    return plain(() => decodeModelInferRequest(message, DEFAULT_CODEC_LIMITS));
  },
  'run inline, 256 B': () => running('inline'),
  'run in a process, 256 B': () => running('process'),
};

function values(): number[] {
  return Array.from({ length: BYTES_256 / 4 }, (_, index) => Math.fround(Math.sin(index)));
}

function tensor(name: string): WireTensor {
  const bytes = new Uint8Array(Float32Array.from(values()).buffer);
  return {
    name,
    datatype: 'FP32',
    shape: [1, 64],
    content: { kind: 'bytes', bytes },
    parameters: new Map(),
  };
}

function plain(once: () => unknown): Work {
  return { once, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function running(isolation: 'inline' | 'process'): Promise<Work> {
  const opened = await openSwitchyard({ isolation, backend: 'cpu', model: identityModel() });
  const feeds = vectorFeeds(BYTES_256);
  return {
    once: () => opened.session.run(feeds),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
