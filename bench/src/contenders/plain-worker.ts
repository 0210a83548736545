import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A worker thread that runs a model, or returns what it gets when there is no model. */
export interface PlainWorker extends AsyncDisposable {
  /** Gives `x` away and resolves to the answer. */
  run(x: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>;
}

/** Starts the worker and waits until its session is open. */
export async function openPlainWorker(model: Uint8Array | null): Promise<PlainWorker> {
  const worker = new Worker(new URL('plain-worker-thread.ts', import.meta.url), { workerData: { model } });
  await once(worker, 'message');
  const waiting = new Map<number, (y: Float32Array<ArrayBuffer>) => void>();
  let calls = 0;
  worker.on('message', ({ id, y }: { readonly id: number; readonly y: Float32Array<ArrayBuffer> }) => {
    waiting.get(id)?.(y);
    waiting.delete(id);
  });
  return {
    run(x) {
      const { promise, resolve } = Promise.withResolvers<Float32Array<ArrayBuffer>>();
      const id = (calls += 1);
      waiting.set(id, resolve);
      worker.postMessage({ id, x }, [x.buffer]);
      return promise;
    },
    async [Symbol.asyncDispose]() {
      worker.postMessage('close');
      await once(worker, 'exit');
    },
  };
}
