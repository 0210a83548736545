import type { PlacementV1 } from '@switchyard/core';
import { countBy } from './parse-placement-profile.ts';
import type { CoremlCapability } from './parse-coreml-capability.ts';
import type { ProfileResult } from './profile-run.ts';
import type { PlacementLogResult } from './read-placement-log.ts';

const CPU = 'CPUExecutionProvider';
const COREML = 'CoreMLExecutionProvider';

interface Records {
  /** Providers of the session, the accelerator first. */
  readonly executionProviders: readonly string[];
  readonly log: PlacementLogResult;
  /** `null` when no run was asked for. */
  readonly profile: ProfileResult | null;
}

/**
 * Puts the two records of the engine together. The log has every node, those of branches not taken
 * included; the profile has time, order and operators of the nodes that ran.
 */
export function describePlacement({ executionProviders, log, profile }: Records): PlacementV1 {
  const logged = log.ok ? log.placement.providers : null;
  const run = profile?.ok === true ? profile.run : null;
  const coreml = log.ok ? sumOf(log.placement.coreml) : null;
  const total = run?.providers.reduce((sum, { time }) => sum + time, 0) ?? 0;
  const names = new Set([
    ...executionProviders,
    ...(logged ?? []).map(({ name }) => name),
    ...(run?.providers ?? []).map(({ name }) => name),
  ]);
  const providers = [...names].map((name) => {
    const inLog = logged?.find((each) => each.name === name);
    const inRun = run?.providers.find((each) => each.name === name);
    // What CoreML took has become one node for each part, which says nothing of how much it is.
    const taken = name === COREML ? (coreml?.supported ?? null) : null;
    const counted = logged === null ? (run === null ? null : (inRun?.nodes ?? 0)) : (inLog?.nodes ?? 0);
    const nodes = taken ?? counted;
    const operators = taken === null ? operatorsOf(nodes, inLog?.listed ?? null, inRun) : null;
    return {
      name,
      nodes,
      timeShare: run === null || total === 0 ? null : (inRun?.time ?? 0) / total,
      ...(operators === null ? {} : { operators }),
    };
  });
  const single = logged !== null && logged.filter(({ nodes }) => nodes > 0).length === 1;
  const onlyCpu = executionProviders.length === 1 && executionProviders[0] === CPU;
  return {
    source: sourceText({ executionProviders, log, profile }, onlyCpu),
    complete: log.ok || onlyCpu,
    providers,
    partitions: coreml === null ? (single ? 1 : (run?.stretches ?? null)) : coreml.partitions,
  };
}

/** All graphs of a model together, or `null` where CoreML was not asked. */
function sumOf(graphs: readonly CoremlCapability[] | undefined): CoremlCapability | null {
  if (graphs === undefined) return null;
  const sum = { partitions: 0, nodes: 0, supported: 0 };
  for (const graph of graphs) {
    sum.partitions += graph.partitions;
    sum.nodes += graph.nodes;
    sum.supported += graph.supported;
  }
  return sum;
}

/** Operators of every node of a provider, or `null` where only some of them are known. */
function operatorsOf(
  nodes: number | null,
  listed: readonly { readonly operator: string }[] | null,
  inRun: { readonly nodes: number; readonly operators: Readonly<Record<string, number>> } | undefined,
): Readonly<Record<string, number>> | null {
  if (nodes === 0) return {};
  if (listed !== null) return countBy(listed.map(({ operator }) => operator));
  return inRun !== undefined && inRun.nodes === nodes ? inRun.operators : null;
}

function sourceText({ log, profile }: Records, onlyCpu: boolean): string {
  const said: string[] = [];
  if (log.ok) {
    const { providers } = log.placement;
    const all = providers.reduce((sum, { nodes }) => sum + nodes, 0);
    said.push(
      `Nodes: the placement log of ONNX Runtime for the same model and options in a process of its own; all ${all} nodes after optimisation, those in subgraphs included.`,
    );
    const coreml = sumOf(log.placement.coreml);
    if (coreml !== null) {
      const parts = coreml.partitions === 1 ? 'part' : 'parts';
      said.push(
        `CoreML took ${coreml.supported} of ${coreml.nodes} nodes in ${coreml.partitions} ${parts}; each part is one node of the engine.`,
      );
    }
    if (profile?.ok === true) {
      const ran = profile.run.providers.reduce((sum, { nodes }) => sum + nodes, 0);
      const idle = Math.max(0, all - ran);
      said.push(
        `Time and order: its profile of one run after a warm-up; ${ran} nodes ran${idle === 0 ? '' : `, ${idle} did not (branches not taken, or copies the run did not need)`}.`,
      );
    }
  } else {
    if (onlyCpu) said.push('The session has no provider but that of the CPU, so every node is there.');
    if (profile?.ok === true) {
      const ran = profile.run.providers.reduce((sum, { nodes }) => sum + nodes, 0);
      said.push(
        `The profile of ONNX Runtime for one run after a warm-up: the ${ran} nodes that ran; those in branches not taken are not in it.`,
      );
    }
    said.push(`The placement log could not be had: ${log.reason.message}`);
  }
  if (profile?.ok === false) said.push(`Time was not measured: ${profile.why}`);
  if (profile === null) said.push('Time was not measured, because no inputs were given.');
  return said.join(' ');
}
