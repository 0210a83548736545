import {
  createConformance
} from "./chunk-Z2NQCAGA.js";
import "./chunk-23GIZEZJ.js";
import "./chunk-WNCUO3DC.js";
import "./chunk-QEQGQLIR.js";
import "./chunk-UAWBPTDW.js";

// src/describe-backend.ts
import { afterAll, describe, expect, it } from "vitest";
function describeBackend(options) {
  const conformance = createConformance(options);
  describe(`conformance of \`${options.create().manifest.id}\``, () => {
    afterAll(() => conformance[Symbol.asyncDispose]());
    it.for(conformance.cases)(
      "$id $title",
      { timeout: options.timeoutMs ?? 24e4 },
      async ({ id }, { skip }) => {
        const { status, detail, instead } = await conformance.run(id);
        if (status === "failed") expect.fail(detail ?? id);
        if (status === "skipped") skip(`${detail ?? ""} Instead: ${instead ?? ""}`);
      }
    );
  });
}
export {
  describeBackend
};
//# sourceMappingURL=vitest.js.map