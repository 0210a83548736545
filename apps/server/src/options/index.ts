export { PLAIN_FLAGS } from './command-line.ts';
export {
  configKeyOf,
  OPTIONS,
  variableOf,
  type OptionGroup,
  type OptionKind,
  type OptionSpec,
} from './option-specs.ts';
export type { ModelControl, ServerSettings, SettingKey } from './server-settings.ts';
