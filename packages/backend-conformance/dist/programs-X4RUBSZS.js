import {
  openWith,
  programOf
} from "./chunk-2W2LR6AV.js";
import {
  deviceOf,
  difference,
  floats,
  makeAgain,
  openAndRun,
  openModel
} from "./chunk-RELHHSQE.js";
import "./chunk-UAWBPTDW.js";

// src/child/programs.ts
import nodeModule, { createRequire, syncBuiltinESMExports } from "module";
import { join } from "path";
import { mkdirSync } from "fs";
import { Worker } from "worker_threads";
import { deepFreeze } from "@switchyard/core";
import { loadMachine, MACHINE_NAMES } from "@switchyard/core/machines";
var SESSIONS = 36;
var SAMPLES = 30;
var RUNS_PER_SAMPLE = 40;
var PROGRAMS = {
  predicate: askWithNothingElse,
  artifacts: async (request, answer) => {
    const backend = await makeAgain(request.origin);
    const { trapped } = await import("./import-traps-IE472LBT.js");
    answer(
      await trapped(async () => {
        await backend.doArtifacts?.(request.host);
      })
    );
  },
  "work-and-end": async (request, answer) => {
    const { session, values } = await openAndRun(await subjectOf(request));
    await session[Symbol.asyncDispose]();
    answer({ worked: values.join(",") === "4,6" });
  },
  "end-in-flight": async (request, answer) => {
    const { session } = await openAndRun(await subjectOf(request));
    const feeds = { a: floats([2], [5, 10]), b: floats([2], [1, 4]) };
    for (let run = 0; run < 16; run += 1) session.doRun(feeds).catch(() => void 0);
    answer({ running: true });
    await session[Symbol.asyncDispose]();
  },
  leak: measureMemory,
  "side-effects": watchSideEffects,
  "probe-again": probeTwice,
  "option-set": async (request, answer) => {
    const problem = await openWith(await subjectOf(request), request.more["values"]);
    answer({ problem });
  },
  copies: workAsCopies,
  workers: workInThreads
};
async function subjectOf(request) {
  return { backend: await makeAgain(request.origin), device: deviceOf(request) };
}
async function askWithNothingElse(request, answer) {
  const backend = await makeAgain(request.origin);
  const hosts = [
    ...await Promise.all(MACHINE_NAMES.map((name) => loadMachine(name))),
    deepFreeze(request.host)
  ];
  const require2 = createRequire(import.meta.url);
  const touched = /* @__PURE__ */ new Set();
  const watching = [];
  const watch = (target, name, member) => {
    const before = Object.getOwnPropertyDescriptor(target, member);
    if (before?.configurable !== true) return;
    const value = target[member];
    Object.defineProperty(target, member, {
      configurable: true,
      get() {
        touched.add(`\`${name}.${member}\``);
        return value;
      }
    });
    watching.push(() => Object.defineProperty(target, member, before));
  };
  for (const member of ["env", "platform", "arch", "versions", "cwd", "report", "hrtime", "pid", "argv", "memoryUsage", "dlopen"]) {
    watch(process, "process", member);
  }
  watch(Date, "Date", "now");
  watch(Math, "Math", "random");
  watch(performance, "performance", "now");
  watch(globalThis, "globalThis", "fetch");
  for (const module of ["fs", "os", "child_process"]) {
    const loaded = require2(`node:${module}`);
    for (const member of Object.keys(loaded)) {
      if (/^(?:read|exists|stat|lstat|access|open|readdir|spawn|exec|platform|arch|cpus|release|hostname)/.test(member)) {
        watch(loaded, module, member);
      }
    }
  }
  syncBuiltinESMExports();
  touched.clear();
  for (const host of hosts) backend.predicate(host);
  const found = [...touched];
  for (const undo of watching) undo();
  answer({ touched: found, machines: hosts.length });
}
async function measureMemory(request, answer) {
  const subject = await subjectOf(request);
  const collect = globalThis.gc ?? (() => void 0);
  const resident = () => {
    collect();
    return process.memoryUsage.rss();
  };
  const sessions = [];
  for (let count = 0; count < SESSIONS; count += 1) {
    const { session: session2 } = await openAndRun(subject);
    await session2[Symbol.asyncDispose]();
    sessions.push(resident());
  }
  const session = await openModel(subject, difference("float32"));
  const feeds = { a: floats([2], [5, 10]), b: floats([2], [1, 4]) };
  const runs = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    for (let run = 0; run < RUNS_PER_SAMPLE; run += 1) await session.doRun(feeds);
    runs.push(resident());
  }
  await session[Symbol.asyncDispose]();
  answer({ sessions, runs, runsPerSample: RUNS_PER_SAMPLE });
}
async function watchSideEffects(request, answer) {
  const folder = String(request.more["folder"]);
  const work = join(folder, "work");
  const temporary = join(folder, "temporary");
  mkdirSync(work);
  mkdirSync(temporary);
  process.chdir(work);
  for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = temporary;
  const subject = await subjectOf(request);
  const variables = { ...process.env };
  const counts = new Map(process.eventNames().map((name) => [name, process.listenerCount(name)]));
  await subject.backend.doDevices({ host: request.host });
  const { session } = await openAndRun(subject);
  await session.doPlacement();
  await session.doPlacement({ feeds: { a: floats([2], [5, 10]), b: floats([2], [1, 4]) } });
  await session[Symbol.asyncDispose]();
  const names = /* @__PURE__ */ new Set([...Object.keys(variables), ...Object.keys(process.env)]);
  answer({
    variables: [...names].filter((name) => variables[name] !== process.env[name]),
    cwd: process.cwd(),
    listeners: process.eventNames().filter((name) => process.listenerCount(name) > (counts.get(name) ?? 0)).map(String)
  });
}
async function probeTwice(request, answer) {
  const { host, origin } = request;
  const verdict = async (backend, signal) => {
    const result = await backend.doProbe({ host, ...signal === void 0 ? {} : { signal } });
    return result.ok ? { ok: true, devices: result.devices.map(({ id }) => id) } : { ok: false, code: result.reason.code };
  };
  const interrupted = await makeAgain(origin);
  await verdict(interrupted, AbortSignal.abort()).catch(() => void 0);
  const again = await verdict(interrupted);
  answer({ clean: await verdict(await makeAgain(origin)), again });
}
async function workAsCopies(request, answer) {
  const device = deviceOf(request);
  const { origin } = request;
  const one = await openAndRun({ backend: await makeAgain(origin), device });
  const { registerHooks } = nodeModule;
  const hooks = registerHooks?.({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const copied = found.url.startsWith("file:") && !found.url.includes("?") && found.format !== "commonjs";
      return copied && found.format !== "json" ? { ...found, url: `${found.url}?copy=2` } : found;
    }
  });
  const other = await openAndRun({
    backend: await makeAgain({ ...origin, module: `${origin.module}?copy=2` }),
    device
  });
  hooks?.deregister();
  const again = await openAndRun({ backend: await makeAgain(origin), device });
  for (const { session } of [one, other, again]) await session[Symbol.asyncDispose]();
  answer({ results: [one.values, other.values, again.values] });
}
async function workInThreads(request, answer) {
  const program = programOf("thread-entry");
  const results = await Promise.all(
    [1, 2].map(
      () => new Promise((resolve, reject) => {
        const worker = new Worker(program, { workerData: request });
        let found = null;
        worker.once("message", (message) => found = message);
        worker.once("error", reject);
        worker.once("exit", () => resolve(found));
      })
    )
  );
  answer({ results });
}
export {
  PROGRAMS
};
//# sourceMappingURL=programs-X4RUBSZS.js.map