// A program of its own: opens one session with verbose logging, so that its standard error can be read by the
// process that started it. Standard input holds one line of JSON, then the bytes of the model where it has no
// path; descriptor 3 is only there to notice that the parent is gone; the answer goes to descriptor 4.
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { engineSentence } from '../engine-sentence.ts';
import { loadOrtLibrary } from '../load-ort-library.ts';
import type { PlacementAnswer, PlacementTask } from './placement-protocol.ts';

// The engine holds this thread while it opens, so that another one has to see the parent go.
const LIFELINE = `
  const { Socket } = require('node:net');
  new Socket({ fd: 3, readable: true, writable: false })
    .on('error', () => {})
    .on('close', () => process.kill(process.pid, 'SIGKILL'))
    .resume();
`;

async function readTask(): Promise<{ readonly task: PlacementTask; readonly bytes: Buffer }> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const input = Buffer.concat(chunks);
  const end = input.indexOf(0x0a);
  const task = JSON.parse(input.toString('utf8', 0, end)) as PlacementTask;
  return { task, bytes: input.subarray(end + 1) };
}

async function open(): Promise<PlacementAnswer> {
  try {
    const { task, bytes } = await readTask();
    const { library } = loadOrtLibrary(task.backend);
    const session = await library.InferenceSession.create(task.path ?? bytes, {
      ...task.options,
      logSeverityLevel: 0,
    });
    await session.release();
    return { opened: true };
  } catch (error) {
    return { opened: false, sentence: engineSentence(error) };
  }
}

const lifeline = new Worker(LIFELINE, { eval: true });
lifeline.unref();
writeSync(4, JSON.stringify(await open()));
