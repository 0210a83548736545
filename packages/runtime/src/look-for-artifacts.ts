import {
  deepFreeze,
  errorText,
  knownId,
  pluginBug,
  reasonProblem,
  type ArtifactCheckV1,
  type HostFacts,
  type InstalledBackend,
  type KnownBackend,
  type Registry,
} from '@switchyard/core';

/** Looking into folders does not take this long; a promise that never settles must not hold up the others. */
const PATIENCE_MILLISECONDS = 10_000;

/**
 * Lets every registered backend look for the files it needs, and adds what they found to what is
 * known. Nothing is loaded. A backend that throws gets the blame as `plugin-bug`, the others go on.
 */
export async function lookForArtifacts(
  registry: Registry,
  host: HostFacts,
): Promise<readonly KnownBackend[]> {
  // Facts that a backend cannot change for the others.
  const shielded = Object.isFrozen(host) ? host : deepFreeze(structuredClone(host));
  return Promise.all(
    registry.known().map(async (known): Promise<KnownBackend> => {
      const backend = registry.get(knownId(known));
      if (known.state !== 'installed' || backend?.doArtifacts === undefined) return known;
      try {
        const checks: unknown = await within(() => backend.doArtifacts?.(shielded));
        const problem = artifactsProblem(checks);
        if (problem === null) return { ...known, artifacts: checks as readonly ArtifactCheckV1[] };
        return withBug(known, problem);
      } catch (error) {
        return withBug(known, `its \`doArtifacts\` threw: ${errorText(error)}`);
      }
    }),
  );
}

function withBug(known: InstalledBackend, text: string): InstalledBackend {
  const problem = pluginBug(known.manifest.package.name, text);
  return { ...known, artifacts: [{ name: 'artifacts', present: false, problem }] };
}

function artifactsProblem(checks: unknown): string | null {
  if (!Array.isArray(checks)) return 'its `doArtifacts` did not give a list';
  for (const check of checks as readonly (Partial<ArtifactCheckV1> | null)[]) {
    if (typeof check?.name !== 'string' || typeof check.present !== 'boolean') {
      return 'its `doArtifacts` gave a check without a name, or that does not say whether the file is there';
    }
    const problem = check.present ? null : reasonProblem(check.problem);
    if (problem !== null) return `of what its \`doArtifacts\` gave for \`${check.name}\`, ${problem}`;
  }
  return null;
}

async function within(work: () => unknown): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_done, fail) => {
    const late = new Error(`it did not end within ${PATIENCE_MILLISECONDS} ms`);
    timer = setTimeout(() => fail(late), PATIENCE_MILLISECONDS);
  });
  try {
    return await Promise.race([work(), expired]);
  } finally {
    clearTimeout(timer);
  }
}
