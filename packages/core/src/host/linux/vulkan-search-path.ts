type Environment = Readonly<Record<string, string | undefined>>;

/** Where the Vulkan loader looks for driver manifests, in its order. */
export interface VulkanSearchPath {
  /** Files and directories that variables name: a directory stands for the manifests in it. */
  readonly named: readonly string[];
  /** Directories of manifests. */
  readonly directories: readonly string[];
  /** Variable that decided, for the source of the fact; `null` for the standard places. */
  readonly decidedBy: string | null;
}

/**
 * The search order of the Khronos loader on Linux (`docs/LoaderDriverInterface.md` of Vulkan-Loader):
 * `VK_DRIVER_FILES`, or the older `VK_ICD_FILENAMES`, replaces everything; `VK_ADD_DRIVER_FILES` comes
 * before the standard places.
 */
export function vulkanSearchPath(environment: Environment): VulkanSearchPath {
  for (const variable of ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES']) {
    const value = environment[variable] ?? '';
    if (value !== '') return { named: split(value), directories: [], decidedBy: variable };
  }
  const home = environment['HOME'] ?? '';
  const below = (variable: string, fallback: string): string[] => {
    const own = environment[variable] ?? '';
    if (own !== '') return [own];
    return home === '' ? [] : [`${home}/${fallback}`];
  };
  const listed = (variable: string, fallback: string): string[] => {
    const own = environment[variable] ?? '';
    return split(own === '' ? fallback : own);
  };
  const roots = [
    ...below('XDG_CONFIG_HOME', '.config'),
    ...listed('XDG_CONFIG_DIRS', '/etc/xdg'),
    '/etc',
    ...below('XDG_DATA_HOME', '.local/share'),
    ...listed('XDG_DATA_DIRS', '/usr/local/share:/usr/share'),
  ];
  const directories = roots.map((root) => `${root.replace(/\/+$/, '')}/vulkan/icd.d`);
  const added = environment['VK_ADD_DRIVER_FILES'] ?? '';
  return {
    named: split(added),
    directories: [...new Set(directories)],
    decidedBy: added === '' ? null : 'VK_ADD_DRIVER_FILES and the standard places',
  };
}

/**
 * Whether `VK_LOADER_DRIVERS_SELECT` and `VK_LOADER_DRIVERS_DISABLE` leave a manifest in: comma-separated
 * patterns over file names with `*` at either end, compared without regard to case. What is disabled is
 * out unless it is also selected, and `~all~` matches everything.
 */
export function isManifestLeftIn(fileName: string, environment: Environment): boolean {
  const selected = patternsOf(environment['VK_LOADER_DRIVERS_SELECT']);
  const disabled = patternsOf(environment['VK_LOADER_DRIVERS_DISABLE']);
  if (selected.some((pattern) => matches(fileName, pattern))) return true;
  if (selected.length > 0) return false;
  return !disabled.some((pattern) => matches(fileName, pattern));
}

function patternsOf(value: string | undefined): readonly string[] {
  return (value ?? '').split(',').filter((pattern) => pattern !== '');
}

function matches(fileName: string, pattern: string): boolean {
  const name = fileName.toLowerCase();
  const wanted = pattern.toLowerCase();
  if (wanted === '~all~') return true;
  const open = wanted.startsWith('*');
  const close = wanted.endsWith('*');
  const text = wanted.replaceAll('*', '');
  if (open && close) return name.includes(text);
  if (open) return name.endsWith(text);
  return close ? name.startsWith(text) : name === text;
}

function split(list: string): string[] {
  return list.split(':').filter((entry) => entry !== '');
}
