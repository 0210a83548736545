import { FALLBACK_POLICIES, type SettingSource, type SettingStatement } from './setting-statement.ts';

/** Turns the text of a list, a policy or a name into statements; what cannot be understood becomes `invalid`. */
export function statementsFromText(
  key: 'backend' | 'disable' | 'enable' | 'prefer' | 'device' | 'fallback' | 'plugins',
  text: string,
  source: SettingSource,
): readonly SettingStatement[] {
  const invalid = (message: string, remedy: string): readonly SettingStatement[] => [
    { kind: 'invalid', key, message: `\`${source.detail ?? key}\` ${message}`, remedy, source },
  ];
  const members = text.split(',').map((member) => member.trim());
  switch (key) {
    case 'backend':
      if (text.trim() === '') return invalid('names no backend.', 'Name one, as in `--backend cpu`.');
      if (members.length > 1) return invalid('names several backends.', 'For a list in order, use `prefer`.');
      return [{ kind: 'backend', backend: text.trim(), source }];
    case 'device':
      if (text.trim() === '') return invalid('names no device.', 'Name one, as in `--device cuda:0`.');
      return [{ kind: 'device', device: text.trim(), source }];
    case 'fallback': {
      const policy = FALLBACK_POLICIES.find((word) => word === text.trim());
      if (policy === undefined)
        return invalid(`is none of ${FALLBACK_POLICIES.join(', ')}.`, 'Write one of them.');
      return [{ kind: 'fallback', policy, source }];
    }
    case 'disable':
    case 'enable':
    case 'prefer':
    case 'plugins':
      if (members.includes('')) return invalid('has an empty member.', 'Separate names with single commas.');
      if (key === 'prefer') return [{ kind: 'prefer', backends: members, source }];
      if (key === 'plugins')
        return members.map((name) => ({ kind: 'plugin', package: name, source }) as const);
      return members.map((backend) => ({ kind: key, backend, source }));
  }
}
