import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPackage, type Discovery } from '@switchyard/composition';
import { AcquireError } from '../acquisition/acquire-error.ts';
import { discoverHere } from '../discover-here.ts';
import { EXIT_STATUSES } from '../exit-status.ts';
import type { Invocation } from '../situation.ts';
import { UsageError } from '../usage-error.ts';
import { findBackend, type NamedBackend } from './find-backend.ts';
import { commandText, globalCommand, projectCommand, type PackageCommand } from './package-command.ts';
import { notesOf, printPackages, type PackagesDocument } from './render-packages.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Prints the command that adds or removes a backend, and with `--yes` runs it. No file is edited by this program. */
export async function changePackages(
  invocation: Invocation,
  action: 'add' | 'remove',
  word: string,
  words: { readonly yes: boolean; readonly global: boolean },
): Promise<number> {
  const { context, options, discovery } = invocation;
  const named = findBackend(word, discovery);
  if (named.kind === 'built-in') {
    throw new UsageError(
      `\`cpu\` comes with \`switchyard\` itself and cannot be ${action === 'add' ? 'added' : 'removed'}.`,
      action === 'add' ? 'It is there.' : 'To keep it from being used: `--disable cpu`.',
    );
  }
  const { packages, engine } = packagesOf(named, action, discovery);
  const command = commandOf(discovery, context.cwd, action, packages, words.global);
  const document: PackagesDocument = {
    schema: 1,
    action,
    backend: word,
    packages,
    engine,
    command: commandText(command),
    folder: command.folder,
    manager: command.manager,
    managerSource: command.managerSource,
    notes: notesOf(named, action),
    done: false,
    exitStatus: null,
  };
  if (!words.yes) {
    printPackages(invocation, document);
    return EXIT_STATUSES.ok.status;
  }
  if (!options.json) {
    context.stderr.write(`$ ${document.command}\n`);
  }
  const status = await runCommand(command, invocation);
  if (status === 0) verify(context.cwd, action, packages, words.global);
  printPackages(invocation, { ...document, done: true, exitStatus: status });
  return status;
}

function packagesOf(
  named: Exclude<NamedBackend, { readonly kind: 'built-in' }>,
  action: 'add' | 'remove',
  { project }: Discovery,
): { readonly packages: readonly string[]; readonly engine: string | null } {
  if (named.kind === 'package') return { packages: [named.name], engine: null };
  if (named.kind === 'plugin') return { packages: [named.plugin.found.name], engine: null };
  const { package: own, beside, engine } = named.entry;
  if (action === 'add') return { packages: [own, ...beside], engine };
  // What the project does not name is not the project's to remove.
  const others = beside.map((spec) => spec.replace(/(?!^)@.*$/, ''));
  return {
    packages: [own, ...others.filter((name) => project?.dependencies.includes(name) === true)],
    engine,
  };
}

function commandOf(
  { project }: Discovery,
  cwd: string,
  action: 'add' | 'remove',
  packages: readonly string[],
  global: boolean,
): PackageCommand {
  if (global) return globalCommand(HERE, cwd, action, packages);
  if (project !== null) return projectCommand(project, action, packages);
  throw new UsageError(
    `There is no project here: neither \`${cwd}\` nor a folder above it has a package.json.`,
    'Go to your project, make one with `npm init -y`, or write `--global` for a program that is installed for all projects.',
  );
}

async function runCommand(command: PackageCommand, { context, options }: Invocation): Promise<number> {
  const child = spawn(command.program, [...command.words], {
    cwd: command.folder,
    env: { ...context.environment },
    // With --json, standard output is for one document.
    stdio: ['inherit', options.json ? 2 : 'inherit', 'inherit'],
    // npm and its kin are scripts of the shell there; every word is one of ours or a checked name.
    shell: process.platform === 'win32',
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  return new Promise((done, fail) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      fail(
        error.code === 'ENOENT'
          ? new UsageError(
              `\`${command.program}\` is not among the programs of this machine, and ${command.managerSource} asks for it.`,
              `Install ${command.manager}, or type the command of another package manager.`,
            )
          : error,
      );
    });
    child.on('close', (status, signal) => {
      done(
        status ?? (signal === 'SIGINT' ? EXIT_STATUSES.interrupted.status : EXIT_STATUSES.unforeseen.status),
      );
    });
  });
}

/** Looks whether what the package manager said is so. */
function verify(cwd: string, action: 'add' | 'remove', packages: readonly string[], global: boolean): void {
  const { project } = discoverHere(cwd);
  const wrong = packages
    .map((spec) => spec.replace(/(?!^)@.*$/, ''))
    .filter((name) => {
      const found = findPackage(name, global || project === null ? HERE : project.folder) !== null;
      const there =
        global || action === 'add' ? found : found && project?.dependencies.includes(name) === true;
      return action === 'add' ? !there : there;
    });
  if (wrong.length === 0) return;
  const names = wrong.map((name) => `\`${name}\``).join(', ');
  throw new AcquireError(
    'not-verified',
    action === 'add'
      ? `The package manager ended well, but ${names} cannot be found from ${global ? 'this program' : 'this project'}.`
      : `The package manager ended well, but ${names} is still there.`,
    'Read what the package manager printed; `switchyard backends` shows what is installed.',
  );
}
