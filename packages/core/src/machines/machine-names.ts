/** Machines that can be asked about by name, in the order of documentation. */
export const MACHINE_NAMES = [
  'mac-m4-max',
  'mac-intel',
  'mac-m1-macos13',
  'linux-plain',
  'linux-nvidia',
  'linux-nvidia-driver-only',
  'linux-nvidia-container',
  'linux-intel-igpu-npu',
  'linux-intel-plus-nvidia',
  'linux-lavapipe',
  'linux-alpine',
  'linux-arm64',
  'wsl2-nvidia',
  'windows-nvidia',
  'windows-intel',
  'windows-amd',
  'windows-arm64',
] as const;

/** Name of a machine whose facts come with this package. */
export type MachineName = (typeof MACHINE_NAMES)[number];

/** Whether a word is the name of a machine that comes with this package. */
export function isMachineName(word: string): word is MachineName {
  return MACHINE_NAMES.some((name) => name === word);
}
