const NAMES: Readonly<Record<string, string>> = {
  '1002': 'AMD',
  '1022': 'AMD',
  '106b': 'Apple',
  '10de': 'NVIDIA',
  '1013': 'Cirrus Logic',
  '102b': 'Matrox',
  '1234': 'QEMU',
  '13b5': 'ARM',
  '1414': 'Microsoft',
  '15ad': 'VMware',
  '17cb': 'Qualcomm',
  '1a03': 'ASPEED',
  '1af4': 'Red Hat',
  '1b36': 'Red Hat',
  '1da3': 'Habana Labs',
  '80ee': 'VirtualBox',
  '8086': 'Intel',
};

/** Name of the vendor of a PCI device from its four hexadecimal digits, or the digits where it has no name here. */
export function pciVendorName(vendorId: string): string {
  return NAMES[vendorId] ?? vendorId;
}
