// A child of the bare contenders of `scaling.ts`: runs the model until it is told how long is enough.
import { openDirect } from '../contenders/direct-engine.ts';
import { imageValues } from './image-values.ts';

const [path, input] = process.argv.slice(2) as [string, string];
const direct = await openDirect(path, { intraOpNumThreads: 1 });
const values = imageValues();
const once = () => direct.run({ [input]: new direct.engine.Tensor('float32', values, [1, 3, 224, 224]) });
for (let run = 0; run < 3; run += 1) await once();

process.on('message', async (milliseconds: number) => {
  const end = performance.now() + milliseconds;
  let runs = 0;
  for (; performance.now() < end; runs += 1) await once();
  process.send?.(runs);
});
process.send?.('ready');
