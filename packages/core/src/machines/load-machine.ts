import type { HostFacts } from '../host/host-facts.ts';
import { deepFreeze } from '../util/deep-freeze.ts';
import type { MachineName } from './machine-names.ts';

// Literal specifiers, because a bundler cannot follow a computed one.
const FILES: Readonly<Record<MachineName, () => Promise<{ readonly default: unknown }>>> = {
  'mac-m4-max': () => import('./mac-m4-max.json', { with: { type: 'json' } }),
  'mac-intel': () => import('./mac-intel.json', { with: { type: 'json' } }),
  'mac-m1-macos13': () => import('./mac-m1-macos13.json', { with: { type: 'json' } }),
  'linux-plain': () => import('./linux-plain.json', { with: { type: 'json' } }),
  'linux-nvidia': () => import('./linux-nvidia.json', { with: { type: 'json' } }),
  'linux-nvidia-driver-only': () => import('./linux-nvidia-driver-only.json', { with: { type: 'json' } }),
  'linux-nvidia-container': () => import('./linux-nvidia-container.json', { with: { type: 'json' } }),
  'linux-intel-igpu-npu': () => import('./linux-intel-igpu-npu.json', { with: { type: 'json' } }),
  'linux-intel-plus-nvidia': () => import('./linux-intel-plus-nvidia.json', { with: { type: 'json' } }),
  'linux-lavapipe': () => import('./linux-lavapipe.json', { with: { type: 'json' } }),
  'linux-alpine': () => import('./linux-alpine.json', { with: { type: 'json' } }),
  'linux-arm64': () => import('./linux-arm64.json', { with: { type: 'json' } }),
  'wsl2-nvidia': () => import('./wsl2-nvidia.json', { with: { type: 'json' } }),
  'windows-nvidia': () => import('./windows-nvidia.json', { with: { type: 'json' } }),
  'windows-intel': () => import('./windows-intel.json', { with: { type: 'json' } }),
  'windows-amd': () => import('./windows-amd.json', { with: { type: 'json' } }),
  'windows-arm64': () => import('./windows-arm64.json', { with: { type: 'json' } }),
};

/**
 * The facts of a machine that comes with this package, frozen with everything inside them. Only the
 * file of that machine is read. Tests keep the files within the published schema.
 */
export async function loadMachine(name: MachineName): Promise<HostFacts> {
  const file = await FILES[name]();
  return deepFreeze(file.default) as HostFacts;
}
