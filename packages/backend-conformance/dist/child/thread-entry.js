import {
  deviceOf,
  makeAgain,
  openAndRun
} from "../chunk-QEQGQLIR.js";
import "../chunk-UAWBPTDW.js";

// src/child/thread-entry.ts
import { parentPort, workerData } from "worker_threads";
var request = workerData;
var subject = { backend: await makeAgain(request.origin), device: deviceOf(request) };
var { session, values } = await openAndRun(subject);
await session[Symbol.asyncDispose]();
parentPort?.postMessage(values);
//# sourceMappingURL=thread-entry.js.map