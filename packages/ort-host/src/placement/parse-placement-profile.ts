import { unionLength, withoutParts, type Interval } from './intervals.ts';

/** What one execution provider did in the measured run. */
export interface ProfiledProvider {
  /** As the engine names it: `CPUExecutionProvider`. */
  readonly name: string;
  /** Nodes that ran, subgraphs included; a node in a loop counts once. */
  readonly nodes: number;
  /** Those nodes by operator. */
  readonly operators: Readonly<Record<string, number>>;
  /** Time in microseconds in which at least one of its nodes or device programs ran. */
  readonly time: number;
}

/** What the engine's profile says about the last run in it. */
export interface ProfiledRun {
  readonly providers: readonly ProfiledProvider[];
  /** Stretches of nodes on one provider, in the order in which they ran. */
  readonly stretches: number;
}

interface NodeEvent extends Interval {
  readonly key: string;
  readonly provider: string;
  readonly operator: string;
}

/** Operators that run other nodes: the time of those is their own. */
const CONTAINERS: ReadonlySet<string> = new Set([
  'If',
  'Loop',
  'Scan',
  'BeamSearch',
  'GreedySearch',
  'Sampling',
]);

/**
 * Reads the last run out of a profile of onnxruntime 1.30.0: `cat` is `Node` for a node's time on the
 * calling thread and `Api` for a program on a device (WebGPU). Branches that were not taken are not in it.
 *
 * @throws SyntaxError for a text that is not JSON
 * @returns `null` when no run is in it
 */
export function parsePlacementProfile(text: string): ProfiledRun | null {
  const events = (JSON.parse(text) as readonly unknown[]).filter(isEvent);
  const run = events.findLast(({ cat, name }) => cat === 'Session' && name === 'model_run');
  if (run === undefined) return null;
  const inside = events.filter(({ ts, dur }) => ts >= run.ts && ts + dur <= run.ts + run.dur);
  const nodes = nodeEvents(inside);
  if (nodes.length === 0) return { providers: [], stretches: 0 };

  const found = new Map<string, { keys: Map<string, string>; busy: Interval[] }>();
  for (const node of nodes) {
    const provider = found.get(node.provider) ?? { keys: new Map<string, string>(), busy: [] };
    provider.keys.set(node.key, node.operator);
    provider.busy.push(...ownTime(node, nodes));
    found.set(node.provider, provider);
  }
  // Programs on a device belong to the one accelerator; a session has no more than one.
  const accelerator = [...found].find(([name]) => name !== 'CPUExecutionProvider')?.[1];
  accelerator?.busy.push(
    ...inside.filter(({ cat }) => cat === 'Api').map(({ ts, dur }) => ({ start: ts, end: ts + dur })),
  );
  return {
    providers: [...found].map(([name, { keys, busy }]) => ({
      name,
      nodes: keys.size,
      operators: countBy([...keys.values()]),
      time: unionLength(busy),
    })),
    stretches: nodes.filter((node, index) => node.provider !== nodes[index - 1]?.provider).length,
  };
}

/** How often each operator occurs, in alphabetical order. */
export function countBy(operators: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const operator of operators) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** In the order in which they began; an outer node before the nodes that it runs. */
function nodeEvents(events: readonly ProfileEvent[]): readonly NodeEvent[] {
  const sorted = events
    .filter(
      ({ cat, name, args }) => cat === 'Node' && name.endsWith('_kernel_time') && args.provider !== undefined,
    )
    .toSorted((left, right) => left.ts - right.ts || right.dur - left.dur);
  const open: { readonly end: number; readonly key: string; readonly tid: number }[] = [];
  return sorted.map((event) => {
    const end = event.ts + event.dur;
    const operator = event.args.op_name ?? 'unknown';
    while (open.length > 0 && (open.at(-1)!.end < end || open.at(-1)!.tid !== event.tid)) open.pop();
    // Unnamed nodes of two subgraphs can share name and index, but not the node that runs them.
    const key = `${open.at(-1)?.key ?? ''}/${event.name} ${event.args.node_index ?? ''}`;
    if (CONTAINERS.has(operator)) open.push({ end, key, tid: event.tid });
    return { start: event.ts, end, key, operator, provider: event.args.provider! };
  });
}

function ownTime(node: NodeEvent, nodes: readonly NodeEvent[]): readonly Interval[] {
  if (!CONTAINERS.has(node.operator)) return [node];
  return withoutParts(
    node,
    nodes.filter((other) => other.key.startsWith(`${node.key}/`)),
  );
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly tid: number;
  readonly args: { readonly provider?: string; readonly op_name?: string; readonly node_index?: string };
}

function isEvent(value: unknown): value is ProfileEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Partial<ProfileEvent>;
  return (
    typeof event.cat === 'string' &&
    typeof event.name === 'string' &&
    typeof event.ts === 'number' &&
    typeof event.dur === 'number' &&
    typeof event.args === 'object'
  );
}
