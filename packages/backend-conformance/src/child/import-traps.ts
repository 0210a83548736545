import { createRequire, syncBuiltinESMExports } from 'node:module';

/** What an import did. Every list is empty for a backend that only defines things. */
export interface ImportRecord {
  /** Why it could not be imported or made, or `null`. */
  readonly problem: string | null;
  readonly done: Readonly<Record<string, readonly string[]>>;
  /** Milliseconds that importing the module and making the backend took. */
  readonly milliseconds: number;
}

/** Variables that steer Switchyard, an engine or a driver. */
const STEERING =
  /^(?:SWITCHYARD_|CUDA|NVIDIA|ORT_|ONNXRUNTIME|OPENVINO|OV_|INTEL_|ONEAPI|VK_|LD_|DYLD_|OMP_|HIP_|ROC)/;

/** Lays traps on everything that an import must not do, does the work, and says what was touched. */
export async function trapped(work: () => Promise<void>): Promise<ImportRecord> {
  const require = createRequire(import.meta.url);
  // Importing it as an ES module brings Node's own dispatcher of requests onto the global object.
  await import('node:http');
  const done: Record<string, string[]> = {};
  const note = (what: string, which: string): void => {
    (done[what] ??= []).push(which);
  };
  const refuse = (what: string, name: string): (() => never) =>
    // A plain function, because some of what it stands for is called with `new`.
    function refused(): never {
      note(what, name);
      throw new Error(`The conformance kit refuses ${name} during an import.`);
    };
  const lay = (module: object, name: string, members: readonly string[], what: string): void => {
    for (const member of members) Object.assign(module, { [member]: refuse(what, `${name}.${member}`) });
  };
  process.dlopen = (_module, file) => {
    note('load the native library', file);
    throw new Error(`The conformance kit refuses to load ${file} during an import.`);
  };
  const starting = 'start a process or thread with';
  const reaching = 'reach for a network with';
  lay(
    require('node:child_process') as object,
    'child_process',
    ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'],
    starting,
  );
  lay(require('node:worker_threads') as object, 'worker_threads', ['Worker'], starting);
  lay(require('node:net') as object, 'net', ['connect', 'createConnection', 'createServer'], reaching);
  for (const scheme of ['http', 'https']) {
    lay(require(`node:${scheme}`) as object, scheme, ['request', 'get'], reaching);
  }
  lay(require('node:dgram') as object, 'dgram', ['createSocket'], reaching);
  lay(require('node:dns') as object, 'dns', ['lookup', 'resolve'], reaching);
  lay(globalThis, 'globalThis', ['fetch', 'WebSocket'], reaching);
  lay(
    require('node:fs') as object,
    'fs',
    [
      'writeFileSync',
      'writeFile',
      'mkdirSync',
      'mkdir',
      'appendFileSync',
      'rmSync',
      'mkdtempSync',
      'createWriteStream',
    ],
    'write files with',
  );
  syncBuiltinESMExports();

  const real = process.env;
  process.env = new Proxy(real, {
    get(target, name) {
      if (STEERING.test(String(name))) note('read the variable', String(name));
      return Reflect.get(target, name) as unknown;
    },
    set(target, name, value) {
      note('set the variable', String(name));
      return Reflect.set(target, name, value);
    },
    deleteProperty(target, name) {
      note('delete the variable', String(name));
      return Reflect.deleteProperty(target, name);
    },
  });
  const globals = new Set(Reflect.ownKeys(globalThis));
  const events = new Map(process.eventNames().map((name) => [name, process.listenerCount(name)] as const));
  const resources = openResources();
  const folder = process.cwd();
  const began = performance.now();
  let problem: string | null = null;
  try {
    await work();
  } catch (error) {
    problem = String(error);
  }
  const milliseconds = performance.now() - began;
  for (const key of Reflect.ownKeys(globalThis)) if (!globals.has(key)) note('set the global', String(key));
  for (const name of process.eventNames()) {
    if (process.listenerCount(name) > (events.get(name) ?? 0))
      note('listen to the process for', String(name));
  }
  for (const kind of openResources().slice(resources.length)) note('leave open a', kind);
  if (process.cwd() !== folder) note('change the folder to', process.cwd());
  return { problem, done, milliseconds };
}

function openResources(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => !/^(?:Pipe|TTY|File|FSReq|Immediate)/.test(kind));
}
