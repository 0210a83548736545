import "../chunk-UAWBPTDW.js";

// src/child/child-entry.ts
import { writeSync } from "fs";
import { createInterface } from "readline";

// src/child/child-protocol.ts
var ANSWERS = 3;

// src/child/child-entry.ts
var input = createInterface({ input: process.stdin });
var lines = input[Symbol.asyncIterator]();
var first = await lines.next();
var request = JSON.parse(String(first.value));
switch (request.mode) {
  case "import": {
    input.close();
    process.stdin.destroy();
    const { trapped } = await import("../import-traps-GP5QPBI2.js");
    const record = await trapped(async () => {
      const module = await import(request.origin.module);
      await module[request.origin.factory](
        ...request.origin.arguments
      );
    });
    answer(record);
    break;
  }
  case "cases": {
    const { runSessionCase } = await import("../run-session-case-VXPBGTRR.js");
    for (; ; ) {
      const { value, done } = await lines.next();
      if (done === true) break;
      answer(await runSessionCase(request, JSON.parse(value).run));
    }
    break;
  }
  default: {
    input.close();
    process.stdin.destroy();
    const { PROGRAMS } = await import("../programs-GI5ZZSS7.js");
    await PROGRAMS[request.mode](request, answer);
  }
}
function answer(value) {
  const line = Buffer.from(`${JSON.stringify(value)}
`);
  for (let at = 0; at < line.length; ) at += writeSync(ANSWERS, line, at);
}
//# sourceMappingURL=child-entry.js.map