// node --conditions=@switchyard/source exit-program.ts ISOLATION MODE: a program that ends at a bad moment.
import { createCpuBackend } from '@switchyard/backend-cpu';
import { makeTensor, type IsolationV1 } from '@switchyard/core';
import { hostFactsOf } from '@switchyard/core/testing';
import { loopModel } from '@switchyard/onnx/testing';
import { createRuntime } from '../../create-runtime.ts';
import { openIsolated } from '../open-isolated.ts';

const [isolation, mode] = process.argv.slice(2) as [IsolationV1, string];
const ENDLESS = Number.MAX_SAFE_INTEGER;
const feeds = (count: number) => ({
  count: makeTensor('int64', [], [count]),
  start: makeTensor('float32', [1], [0]),
  step: makeTensor('float32', [1], [1]),
});
const backend = createCpuBackend();
const [device] = await backend.doDevices({ host: hostFactsOf() });
const model = { bytes: loopModel(), name: 'loop' };
const exitWaitMs = mode === 'exit-endless' ? 300 : 20_000;
const opening = openIsolated(backend, isolation, model, { device: device!, options: {} }, { exitWaitMs });
if (mode === 'exit-during-open') {
  setTimeout(() => process.exit(7), Number(process.argv[4]));
}
const session = await opening;
switch (mode) {
  case 'exit-during-run':
    session.doRun(feeds(400_000)).catch(() => {});
    setTimeout(() => process.exit(7), 60);
    break;
  case 'exit-with-queue':
    for (let call = 0; call < 50; call += 1) session.doRun(feeds(200_000)).catch(() => {});
    setTimeout(() => process.exit(7), 60);
    break;
  case 'throw-during-run':
    session.doRun(feeds(400_000)).catch(() => {});
    setTimeout(() => {
      throw new Error('on purpose');
    }, 60);
    break;
  case 'exit-endless':
    session.doRun(feeds(ENDLESS)).catch(() => {});
    setTimeout(() => process.exit(7), 60);
    break;
  case 'idle':
    await session.doRun(feeds(1));
    break;
  case 'pending':
    void session.doRun(feeds(100_000)).then(({ result }) => {
      return process.stdout.write(`result ${result!.shape.join()}\n`);
    });
    break;
  case 'close-last':
    await session[Symbol.asyncDispose]();
    process.stdout.write('closed\n');
    break;
  case 'endless':
    void session.doRun(feeds(ENDLESS));
    process.stdout.write(`${session.isolation.pid} ${session.isolation.sharedMemory}\n`);
    break;
  case 'leak': {
    const runtime = await createRuntime({ backends: [backend], settings: [], isolation });
    process.on('warning', (warning) => {
      process.stdout.write(`${(warning as { code?: string }).code}: ${warning.message}\n`);
      clearInterval(collecting);
    });
    await (async () => void (await (await runtime.open(model)).run(feeds(1))))();
    const collecting = setInterval(() => globalThis.gc!(), 20);
    break;
  }
  default:
}
