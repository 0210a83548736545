import { isAbsolute, resolve } from 'node:path';
import {
  readSettings,
  SettingsError,
  select,
  simulateInstalled,
  backendNames,
  type HostFacts,
  type KnownBackend,
  type Registry,
  type SelectInput,
  type SelectionReport,
  type SelectionWarning,
  type SettingStatement,
} from '@switchyard/core';
import { readHostFacts } from '@switchyard/core/host';
import type { CliContext, GlobalOptions } from './cli-context.ts';
import { compose } from './compose.ts';
import type { Discovery } from '@switchyard/composition';

/** Variables with the prefix of selection that only this program reads. */
const OWN_VARIABLES: readonly string[] = ['SWITCHYARD_CACHE_DIR', 'SWITCHYARD_DEBUG'];

/** What the server reads, and judges. */
const SERVER_KEYS: readonly string[] = ['server'];
const SERVER_PREFIX = 'SWITCHYARD_SERVER_';

/** What a command that selects gets from the command line. */
export interface Invocation {
  readonly context: CliContext;
  readonly options: GlobalOptions;
  /** What the selection flags said. */
  readonly flags: readonly SettingStatement[];
  readonly discovery: Discovery;
}

/** Everything that anybody said, before anything was composed. */
export interface SettingsSituation {
  readonly statements: readonly SettingStatement[];
  readonly warnings: readonly SelectionWarning[];
  /** Configuration files that were read, weakest layer first. */
  readonly files: readonly string[];
}

/** Reads the files and variables and adds the flags. */
export async function readAllSettings(invocation: Invocation): Promise<SettingsSituation> {
  const { context, options, flags, discovery } = invocation;
  const read = await readSettings({
    names: backendNames(discovery.names),
    cwd: context.cwd,
    environment: context.environment,
    otherKeys: SERVER_KEYS,
    otherVariables: [
      ...OWN_VARIABLES,
      ...Object.keys(context.environment).filter((name) => name.startsWith(SERVER_PREFIX)),
    ],
    ...(options.config === undefined ? {} : { configFile: options.config }),
  });
  return { ...read, statements: [...read.statements, ...flags] };
}

/** Whose machine is asked about, and with which packages. */
export interface Simulation {
  /** Name of a machine, or a file that `switchyard host --json` wrote. */
  readonly host?: string;
  /** Ids to take as installed, separated by commas. */
  readonly installed?: string;
}

/** All that selection needs, and the backends themselves. */
export interface Situation {
  readonly registry: Registry;
  readonly input: SelectInput;
  readonly settings: SettingsSituation;
}

/** Composes the backends and looks at the machine, or at the one that is simulated. Loads nothing native. */
export async function situationOf(invocation: Invocation, simulation: Simulation = {}): Promise<Situation> {
  const { context } = invocation;
  // Done before code of others is loaded, which could change what is found.
  const [settings, here] = await Promise.all([
    readAllSettings(invocation),
    simulation.host === undefined ? readHostFacts({ environment: context.environment }) : null,
  ]);
  const composition = await compose(invocation.discovery, settings.statements);
  const { registry } = composition;
  const warnings = [...settings.warnings, ...composition.warnings];
  const host = here ?? (await simulatedHost(context, simulation.host!));
  const known = await knownOf(registry, host, simulation);
  return {
    registry,
    settings: { ...settings, warnings },
    input: {
      known,
      host,
      settings: settings.statements,
      warnings,
      simulated: simulation.host !== undefined,
    },
  };
}

/** What selection says of a situation. */
export function reportOf(situation: Situation): SelectionReport {
  return select(situation.input);
}

async function simulatedHost(context: CliContext, host: string): Promise<HostFacts> {
  const { loadHost } = await import('./load-host.ts');
  return loadHost(host, (path) => (isAbsolute(path) ? path : resolve(context.cwd, path)));
}

async function knownOf(
  registry: Registry,
  host: HostFacts,
  { host: simulated, installed }: Simulation,
): Promise<readonly KnownBackend[]> {
  if (installed !== undefined) {
    const source = `--installed ${installed}`;
    const ids = installed.trim() === '' ? [] : installed.split(',').map((id) => id.trim());
    if (ids.includes('')) {
      throw new SettingsError('invalid-value', `\`${source}\` has an empty member.`, {
        source,
        remedy: 'Separate names with single commas.',
      });
    }
    return simulateInstalled(registry.known(), ids, source);
  }
  // The files of this machine say nothing about another one.
  if (simulated !== undefined) return registry.known();
  const { lookForArtifacts } = await import('@switchyard/runtime');
  return lookForArtifacts(registry, host);
}
