// node --conditions=@switchyard/source packages/backend-conformance/scripts/generate-operator-reference.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { OPERATOR_REFERENCE, operatorEvidence, referenceWith } from './operator-reference.ts';

writeFileSync(
  OPERATOR_REFERENCE,
  referenceWith(readFileSync(OPERATOR_REFERENCE, 'utf8'), operatorEvidence()),
);
