import { parseCoremlCapability, type CoremlCapability } from './parse-coreml-capability.ts';

/** Nodes of one execution provider, as the engine's verbose log lists them. */
export interface LoggedProvider {
  /** As the engine names it: `WebGpuExecutionProvider`. */
  readonly name: string;
  /** Nodes after optimisation, those in subgraphs and inserted copies included. */
  readonly nodes: number;
  /** Each node, or `null`: the engine lists none where all nodes are on one provider. */
  readonly listed: readonly { readonly operator: string; readonly name: string }[] | null;
}

/** Where the engine put every node of one session, from its verbose log. */
export interface LoggedPlacement {
  readonly providers: readonly LoggedProvider[];
  /** (optional) What CoreML took of each graph, in the order of the log. Default: CoreML was not asked. */
  readonly coreml?: readonly CoremlCapability[];
}

/** What marks the lines that tell, in the log of onnxruntime 1.30.0. */
export const PLACEMENT_MARK = 'VerifyEachNodeIsAssignedToAnEp]';

/**
 * Reads the placement out of the log that a session writes to standard error at `logSeverityLevel: 0`.
 * The block counts nodes of subgraphs too. With several sessions in one log the last one is read.
 *
 * @returns `null` when the text has no such block, or one that was cut off: a count without its nodes
 */
export function parseVerbosePlacement(text: string): LoggedPlacement | null {
  let providers: { name: string; nodes: number; listed: { operator: string; name: string }[] | null }[] = [];
  let begun = false;
  let asked: CoremlCapability[] = [];
  let coreml: readonly CoremlCapability[] = [];
  for (const line of text.split(/\r?\n/)) {
    const start = line.indexOf(PLACEMENT_MARK);
    if (start < 0) {
      const capability = parseCoremlCapability(line);
      if (capability !== null) asked.push(capability);
      continue;
    }
    const said = line.slice(start + PLACEMENT_MARK.length);
    if (said.startsWith(' Node placements')) {
      begun = true;
      providers = [];
      coreml = asked;
      asked = [];
      continue;
    }
    const header = /^\s+(All nodes|Node\(s\)) placed on \[(.+)\]\. Number of nodes: (\d+)/.exec(said);
    if (header !== null) {
      const listed = header[1] === 'All nodes' ? null : [];
      providers.push({ name: header[2]!, nodes: Number(header[3]), listed });
      continue;
    }
    const node = /^\s+(\S+) \((.*)\)$/.exec(said);
    if (node !== null) providers.at(-1)?.listed?.push({ operator: node[1]!, name: node[2]! });
  }
  const whole = providers.every(({ nodes, listed }) => listed === null || listed.length === nodes);
  if (!begun || !whole || providers.length === 0) return null;
  return coreml.length === 0 ? { providers } : { providers, coreml };
}
