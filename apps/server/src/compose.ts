import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { composeBackends, discover, type Composition, type Discovery } from '@switchyard/composition';
import type { SettingStatement } from '@switchyard/core';

const HERE = dirname(fileURLToPath(import.meta.url));

/** How a program finds its backends and puts them together. */
export interface ServerComposition {
  discover(cwd: string): Discovery;
  compose(discovery: Discovery, statements: readonly SettingStatement[]): Promise<Composition>;
}

/** The composition of `switchyard-server`, with the backends that it was built with. */
export const OWN_COMPOSITION: ServerComposition = Object.freeze({
  discover: (cwd: string) => discover(cwd, HERE),
  compose: (discovery: Discovery, statements: readonly SettingStatement[]) =>
    composeBackends([createCpuBackend()], discovery, statements),
});
