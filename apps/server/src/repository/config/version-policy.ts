import { ConfigProblem, type VersionPolicyConfig } from './model-config.ts';

/** The versions that a policy wants of those that are there, ascending. @throws ConfigProblem */
export function chooseVersions(
  policy: VersionPolicyConfig | undefined,
  available: readonly number[],
): readonly number[] {
  const ascending = available.toSorted((left, right) => left - right);
  if (policy?.specific !== undefined) {
    const wanted = policy.specific.versions ?? [];
    const missing = wanted.filter((version) => !ascending.includes(version));
    if (wanted.length === 0) {
      throw new ConfigProblem('`version_policy.specific` names no version; write `versions: [ 1 ]`');
    }
    if (missing.length === wanted.length) {
      throw new ConfigProblem(
        `\`version_policy.specific\` wants [${wanted.join(', ')}], but the model has the versions [${ascending.join(', ')}]`,
      );
    }
    return ascending.filter((version) => wanted.includes(version));
  }
  if (policy?.all !== undefined) return ascending;
  const latest = policy?.latest?.num_versions ?? 1;
  if (latest === 0)
    throw new ConfigProblem('`version_policy.latest.num_versions` is 0, but must be 1 or more');
  return ascending.slice(-latest);
}
