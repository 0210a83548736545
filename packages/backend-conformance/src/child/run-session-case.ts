import { errorText } from '@switchyard/core';
import { CONFORMANCE_CASES } from '../cases/cases.ts';
import type { CaseContext, ConformanceCase } from '../conformance-case.ts';
import { ConformanceFailure } from '../conformance-failure.ts';
import type { CaseAnswer, ChildRequest } from './child-protocol.ts';
import { deviceOf, makeAgain, openModel } from './make-again.ts';
import { startChild } from './start-child.ts';

/** The case of an id. */
export function caseOf(id: string): ConformanceCase {
  const found = CONFORMANCE_CASES.find((one) => one.id === id);
  if (found === undefined) throw new TypeError(`The conformance kit has no case \`${id}\`.`);
  return found;
}

/** Runs a case, and makes an answer of whatever it throws. */
export async function settleCase(one: ConformanceCase, context: CaseContext): Promise<CaseAnswer> {
  try {
    return { case: one.id, failure: null, figures: (await one.run(context)) ?? {} };
  } catch (error) {
    const failure =
      error instanceof ConformanceFailure
        ? error.message
        : `It threw ${error instanceof Error ? error.name : 'something'}: ${errorText(error)}`;
    return { case: one.id, failure, figures: {} };
  }
}

const made = new Map<ChildRequest, Promise<CaseContext>>();

/** Runs a case in this process, with a backend that is made once. */
export async function runSessionCase(request: ChildRequest, id: string): Promise<CaseAnswer> {
  let context = made.get(request);
  if (context === undefined) {
    context = contextOf(request);
    made.set(request, context);
  }
  return settleCase(caseOf(id), await context);
}

async function contextOf(request: ChildRequest): Promise<CaseContext> {
  const { host, settings, probe } = request;
  const backend = await makeAgain(request.origin);
  const device = deviceOf(request);
  return {
    backend,
    host,
    settings,
    probe,
    device,
    create: () => backend,
    open: (model, context) => openModel({ backend, device }, model, context),
    child: (mode, more = {}) => startChild({ ...request, mode, more }).end(),
  };
}
