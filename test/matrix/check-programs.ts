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
  const advice = async (machine: string): Promise<string> => switchyard('backends', '--host', machine);
  contains(await advice('linux-nvidia'), `${manager.addCommand} @switchyard/backend-cuda`);
  contains(await advice('mac-m4-max'), `${manager.addCommand} @switchyard/backend-mps-coreml`);
  contains(await advice('linux-alpine'), `${manager.addCommand} @switchyard/backend-wasm`);
}

function contains(text: string, wanted: string): void {
  if (!text.includes(wanted)) throw new Error(`\`${wanted}\` is not in:\n${text}`);
}

function same(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${String(found)} instead of ${String(wanted)}.`);
}
