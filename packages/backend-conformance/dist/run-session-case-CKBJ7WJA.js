import {
  caseOf,
  runSessionCase,
  settleCase
} from "./chunk-YQYXCHMA.js";
import "./chunk-2W2LR6AV.js";
import "./chunk-RELHHSQE.js";
import "./chunk-UAWBPTDW.js";
export {
  caseOf,
  runSessionCase,
  settleCase
};
//# sourceMappingURL=run-session-case-CKBJ7WJA.js.map