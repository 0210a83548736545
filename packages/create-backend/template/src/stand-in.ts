import { createCpuBackend } from '@switchyard/backend-cpu';
import type { BackendManifestV1 } from '@switchyard/core';

// fill-in: With an engine of your own set STAND_IN to false and NATIVE_GROUP to the native library of which a process can
// hold one version only (or undefined), and remove `@switchyard/backend-cpu` from the dependencies.
/** Whether the stand-in computes. As long as it does, every device says that it is an emulation on the CPU. */
export const STAND_IN: boolean = true;
export const NATIVE_GROUP: BackendManifestV1['nativeGroup'] = createCpuBackend().manifest.nativeGroup;
