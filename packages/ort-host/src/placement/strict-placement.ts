import { EngineError, ModelError, type Reason } from '@switchyard/core';
import type { LoggedPlacement } from './parse-verbose-placement.ts';
import type { PlacementLogResult } from './read-placement-log.ts';

/** Nodes that a message names. */
const NAMED = 5;

interface StrictSession {
  readonly backend: string;
  /** Path or name of the model. */
  readonly model: string;
  /** Provider that has to have every node, as the engine names it. */
  readonly provider: string;
}

/**
 * Throws unless every node, those in subgraphs included, is on the provider. The engine's own flag only
 * looks at the main graph. A placement that cannot be had is not taken for a good one.
 *
 * @throws ModelError `model-unsupported` when nodes are elsewhere
 * @throws EngineError when the record could not be had
 */
export function requireStrictPlacement(session: StrictSession, log: PlacementLogResult): void {
  if (!log.ok) throw new EngineError({ backend: session.backend, reason: unproven(session, log.reason) });
  const elsewhere = log.placement.providers.filter(
    ({ name, nodes }) => name !== session.provider && nodes > 0,
  );
  if (elsewhere.length === 0) return;
  throw new ModelError(
    'model-unsupported',
    `\`${session.model}\` was refused for backend \`${session.backend}\`, because \`strict\` was asked for: ${elsewhere
      .map((provider) => describe(provider, log.placement))
      .join('; ')}.`,
    {
      model: session.model,
      remedy:
        'Leave `strict` out to let the CPU run the rest, or change the model so that the device can run it all.',
    },
  );
}

function describe(provider: LoggedPlacement['providers'][number], placement: LoggedPlacement): string {
  const all = placement.providers.reduce((sum, { nodes }) => sum + nodes, 0);
  const named = (provider.listed ?? [])
    .slice(0, NAMED)
    .map(({ operator, name }) => `${operator} \`${name}\``);
  const rest = provider.nodes - named.length;
  const list = named.length === 0 ? '' : ` (${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''})`;
  return `${provider.nodes} of ${all} nodes, subgraphs included, would run on \`${provider.name}\`${list}`;
}

function unproven(session: StrictSession, reason: Reason): Reason {
  return {
    ...reason,
    message: `\`strict\` was asked for, and where the nodes of \`${session.model}\` are could not be found out. ${reason.message}`,
    remedy: reason.remedy ?? 'Leave `strict` out, or use another backend for this model.',
  };
}
