import {
  BUILT_IN,
  CATALOGUE,
  findPackage,
  isRecord,
  suggestBackends,
  type FoundPackage,
  type Discovery,
} from '@switchyard/composition';
import {
  SelectionError,
  type CandidateReport,
  type GateAnswer,
  type HostFacts,
  type Reason,
  type SelectionReport,
  type SettingSource,
} from '@switchyard/core';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACQUIRABLE, nativePart } from '../acquisition/native-part.ts';
import { standingOf, type PartState } from '../acquisition/placed-files.ts';
import { AcquireError } from '../acquisition/acquire-error.ts';
import { EXIT_STATUSES, statusOfSelection } from '../exit-status.ts';
import { explainHere, isSimulated } from '../explain-here.ts';
import { NOT_ABOUT_MACHINE } from '../not-about-machine.ts';
import { situationOf, type Invocation, type Simulation } from '../situation.ts';
import { folderBytes } from './folder-bytes.ts';
import { commandText, projectCommand } from './package-command.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const ENGINES: ReadonlySet<string> = new Set(CATALOGUE.map(({ engine }) => engine));

/** One known backend, as `backends list --json` prints it. */
export interface BackendListing {
  readonly backend: string;
  readonly package: CandidateReport['package'];
  readonly status: CandidateReport['status'];
  /** May it be chosen automatically, and which settings say something about it. */
  readonly enabled: {
    readonly answer: GateAnswer;
    readonly optIn: boolean | null;
    readonly sources: readonly SettingSource[];
  };
  /** What selection says about this machine; `reason` is its first about that, or `null` where it has none. */
  readonly eligible: { readonly answer: 'yes' | 'no' | 'unknown'; readonly reason: Reason | null };
  /** Bytes of the package itself on this disk, or `null` where it is not here. */
  readonly packageBytes: number | null;
  /** Native engine that it runs on, which other backends may share; `null` where it is not here. */
  readonly engine: {
    readonly name: string;
    readonly version: string;
    readonly bytes: number;
    readonly path: string;
  } | null;
  /** What npm does not carry of its engine, or `null` for a backend without such a part, or where it cannot be told. */
  readonly nativePart: { readonly state: PartState; readonly command: string } | null;
  /** What one types to install it, or `null` where it is here. */
  readonly install: string | null;
}

/** What `backends list --json` prints. */
export interface BackendsDocument {
  readonly schema: 1;
  readonly backends: readonly BackendListing[];
  /** Backends that are not installed and whose hardware this machine shows. */
  readonly suggestions: readonly {
    readonly backend: string;
    readonly title: string;
    readonly found: string;
    readonly command: string;
  }[];
  /** Why there are none, or `null` where there are. */
  readonly suggestionsWhy: string | null;
  readonly warnings: SelectionReport['warnings'];
}

/** Puts together what is known, installed, enabled, eligible and how large. Starts nothing. */
export async function listBackends(
  invocation: Invocation,
  { host, installed }: Simulation,
): Promise<BackendsDocument> {
  const simulation = {
    ...(host === undefined ? {} : { host }),
    ...(installed === undefined ? {} : { installed }),
  };
  const { discovery } = invocation;
  const situation = await situationOf(invocation, simulation);
  const report = await explainHere(situation, invocation, simulation);
  if (statusOfSelection(report) === EXIT_STATUSES.usage.status) throw new SelectionError(report);
  const sizes = new Map<string, Promise<number>>();
  const bytesOf = (folder: string): Promise<number> => {
    const known = sizes.get(folder) ?? folderBytes(folder);
    sizes.set(folder, known);
    return known;
  };
  const backends = await Promise.all(
    report.candidates.map((candidate) =>
      listingOf(candidate, discovery, isSimulated(simulation) ? null : bytesOf),
    ),
  );
  const suggestions = suggestionsFor(situation.input.host, backends, discovery);
  return {
    schema: 1,
    backends,
    suggestions,
    suggestionsWhy: suggestions.length > 0 ? null : whyNone(situation.input.host, backends),
    warnings: report.warnings,
  };
}

