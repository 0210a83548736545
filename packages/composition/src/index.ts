export { BUILT_IN, CATALOGUE, type CatalogueEntry } from './catalogue.ts';
export { composeBackends, type Composition } from './compose-backends.ts';
export { discover, type Discovery } from './discover.ts';
export { findProject, type ManagerName, type Project } from './find-project.ts';
export { loadBackend, type Loadable } from './load-backend.ts';
export { findPackage, isRecord, readManifest, type FoundPackage } from './package-files.ts';
export { suggestBackends, type Suggestion } from './suggest-backends.ts';
export type { PluginMetadata } from './plugin-metadata.ts';
