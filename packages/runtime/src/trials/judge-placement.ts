import type { DeviceV1, PlacementV1 } from '@switchyard/core';
import type { TrialPolicy } from './trial-policy.ts';
import type { Verdict } from './verdict.ts';

/** Shares of a session that ran on the device's own execution providers. */
export interface PlacementShare {
  /** Nodes on the device and nodes that count, or `null` where the engine does not tell. */
  readonly nodes: { readonly device: number; readonly counted: number } | null;
  /** Nodes left on the CPU that only compute shapes and were not counted. */
  readonly shapeNodes: number;
  /** Share of the time from 0 to 1, or `null` where it was not measured. */
  readonly timeShare: number | null;
}

/** Operators on shapes and indices, which engines keep on the CPU because their results steer the host. */
const SHAPE_OPERATORS: ReadonlySet<string> = new Set([
  'Cast',
  'Concat',
  'Constant',
  'ConstantOfShape',
  'Equal',
  'Expand',
  'Gather',
  'Identity',
  'Range',
  'Reshape',
  'Shape',
  'Size',
  'Slice',
  'Squeeze',
  'Unsqueeze',
]);

/**
 * Whether enough of a model ran on the device. What the engine does not account for in full is no verdict,
 * and never a pass.
 */
export function judgePlacement(
  placement: PlacementV1,
  device: DeviceV1,
  policy: TrialPolicy['placement'],
): Verdict & { readonly share: PlacementShare } {
  const share = shareOf(placement, device, policy.allowHostShapeOps);
  const { nodes, timeShare } = share;
  const said = `${describeShare(share)} on ${device.name} (${placement.source})`;
  if (placement.providers.length === 0 || (nodes === null && timeShare === null)) {
    return {
      verdict: 'none',
      text: `The engine does not tell where the nodes ran: ${placement.source}`,
      share,
    };
  }
  if (!placement.complete && timeShare === null) {
    return {
      verdict: 'none',
      text: `The engine does not account for every node, and does not tell the time: ${said}.`,
      share,
    };
  }
  if (nodes?.device === 0 || (nodes === null && timeShare === 0)) {
    return { verdict: 'failed', text: `It is not running there: ${said}.`, share };
  }
  if (timeShare !== null) {
    const enough = timeShare >= policy.minimumTimeShare;
    return {
      verdict: enough ? 'passed' : 'failed',
      text: floorText(said, 'time', policy.minimumTimeShare, enough),
      share,
    };
  }
  if (nodes === null || nodes.counted === 0) {
    return { verdict: 'none', text: `No node is left that says anything: ${said}.`, share };
  }
  const enough = nodes.device / nodes.counted >= policy.minimumNodeShare;
  return {
    verdict: enough ? 'passed' : 'failed',
    text: floorText(said, 'nodes', policy.minimumNodeShare, enough),
    share,
  };
}

function shareOf(placement: PlacementV1, device: DeviceV1, allowShapes: boolean): PlacementShare {
  const { providers } = placement;
  let [own, host, shapeNodes] = [0, 0, 0];
  let [ownTime, allTime] = [0, 0];
  let [nodesKnown, timeKnown] = [true, true];
  for (const { name, nodes, timeShare, operators } of providers) {
    const isHost = isHostProvider(name, device);
    if (nodes === null) nodesKnown = false;
    else if (isHost) {
      const shapes = allowShapes ? shapeNodesOf(operators) : 0;
      shapeNodes += Math.min(shapes, nodes);
      host += Math.max(0, nodes - shapes);
    } else own += nodes;
    if (timeShare === null) timeKnown = false;
    else {
      allTime += timeShare;
      if (!isHost) ownTime += timeShare;
    }
  }
  return {
    nodes: nodesKnown && providers.length > 0 ? { device: own, counted: own + host } : null,
    shapeNodes,
    timeShare: timeKnown && allTime > 0 ? Math.min(1, ownTime / allTime) : null,
  };
}

/** ONNX Runtime's own CPU provider, or the CPU as OpenVINO names it when another device was asked for. */
function isHostProvider(name: string, device: DeviceV1): boolean {
  return name === 'CPUExecutionProvider' || (device.kind !== 'cpu' && /^cpu\b/i.test(name));
}

function shapeNodesOf(operators: Readonly<Record<string, number>> = {}): number {
  return Object.entries(operators).reduce(
    (sum, [operator, count]) => sum + (SHAPE_OPERATORS.has(operator) ? count : 0),
    0,
  );
}

function describeShare({ nodes, shapeNodes, timeShare }: PlacementShare): string {
  const shapes = shapeNodes === 0 ? '' : `, ${shapeNodes} shape operators on the CPU aside,`;
  const count =
    nodes === null ? 'an unknown number of nodes' : `${nodes.device} of ${nodes.counted} nodes${shapes}`;
  const time = timeShare === null ? 'an unknown share of the time' : `${percent(timeShare)} of the time`;
  return `${count} and ${time} ran`;
}

function floorText(said: string, what: string, floor: number, enough: boolean): string {
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  return enough ? `${sentence}.` : `${sentence}; at least ${percent(floor)} of the ${what} has to.`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
