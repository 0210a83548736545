import {
  createConformance
} from "./chunk-Z2NQCAGA.js";
import {
  CONFORMANCE_CASES
} from "./chunk-23GIZEZJ.js";
import "./chunk-WNCUO3DC.js";
import {
  LARGE_PERCEPTRON
} from "./chunk-QEQGQLIR.js";
import {
  __callDispose,
  __using
} from "./chunk-UAWBPTDW.js";

// src/version.ts
var VERSION = "0.0.0";

// src/evidence/canonical.ts
import { createHash } from "crypto";
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map((member) => canonical(member)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== void 0).toSorted(([left], [right]) => left < right ? -1 : 1);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(",")}}`;
}
function hashOf(document) {
  const { hash: _, ...content } = document;
  return `sha256:${createHash("sha256").update(canonical(content)).digest("hex")}`;
}

// src/evidence/evidence.ts
function makeEvidence(parts) {
  const content = { schema: 1, kit: VERSION, ...parts, verdict: verdictOf(parts) };
  return { ...content, hash: hashOf(content) };
}
function evidenceProblem(document) {
  if (typeof document !== "object" || document === null) return "It is no object.";
  const evidence = document;
  if (evidence.schema !== 1) return `Its \`schema\` is ${String(evidence.schema)}, and not 1.`;
  if (!Array.isArray(evidence.results) || evidence.results.length === 0) return "It has no results.";
  const hash = hashOf(document);
  if (evidence.hash !== hash)
    return `Its \`hash\` is not that of its content (${hash}): it was changed after it was written.`;
  const verdict = verdictOf(evidence);
  return evidence.verdict === verdict ? null : `Its verdict is ${evidence.verdict}, and its results say ${verdict}.`;
}
function verdictOf({
  device,
  results,
  parity
}) {
  const clean = results.length > 0 && results.every(({ status }) => status === "passed");
  const agrees = parity !== null && parity.length > 0 && parity.every((output) => output.agrees);
  return device !== null && clean && agrees ? "verified" : "not-verified";
}

// src/run-conformance.ts
async function runConformance(options) {
  var _stack = [];
  try {
    const conformance = __using(_stack, createConformance(options), true);
    const results = [];
    for (const { id } of conformance.cases) {
      options.onCase?.(id, null);
      const result = await conformance.run(id);
      results.push(result);
      options.onCase?.(id, result);
    }
    const count = (status) => results.filter((result) => result.status === status).length;
    return {
      results,
      machine: await conformance.machine(),
      passed: count("passed"),
      failed: count("failed"),
      skipped: count("skipped")
    };
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
export {
  CONFORMANCE_CASES,
  LARGE_PERCEPTRON as EVIDENCE_MODEL,
  VERSION,
  createConformance,
  evidenceProblem,
  makeEvidence,
  runConformance
};
//# sourceMappingURL=index.js.map