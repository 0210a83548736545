import { ModelError, SwitchyardError, type BackendSessionV1, type PlacementV1 } from '@switchyard/core';
import type { CaseContext, CaseFigures, ConformanceCase } from '../conformance-case.ts';
import { ConformanceFailure, expectThat, shown } from '../conformance-failure.ts';
import { difference, floats, LARGE_PERCEPTRON, MIXED, UNKNOWN_OPERATOR } from '../goldens/models.ts';

const onCpu = (name: string): boolean => /^cpu/i.test(name);

function checkShape(placement: PlacementV1, session: BackendSessionV1): void {
  const { source, complete, providers, partitions } = placement;
  expectThat(source.trim() !== '', 'The placement does not say where it was read from (`source`).');
  for (const { name, nodes, timeShare } of providers) {
    expectThat(
      nodes === null || (Number.isSafeInteger(nodes) && nodes >= 0),
      `\`${name}\` is said to have ${nodes} nodes.`,
    );
    expectThat(
      timeShare === null || (timeShare >= 0 && timeShare <= 1.0001),
      `\`${name}\` is said to have the share ${timeShare} of the time.`,
    );
    expectThat(
      onCpu(name) || session.executionProviders.includes(name),
      `Nodes are said to be on \`${name}\`, with which the session was not opened (${session.executionProviders.join(', ')}).`,
    );
  }
  const shares = providers.map(({ timeShare }) => timeShare ?? 0).reduce((sum, share) => sum + share, 0);
  expectThat(shares <= 1.01, `The shares of the time add up to ${shares}.`);
  expectThat(partitions === null || partitions >= 0, `The graph is said to be cut into ${partitions} parts.`);
  if (!complete) return;
  const counted = providers.every(({ nodes }) => nodes !== null);
  const nodes = providers.reduce((sum, provider) => sum + (provider.nodes ?? 0), 0);
  expectThat(
    counted && nodes > 0,
    `The placement is said to be complete, and accounts for ${counted ? nodes : 'an unknown number of'} nodes: ${shown(providers)}.`,
  );
}

function figuresOf({ complete, providers }: PlacementV1): CaseFigures {
  const nodes = providers.map(({ name, nodes: count }) => `${name} ${count ?? '?'}`).join(', ');
  return { complete: String(complete), nodes: nodes === '' ? 'none' : nodes };
}

/** K8: where it really runs. */
export const PLACEMENT_CASES: readonly ConformanceCase[] = [
  {
    id: 'K8.1',
    title: 'a session says on which device it is, as the engine reports it',
    change:
      'Read the device back from the engine after opening; refuse a session on any other than the one that was asked for.',
    needs: 'device',
    place: 'session',
    async run(context) {
      const { device } = context;
      await using session = await context.open(difference('float32'));
      const found = session.device;
      expectThat(
        found.id === device.id,
        `\`${device.id}\` was asked for, and the session says that it is on \`${found.id}\`.`,
      );
      expectThat(
        found.kind === device.kind && (found.software === device.software || device.software === 'unknown'),
        `The probe called \`${device.id}\` ${device.kind}, software ${device.software}; the session calls it ${found.kind}, software ${found.software}.`,
      );
      expectThat(session.executionProviders.length > 0, 'The session names no execution provider.');
      const names = [...session.inputs, ...session.outputs].map(({ name }) => name).toSorted();
      expectThat(
        shown(names) === shown(['a', 'b', 'difference']),
        `The session says that its inputs and outputs are ${shown(names)}.`,
      );
      return { device: found.name, software: String(found.software), kind: found.kind };
    },
  },
  {
    id: 'K8.2',
    title: 'the placement accounts for nodes that exist, on providers that were asked for',
    change: 'Report only what the engine tells: `complete: false` and `nodes: null` where it does not.',
    needs: 'device',
    place: 'session',
    async run(context) {
      await using session = await context.open(LARGE_PERCEPTRON);
      const feeds = {
        x: floats(
          [2, 64],
          Array.from({ length: 128 }, (_, index) => index / 128),
        ),
      };
      const cold = await session.doPlacement();
      checkShape(cold, session);
      const measured = await session.doPlacement({ feeds });
      checkShape(measured, session);
      await session.doRun(feeds);
      return figuresOf(measured.complete ? measured : cold);
    },
  },
  {
    id: 'K8.3',
    title: 'an operator that no engine has is refused, strict or not',
    change: 'Reject with a ModelError when the engine does not know an operator; never leave a node out.',
    needs: 'device',
    place: 'session',
    async run(context) {
      for (const strict of [false, true]) {
        const how = strict ? 'in strict mode' : 'without strict mode';
        const problem = await context.open(UNKNOWN_OPERATOR, { strict }).then(
          async (session) => {
            await session[Symbol.asyncDispose]();
            return `A model with an operator that does not exist was opened ${how}.`;
          },
          (error: unknown) => {
            if (ModelError.isInstance(error)) return null;
            const code = SwitchyardError.isInstance(error) ? error.code : String(error);
            return `A model with an operator that does not exist was refused ${how} with ${shown(code)}, which is no ModelError.`;
          },
        );
        if (problem !== null) throw new ConformanceFailure(problem);
      }
      return undefined;
    },
  },
  {
    id: 'K8.4',
    title: 'in strict mode every node is on the device, or the model is refused',
    change:
      'Refuse a strict opening when a node would run elsewhere, and say in the placement where nodes are.',
    needs: 'device',
    place: 'session',
    run: (context) => checkStrict(context),
  },
];

async function checkStrict(context: CaseContext): Promise<CaseFigures> {
  let session: BackendSessionV1;
  try {
    session = await context.open(MIXED, { strict: true });
  } catch (error) {
    expectThat(
      SwitchyardError.isInstance(error),
      () => `A strict opening was refused with ${shown(String(error))}, which has no code.`,
    );
    return { strict: `refused, ${error.code}` };
  }
  try {
    const placement = await session.doPlacement({ feeds: { x: floats([4], [1, 2, 2, 1]) } });
    checkShape(placement, session);
    // Where the device is the processor itself there is nowhere else to be.
    const own = session.executionProviders.every((name) => onCpu(name));
    const elsewhere = own ? [] : placement.providers.filter(({ name, nodes }) => onCpu(name) && nodes !== 0);
    expectThat(
      elsewhere.length === 0,
      `In strict mode on \`${context.device.id}\`, ${elsewhere[0]?.nodes ?? 'some'} nodes are on \`${elsewhere[0]?.name ?? ''}\`.`,
    );
    return { strict: 'opened', ...figuresOf(placement) };
  } finally {
    await session[Symbol.asyncDispose]();
  }
}
