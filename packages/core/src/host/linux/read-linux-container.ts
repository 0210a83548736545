import { known } from '../fact.ts';
import type { Fact } from '../host-facts.ts';
import type { LinuxHost } from './linux-host.ts';

const ENGINE_FILE = '/run/systemd/container';
const INIT_ENVIRONMENT = '/proc/1/environ';
const INIT_GROUPS = '/proc/1/cgroup';

/** The container engine around this process, from the traces that engines leave, most specific first. */
export async function readLinuxContainer({ files, environment }: LinuxHost): Promise<Fact<string | null>> {
  if ((environment['KUBERNETES_SERVICE_HOST'] ?? '') !== '') {
    return known('kubernetes', 'variable KUBERNETES_SERVICE_HOST');
  }
  const [podman, docker, engineFile, initEnvironment, initGroups] = await Promise.all([
    files.exists('/run/.containerenv'),
    files.exists('/.dockerenv'),
    files.readText(ENGINE_FILE),
    files.readText(INIT_ENVIRONMENT),
    files.readText(INIT_GROUPS),
  ]);
  const byGroups = initGroups.ok ? engineOfGroups(initGroups.value) : null;
  if (byGroups === 'kubernetes') return known(byGroups, INIT_GROUPS);
  if (podman.ok) return known('podman', '/run/.containerenv');
  if (docker.ok) return known('docker', '/.dockerenv');
  const named = engineFile.ok ? engineOfName(engineFile.value) : null;
  if (named !== null) return known(named, ENGINE_FILE);
  const declared = initEnvironment.ok
    ? /(?:^|\0)container=([^\0]*)/.exec(initEnvironment.value)?.[1]
    : undefined;
  const byInit = declared === undefined ? null : engineOfName(declared);
  if (byInit !== null) return known(byInit, INIT_ENVIRONMENT);
  if (byGroups !== null) return known(byGroups, INIT_GROUPS);
  // Only root may read the environment of the first process; engines leave other traces as well.
  const looked = ['/run/.containerenv', '/.dockerenv', ENGINE_FILE, INIT_GROUPS];
  if (initEnvironment.ok) looked.push(INIT_ENVIRONMENT);
  return known(null, `no trace of a container engine in ${looked.join(', ')}`);
}

/** systemd's name of an engine: https://systemd.io/CONTAINER_INTERFACE. */
function engineOfName(text: string): string | null {
  const name = text.trim().toLowerCase();
  // systemd counts WSL as a container; here it is a fact of its own.
  if (name === '' || name === 'wsl') return null;
  if (name === 'oci') return 'container';
  return name.startsWith('lxc') ? 'lxc' : name;
}

function engineOfGroups(text: string): string | null {
  if (/\/kubepods/.test(text)) return 'kubernetes';
  if (/\/libpod[-_]/.test(text)) return 'podman';
  if (/\/docker[-/]/.test(text)) return 'docker';
  if (/\/lxc(\.payload)?[./]/.test(text)) return 'lxc';
  return /\/(cri-)?containerd[-/]/.test(text) ? 'container' : null;
}
