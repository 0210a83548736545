/** What a Vulkan driver is, told by the file name of its library. */
export interface VulkanLibrary {
  /** PCI vendors whose GPUs it drives, as four hexadecimal digits; `null` for one that needs none. */
  readonly vendors: readonly string[] | null;
  /** `'unknown'` for drivers that pass commands on to something else. */
  readonly software: boolean | 'unknown';
  /** Name for people. */
  readonly title: string;
}

const VIRTIO = '1af4';

const LIBRARIES: readonly (readonly [RegExp, VulkanLibrary])[] = [
  [/^libvulkan_lvp\b/, { vendors: null, software: true, title: 'llvmpipe (Mesa lavapipe)' }],
  [/swiftshader/i, { vendors: null, software: true, title: 'SwiftShader' }],
  [/^(libvulkan_radeon|libamdvlk|amdvlk)/, { vendors: ['1002'], software: false, title: 'AMD GPU' }],
  [/^libvulkan_intel(_hasvk)?\b/, { vendors: ['8086'], software: false, title: 'Intel GPU' }],
  [
    /^(libGLX_nvidia|libEGL_nvidia|libvulkan_nouveau)/,
    { vendors: ['10de'], software: false, title: 'NVIDIA GPU' },
  ],
  [/^libvulkan_(virtio|gfxstream)\b/, { vendors: [VIRTIO], software: 'unknown', title: 'virtual GPU' }],
  [/^libvulkan_dzn\b/, { vendors: null, software: 'unknown', title: 'Direct3D 12 (dzn)' }],
];

const OTHER: VulkanLibrary = { vendors: null, software: 'unknown', title: 'Vulkan device' };

/** The loader itself, layers and drivers of other interfaces are not drivers. */
const DRIVER = /^(libvulkan_\w+|libGLX_nvidia|libEGL_nvidia|libamdvlk|amdvlk|libvk_\w+)/;

/** What is known about the driver in a file, given with or without its folder. */
export function vulkanLibrary(file: string): VulkanLibrary {
  const name = baseName(file);
  return LIBRARIES.find(([pattern]) => pattern.test(name))?.[1] ?? OTHER;
}

/** Whether a mapped file is a Vulkan driver. */
export function isVulkanDriver(file: string): boolean {
  return DRIVER.test(baseName(file));
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
