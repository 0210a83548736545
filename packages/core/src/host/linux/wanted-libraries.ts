// Exact stems: `libcuda` must not stand for `libcudadebugger`.
const EXACT =
  /^(libcuda|libcudart|libcublas|libcublasLt|libcufft|libcurand|libnvidia-ml|libvulkan|libOpenCL|libze_loader)\.so(\.[\w.]+)?$/;
// Families of which engines load several members by name.
const FAMILIES = /^(libcudnn|libnvrtc|libnvinfer|libopenvino|libtbb|libze_intel_)[\w.-]*?\.so(\.[\w.]+)?$/;

/** Whether a file name is that of a shared library that a backend loads. */
export function isWantedLibrary(fileName: string): boolean {
  return EXACT.test(fileName) || FAMILIES.test(fileName);
}
