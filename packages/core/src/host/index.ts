export { cacheDirectory, type CacheDirectoryInput } from './cache-directory.ts';
export { describeHost } from './describe-host.ts';
export { hostFingerprint } from './host-fingerprint.ts';
export type * from './host-facts.ts';
export type { ElfDynamic } from './linux/shared-objects/elf-dynamic.ts';
export {
  lookAtSharedObject,
  type LookAtSharedObjectOptions,
} from './linux/shared-objects/look-at-shared-object.ts';
export type {
  LoaderRule,
  NeededLibrary,
  PassedOver,
  SharedObjectLook,
} from './linux/shared-objects/shared-object-look.ts';
export type { CommandResult, RunCommand } from './macos/run-command.ts';
export { parseHostFacts } from './parse-host-facts.ts';
export type { ProcessView } from './process-view.ts';
export { readHostFacts, type ReadHostFactsOptions } from './read-host-facts.ts';
export type { SystemInformation } from './windows/system-information.ts';
