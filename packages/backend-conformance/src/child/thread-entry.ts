// One of two threads in which the backend works at the same time.
import { parentPort, workerData } from 'node:worker_threads';
import type { ChildRequest } from './child-protocol.ts';
import { deviceOf, makeAgain, openAndRun } from './make-again.ts';

const request = workerData as ChildRequest;
const subject = { backend: await makeAgain(request.origin), device: deviceOf(request) };
const { session, values } = await openAndRun(subject);
await session[Symbol.asyncDispose]();
parentPort?.postMessage(values);
