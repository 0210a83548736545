const NAMES: ReadonlySet<string> = new Set([
  'CUDA_DEVICE_ORDER',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_DRIVER_CAPABILITIES',
  'NVIDIA_TF32_OVERRIDE',
  'CUDA_HOME',
  'CUDA_PATH',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'VK_DRIVER_FILES',
  'VK_ICD_FILENAMES',
  'VK_ADD_DRIVER_FILES',
  'VK_LOADER_DRIVERS_SELECT',
  'VK_LOADER_DRIVERS_DISABLE',
  'MESA_VK_DEVICE_SELECT',
  'ONEAPI_DEVICE_SELECTOR',
  'ZE_AFFINITY_MASK',
  'OPENVINO_INSTALL_DIR',
  'INTEL_OPENVINO_DIR',
  'HIP_VISIBLE_DEVICES',
  'ROCR_VISIBLE_DEVICES',
  'OMP_NUM_THREADS',
  'KMP_AFFINITY',
]);

// `TBBROOT` has no underscore, so the prefix has none either.
const PREFIXES: readonly string[] = ['ORT_', 'TBB'];

/**
 * The variables that change what engines see, from an allow-list, as they are set, sorted by name. Every
 * other variable stays out: facts are shared in bug reports, and an environment holds secrets.
 */
export function hostVariables(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    if (NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix))) found.push([name, value]);
  }
  found.sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(found);
}
