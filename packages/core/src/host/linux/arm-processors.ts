// Implementer and part numbers as the Main ID Register gives them; the names are those of the vendors'
// technical reference manuals. A part that is not here is reported by its numbers, never guessed at.
const IMPLEMENTERS: Readonly<Record<string, string>> = {
  '0x41': 'ARM',
  '0x42': 'Broadcom',
  '0x43': 'Cavium',
  '0x46': 'Fujitsu',
  '0x48': 'HiSilicon',
  '0x4e': 'NVIDIA',
  '0x50': 'APM',
  '0x51': 'Qualcomm',
  '0x53': 'Samsung',
  '0x56': 'Marvell',
  '0x61': 'Apple',
  '0x6d': 'Microsoft',
  '0xc0': 'Ampere',
};

const ARM_PARTS: Readonly<Record<string, string>> = {
  '0xd03': 'Cortex-A53',
  '0xd05': 'Cortex-A55',
  '0xd07': 'Cortex-A57',
  '0xd08': 'Cortex-A72',
  '0xd09': 'Cortex-A73',
  '0xd0a': 'Cortex-A75',
  '0xd0b': 'Cortex-A76',
  '0xd0c': 'Neoverse-N1',
  '0xd40': 'Neoverse-V1',
  '0xd41': 'Cortex-A78',
  '0xd42': 'Cortex-A78AE',
  '0xd49': 'Neoverse-N2',
  '0xd4f': 'Neoverse-V2',
};

/** Vendor of an arm64 processor from `CPU implementer`, or `null` for a number that has no name here. */
export function armVendor(implementer: string): string | null {
  return IMPLEMENTERS[implementer] ?? null;
}

/** Name of an arm64 processor from `CPU implementer` and `CPU part`, or `null`. */
export function armModel(implementer: string, part: string): string | null {
  return implementer === '0x41' ? (ARM_PARTS[part] ?? null) : null;
}
