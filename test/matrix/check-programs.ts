import { join } from 'node:path';
import type { Cell } from './cells.ts';
import type { PackageManager } from './package-managers.ts';
import { runProgram } from './run-program.ts';

interface DoctorBackend {
  readonly backend: string;
  readonly health: string;
  readonly package: { readonly installed: boolean };
  readonly gates: { readonly working: string };
  readonly problem: { readonly message: string; readonly remedy: string | null } | null;
}

interface ExplainReport {
  readonly candidates: readonly {
    readonly backend: string;
    readonly status: string;
    readonly reasons: readonly { readonly code: string; readonly remedy: string | null }[];
  }[];
}

/**
 * Looks whether `switchyard`, beside a backend in a project, finds exactly this backend through the project's own
 * dependencies, and whether `doctor` says what is installed, that `cpu` works, and why another does not.
 */
export async function checkSwitchyard(
  { backend }: Cell,
  manager: PackageManager,
  project: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const switchyard = async (...args: string[]): Promise<string> => {
    const program = join('node_modules/@switchyard/cli/dist/main.js');
    const ended = await runProgram(process.execPath, [program, ...args], project, environment);
    if (ended.status === 0 && ended.stderr === '') return ended.stdout;
    throw new Error(
      `\`switchyard ${args.join(' ')}\` ended with ${ended.status}:\n${ended.stdout}\n${ended.stderr}`,
    );
  };
  const here = new Set(['cpu', ...(backend === null ? [] : [backend])]);

  const { candidates } = JSON.parse(await switchyard('explain', '--json')) as ExplainReport;
  for (const { backend: id, status, reasons } of candidates) {
    same(`explain: ${id} is installed`, status !== 'not-installed', here.has(id));
    if (here.has(id)) continue;
    const remedy = `${manager.addCommand} @switchyard/backend-${id}`;
    same(
      `explain: what to do about ${id}`,
      reasons.find(({ code }) => code === 'package-missing')?.remedy,
      remedy,
    );
  }

  const doctor = JSON.parse(await switchyard('doctor', '--json')) as {
    readonly ok: boolean;
    readonly engines: readonly unknown[];
    readonly backends: readonly DoctorBackend[];
  };
  same('doctor: ok', doctor.ok, true);
  same('doctor: copies of onnxruntime-node', doctor.engines.length, 1);
  same(
    'doctor: backends',
    doctor.backends
      .map(({ backend: id }) => id)
      .toSorted()
      .join(),
    candidates
      .map(({ backend: id }) => id)
      .toSorted()
      .join(),
  );
  for (const one of doctor.backends) {
    same(`doctor: ${one.backend} is installed`, one.package.installed, here.has(one.backend));
    const reasoned = one.problem !== null && one.problem.message !== '';
    same(`doctor: ${one.backend} works, or there is a reason`, reasoned || one.gates.working === 'yes', true);
  }
  same('doctor: cpu works', doctor.backends.find(({ backend: id }) => id === 'cpu')?.gates.working, 'yes');

  if (backend !== null) return;
  // No backend package at all: what to install depends on the machine, so it is asked about three.
  for (const [machine, id] of Object.entries(ADVICE)) {
    const text = await switchyard('backends', '--host', machine);
    const [, forThisMachine] = text.split('For this machine');
    const command = new RegExp(`${manager.addCommand} (?:--workspace-root )?@switchyard/backend-${id}\\b`);
    same(`backends --host ${machine}: the command for ${id}`, command.test(text), true);
    same(
      `backends --host ${machine}: ${id} is for this machine`,
      forThisMachine?.includes(`@switchyard/backend-${id}`),
      true,
    );
  }
}

/** Recorded machines, and the backend that is worth installing there. The last one has no build of `cpu`. */
const ADVICE = { 'linux-nvidia': 'cuda', 'mac-m4-max': 'mps-coreml', 'linux-alpine': 'wasm' } as const;

function same(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${String(found)} instead of ${String(wanted)}.`);
}
