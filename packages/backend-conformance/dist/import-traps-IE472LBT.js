import "./chunk-UAWBPTDW.js";

// src/child/import-traps.ts
import { createRequire, syncBuiltinESMExports } from "module";
var STEERING = /^(?:SWITCHYARD_|CUDA|NVIDIA|ORT_|ONNXRUNTIME|OPENVINO|OV_|INTEL_|ONEAPI|VK_|LD_|DYLD_|OMP_|HIP_|ROC)/;
async function trapped(work) {
  const require2 = createRequire(import.meta.url);
  await import("http");
  const done = {};
  const note = (what, which) => {
    (done[what] ??= []).push(which);
  };
  const refuse = (what, name) => (
    // A plain function, because some of what it stands for is called with `new`.
    function refused() {
      note(what, name);
      throw new Error(`The conformance kit refuses ${name} during an import.`);
    }
  );
  const lay = (module, name, members, what) => {
    for (const member of members) Object.assign(module, { [member]: refuse(what, `${name}.${member}`) });
  };
  process.dlopen = (_module, file) => {
    note("load the native library", String(file));
    throw new Error(`The conformance kit refuses to load ${String(file)} during an import.`);
  };
  const starting = "start a process or thread with";
  const reaching = "reach for a network with";
  lay(
    require2("node:child_process"),
    "child_process",
    ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"],
    starting
  );
  lay(require2("node:worker_threads"), "worker_threads", ["Worker"], starting);
  lay(require2("node:net"), "net", ["connect", "createConnection", "createServer"], reaching);
  for (const scheme of ["http", "https"]) {
    lay(require2(`node:${scheme}`), scheme, ["request", "get"], reaching);
  }
  lay(require2("node:dgram"), "dgram", ["createSocket"], reaching);
  lay(require2("node:dns"), "dns", ["lookup", "resolve"], reaching);
  lay(globalThis, "globalThis", ["fetch", "WebSocket"], reaching);
  lay(
    require2("node:fs"),
    "fs",
    ["writeFileSync", "writeFile", "mkdirSync", "mkdir", "appendFileSync", "rmSync", "mkdtempSync", "createWriteStream"],
    "write files with"
  );
  syncBuiltinESMExports();
  const real = process.env;
  process.env = new Proxy(real, {
    get(target, name) {
      if (STEERING.test(String(name))) note("read the variable", String(name));
      return Reflect.get(target, name);
    },
    set(target, name, value) {
      note("set the variable", String(name));
      return Reflect.set(target, name, value);
    },
    deleteProperty(target, name) {
      note("delete the variable", String(name));
      return Reflect.deleteProperty(target, name);
    }
  });
  const globals = new Set(Reflect.ownKeys(globalThis));
  const events = new Map(process.eventNames().map((name) => [name, process.listenerCount(name)]));
  const resources = openResources();
  const folder = process.cwd();
  const began = performance.now();
  let problem = null;
  try {
    await work();
  } catch (error) {
    problem = String(error);
  }
  const milliseconds = performance.now() - began;
  for (const key of Reflect.ownKeys(globalThis)) if (!globals.has(key)) note("set the global", String(key));
  for (const name of process.eventNames()) {
    if (process.listenerCount(name) > (events.get(name) ?? 0)) note("listen to the process for", String(name));
  }
  for (const kind of openResources().slice(resources.length)) note("leave open a", kind);
  if (process.cwd() !== folder) note("change the folder to", process.cwd());
  return { problem, done, milliseconds };
}
function openResources() {
  return process.getActiveResourcesInfo().filter((kind) => !/^(?:Pipe|TTY|File|FSReq|Immediate)/.test(kind));
}
export {
  trapped
};
//# sourceMappingURL=import-traps-IE472LBT.js.map