async function listingOf(
  candidate: CandidateReport,
  discovery: Discovery,
  bytesOf: ((folder: string) => Promise<number>) | null,
): Promise<BackendListing> {
  const { backend, package: packaged, status, gates, optIn, sources, reasons } = candidate;
  // What lies on this disk says nothing about another machine.
  const found = bytesOf === null ? null : folderOf(packaged.name, discovery);
  const engine = found === null ? null : findEngine(found);
  const answer = gates.eligible === 'yes' || gates.eligible === 'no' ? gates.eligible : 'unknown';
  return {
    backend,
    package: packaged,
    status,
    enabled: { answer: gates.enabled, optIn, sources },
    eligible: { answer, reason: reasons.find(({ code }) => !NOT_ABOUT_MACHINE.includes(code)) ?? null },
    packageBytes: found === null || bytesOf === null ? null : await bytesOf(found.folder),
    engine:
      engine === null || bytesOf === null
        ? null
        : {
            name: engine.name,
            version: typeof engine.manifest['version'] === 'string' ? engine.manifest['version'] : 'unknown',
            bytes: await bytesOf(engine.folder),
            path: engine.folder,
          },
    nativePart: found === null ? null : await partOf(backend, discovery),
    install: packaged.installed ? null : installCommand(backend, discovery),
  };
}

/** What one types to install a first-party backend with everything that it needs beside it. */
function installCommand(backend: string, { project, installCommand: install }: Discovery): string | null {
  const entry = CATALOGUE.find(({ id }) => id === backend);
  if (entry === undefined) return null;
  const packages = [entry.package, ...entry.beside];
  return project === null
    ? `${install} ${packages.join(' ')}`
    : commandText(projectCommand(project, 'add', packages));
}

async function partOf(backend: string, discovery: Discovery): Promise<BackendListing['nativePart']> {
  if (!ACQUIRABLE.includes(backend)) return null;
  try {
    const { platform, arch } = process;
    const { state } = await standingOf(nativePart(backend, discovery, { platform, arch }));
    return { state, command: `switchyard backends acquire ${backend}` };
  } catch (error) {
    // There is no such part for this platform; `acquire` says why.
    if (AcquireError.isInstance(error)) return null;
    throw error;
  }
}

function folderOf(name: string, { firstParty, plugins }: Discovery): FoundPackage | null {
  return (
    firstParty.find(({ entry }) => entry.package === name)?.found ??
    plugins.find(({ found }) => found.name === name)?.found ??
    (name === '@switchyard/backend-cpu' ? findPackage(name, HERE) : null)
  );
}

/** The engine that a package names among what it needs, itself or through a package of Switchyard. */
function findEngine(found: FoundPackage): FoundPackage | null {
  const { manifest, folder } = found;
  const needed = [manifest['dependencies'], manifest['peerDependencies']].flatMap((group) =>
    isRecord(group) ? Object.keys(group) : [],
  );
  const engine = needed.find((name) => ENGINES.has(name));
  if (engine !== undefined) return findPackage(engine, folder);
  const host = needed.includes('@switchyard/ort-host') ? findPackage('@switchyard/ort-host', folder) : null;
  return host === null ? null : findEngine(host);
}

function suggestionsFor(
  host: HostFacts,
  backends: readonly BackendListing[],
  discovery: Discovery,
): BackendsDocument['suggestions'] {
  return suggestBackends(host).flatMap(({ entry, found }) => {
    const { id, title } = entry;
    const listed = backends.find(({ backend }) => backend === id);
    if (listed === undefined || listed.package.installed || listed.status === 'disabled') return [];
    return [{ backend: id, title, found, command: installCommand(id, discovery)! }];
  });
}

function whyNone({ accelerators }: HostFacts, backends: readonly BackendListing[]): string {
  const cpu = backends.find(({ backend }) => backend === BUILT_IN)?.eligible;
  // What selection says of it is worth more than what the machine lacks.
  if (cpu?.answer === 'no' && cpu.reason !== null) {
    return [`\`${BUILT_IN}\` cannot run here: ${cpu.reason.message}`, cpu.reason.remedy ?? '']
      .join(' ')
      .trimEnd();
  }
  if (!accelerators.known)
    return `Whether this machine has a GPU or an NPU is not known: ${accelerators.why}.`;
  return accelerators.value.length === 0
    ? `This machine shows no GPU and no NPU, so \`${BUILT_IN}\`, which comes with \`switchyard\`, is what it can use.`
    : 'No backend that is not installed is known to be for the GPUs and NPUs of this machine.';
}
