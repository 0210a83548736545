import "../chunk-UAWBPTDW.js";

// src/child/faults.ts
import { writeSync } from "fs";
async function createFaultyBackend(origin, fault) {
  const module = await import(origin.module);
  const backend = await module[origin.factory](
    ...origin.arguments
  );
  return {
    ...backend,
    doProbe: async (context) => {
      await misbehave(fault);
      return backend.doProbe(context);
    }
  };
}
async function misbehave(fault) {
  switch (fault) {
    case "abort":
      process.abort();
      return;
    case "segfault":
      process.kill(process.pid, "SIGSEGV");
      return stay();
    case "hang":
      return stay();
    case "noise":
      writeSync(1, 'This is no answer.\n{"type":"done"}\n');
      writeSync(2, "Nor is this.\n");
      return;
    case "garbage":
      writeSync(3, '{"type":"end","level":\n');
      return stay();
    case "memory": {
      const held = [];
      for (; ; ) {
        held.push(Buffer.alloc(8 * 1024 * 1024, 1));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  }
}
function stay() {
  return new Promise(() => setInterval(() => void 0, 1e3));
}
export {
  createFaultyBackend
};
//# sourceMappingURL=faults.js.map