import {
  errorText,
  knownId,
  pluginBug,
  type HostFacts,
  type KnownBackend,
  type Registry,
} from '@switchyard/core';

/**
 * Lets every registered backend look for the files it needs, and adds what they found to what is
 * known. Nothing is loaded. A backend that throws gets the blame as `plugin-bug`, the others go on.
 */
export async function lookForArtifacts(
  registry: Registry,
  host: HostFacts,
): Promise<readonly KnownBackend[]> {
  return Promise.all(
    registry.known().map(async (known): Promise<KnownBackend> => {
      const backend = registry.get(knownId(known));
      if (known.state !== 'installed' || backend?.doArtifacts === undefined) return known;
      try {
        return { ...known, artifacts: await backend.doArtifacts(host) };
      } catch (error) {
        const problem = pluginBug(
          known.manifest.package.name,
          `its \`doArtifacts\` threw: ${errorText(error)}`,
        );
        return { ...known, artifacts: [{ name: 'artifacts', present: false, problem }] };
      }
    }),
  );
}
