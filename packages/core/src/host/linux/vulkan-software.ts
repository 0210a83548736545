const SOFTWARE = /^(libvulkan_lvp|libvk_swiftshader|libvk_lavapipe|.*swiftshader)/i;
const HARDWARE =
  /^(libvulkan_(radeon|intel|intel_hasvk|nouveau|asahi|freedreno|panfrost|broadcom|powervr_mesa)\b|libGLX_nvidia\b|libEGL_nvidia\b|amdvlk|libamdvlk)/i;

/**
 * Whether a Vulkan driver computes on the CPU, from the file name of its library. Drivers that pass
 * commands on to something else (`dzn` to Direct3D, `virtio` and `gfxstream` to a host) may end on
 * either, and a name that is not listed here says nothing.
 */
export function isSoftwareVulkan(library: string): boolean | 'unknown' {
  const file = library.slice(library.lastIndexOf('/') + 1);
  if (SOFTWARE.test(file)) return true;
  return HARDWARE.test(file) ? false : 'unknown';
}
