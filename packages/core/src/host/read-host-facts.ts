import { deepFreeze } from '../util/deep-freeze.ts';
import type { HostFacts, Provenance } from './host-facts.ts';
import { hostVariables } from './host-variables.ts';
import { readLinuxFacts } from './linux/read-linux-facts.ts';
import type { MachineFacts } from './machine-facts.ts';
import { MachineFiles } from './machine-files.ts';
import { readMacosFacts } from './macos/read-macos-facts.ts';
import { runCommand, type RunCommand } from './macos/run-command.ts';
import { currentProcess, type ProcessView } from './process-view.ts';
import { readOtherFacts } from './read-other-facts.ts';
import { loadSystemInformation, type SystemInformation } from './windows/system-information.ts';
import { readWindowsFacts } from './windows/read-windows-facts.ts';

/** Replaces what the reader looks at. Every part defaults to the machine and the process that it runs on. */
export interface ReadHostFactsOptions {
  /** Directory that stands for `/` when a recorded Linux tree is read (optional). */
  readonly root?: string;
  /** Platform whose reader is used (optional, `process.platform`). */
  readonly platform?: string;
  /** Environment that search paths and {@link HostFacts.variables} come from (optional, `process.env`). */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Answers of the process itself; what is left out is asked of the one that runs (optional). */
  readonly process?: Partial<ProcessView>;
  /** Runs the commands that a Mac is asked with (optional). */
  readonly run?: RunCommand;
  /** Loads the library that Windows is asked with (optional). */
  readonly systemInformation?: () => Promise<SystemInformation>;
}

/**
 * Looks at the machine and says what is there, with the source of every value and the reason for every gap.
 *
 * On Linux only files are read and no process is started; on macOS `sysctl` and `sw_vers` run side by side
 * for at most two seconds; on Windows the `systeminformation` library answers within two seconds. Nothing
 * native is loaded and no network is used. A file that cannot be read makes that one fact unknown; the
 * promise is never rejected for the state of the machine. The result is frozen all the way down.
 */
export async function readHostFacts(options: ReadHostFactsOptions = {}): Promise<HostFacts> {
  const platform = options.platform ?? process.platform;
  const environment = options.environment ?? process.env;
  const view: ProcessView = { ...currentProcess(), ...options.process };
  return deepFreeze({
    schema: 1,
    provenance: provenanceOf(options, platform, view.arch),
    ...(await readMachine(platform, environment, view, options)),
    node: { version: view.nodeVersion, napi: view.napiVersion },
    variables: hostVariables(environment),
  } satisfies HostFacts);
}

async function readMachine(
  platform: string,
  environment: Readonly<Record<string, string | undefined>>,
  view: ProcessView,
  options: ReadHostFactsOptions,
): Promise<MachineFacts> {
  switch (platform) {
    case 'linux': {
      return await readLinuxFacts({
        files: new MachineFiles(options.root ?? '/'),
        process: view,
        environment,
      });
    }
    case 'darwin': {
      return await readMacosFacts(view, options.run ?? runCommand);
    }
    case 'win32': {
      return await readWindowsFacts(view, options.systemInformation ?? loadSystemInformation);
    }
    default: {
      return readOtherFacts(platform, view);
    }
  }
}

// An environment of one's own is still this machine's; the other parts replace the machine.
const REPLACES_MACHINE = ['root', 'platform', 'process', 'run', 'systemInformation'] as const;

function provenanceOf(options: ReadHostFactsOptions, platform: string, arch: string): Provenance {
  const replaced = REPLACES_MACHINE.filter((part) => options[part] !== undefined);
  return replaced.length === 0
    ? { kind: 'live', description: `Read just now by a Node process on ${platform} ${arch}.` }
    : {
        kind: 'recorded',
        description: `Read for ${platform} ${arch} with these parts given in place of the machine's own: ${replaced.join(', ')}.`,
      };
}
