// Prints what one operation of each work allocates in bytes, as JSON. Needs `--expose-gc` and a young
// generation that holds all of what is measured, so that nothing is collected in between.
import { setTimeout as pause } from 'node:timers/promises';
import { WORKS } from './works.ts';

const WARM_UP = 20_000;
const TIMES = 500;
/** Of so many measurements the smallest counts: the engine's own compiler allocates at times of its own. */
const MEASUREMENTS = 5;

const collect = globalThis.gc;
if (collect === undefined) throw new TypeError('Start this with `--expose-gc`.');

const counted: Record<string, number> = {};
for (const [name, prepare] of Object.entries(WORKS)) {
  await using work = await prepare();
  for (let time = 0; time < WARM_UP; time += 1) await work.once();
  let least = Infinity;
  for (let measurement = 0; measurement < MEASUREMENTS; measurement += 1) {
    await settle(collect);
    const before = allocated();
    for (let time = 0; time < TIMES; time += 1) await work.once();
    least = Math.min(least, (allocated() - before) / TIMES);
  }
  counted[name] = Math.round(least);
}
console.log(JSON.stringify(counted));
process.exit();

/** Memory outside the heap is given back a little after the collection that found it free. */
async function settle(collectNow: () => void): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    collectNow();
    await pause(5);
  }
}

function allocated(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
