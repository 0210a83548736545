import { availableParallelism, machine, release } from 'node:os';

/** What the reader asks of its own process rather than of files. Replaced when a recorded tree is read. */
export interface ProcessView {
  /** `process.arch`. */
  readonly arch: string;
  /** `process.versions.node`. */
  readonly nodeVersion: string;
  /** `process.versions.napi`. */
  readonly napiVersion: string;
  /** `os.availableParallelism()`: CPU affinity and control groups are accounted for by libuv. */
  availableParallelism(): number;
  /** `os.machine()`: `x86_64`, `aarch64`, `arm64`. */
  machine(): string;
  /** `os.release()`. */
  release(): string;
  /** glibc version that this process runs on; `null` where the process report names none. */
  glibcVersion(): string | null;
  /** Working directory, against which relative entries of search paths count. */
  cwd(): string;
}

/** The process that is running. */
export function currentProcess(): ProcessView {
  return {
    arch: process.arch,
    nodeVersion: process.versions.node,
    napiVersion: process.versions.napi ?? 'unknown',
    availableParallelism,
    machine,
    release,
    glibcVersion: readGlibcVersion,
    cwd: () => process.cwd(),
  };
}

function readGlibcVersion(): string | null {
  // The types of Node leave `excludeNetwork` out; it is there since 22.0.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  // Without this the report resolves the peers of every open socket by name, which can take seconds.
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  try {
    const { header } = report.getReport() as { readonly header?: { glibcVersionRuntime?: unknown } };
    const version = header?.glibcVersionRuntime;
    return typeof version === 'string' && version !== '' ? version : null;
  } finally {
    report.excludeNetwork = before;
  }
}

/** Node's name for a machine name of `uname -m`; the machine name itself where Node has none. */
export function nodeArchOf(machineName: string): string {
  const name = machineName.toLowerCase();
  if (name === 'x86_64' || name === 'amd64') return 'x64';
  if (name === 'aarch64' || name === 'arm64') return 'arm64';
  if (/^i[3-6]86$/.test(name)) return 'ia32';
  if (/^armv[5-8]/.test(name)) return 'arm';
  return name;
}
