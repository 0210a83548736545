import type { SettingStatement } from '@switchyard/core';
import type { Preferences } from './preferences.ts';

/**
 * What the preferences say, in the words of the app's window. They are a layer below the environment, so that
 * whoever runs the machine can forbid what its user chose.
 */
export function statementsOf({ choice, off }: Preferences): readonly SettingStatement[] {
  const statements = off.map((backend): SettingStatement => {
    return {
      kind: 'disable',
      backend,
      source: { layer: 'user-config', detail: `off ${backend}` },
    };
  });
  if (choice === 'automatic') return statements;
  const source = { layer: 'user-config', detail: `use ${choice}` } as const;
  return [...statements, { kind: 'backend', backend: choice, source }];
}
