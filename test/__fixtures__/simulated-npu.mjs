// Imported before a program: the kernel's list of PCI devices then has one device, the NPU of the guides.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const BUS = '/sys/bus/pci/devices';
const machine = process.env['GUIDE_PCI_DEVICES'];

for (const name of ['readFileSync', 'readdirSync', 'readlinkSync']) {
  const original = fs[name];
  fs[name] = (path, ...rest) => {
    const isBus = typeof path === 'string' && path.startsWith(BUS);
    return original(isBus ? join(machine, path.slice(BUS.length)) : path, ...rest);
  };
}
syncBuiltinESMExports();
