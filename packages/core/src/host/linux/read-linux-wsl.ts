import { known, unknown } from '../fact.ts';
import type { Fact } from '../host-facts.ts';
import type { LinuxHost } from './linux-host.ts';

const KERNEL = '/proc/sys/kernel/osrelease';

/**
 * Windows Subsystem for Linux from the kernel's release (`4.4.0-19041-Microsoft` for 1,
 * `5.15.167.4-microsoft-standard-WSL2` for 2) and, for kernels that people built, from `/dev/dxg`.
 */
export async function readLinuxWsl({ files }: LinuxHost): Promise<Fact<1 | 2 | null>> {
  const [kernel, dxg] = await Promise.all([files.readText(KERNEL), files.exists('/dev/dxg')]);
  if (dxg.ok) return known(2, '/dev/dxg');
  if (!kernel.ok) return unknown(kernel.why);
  const release = kernel.value.trim();
  if (/wsl2|microsoft-standard/i.test(release)) return known(2, KERNEL);
  if (release.endsWith('-Microsoft')) return known(1, KERNEL);
  return known(null, KERNEL);
}
