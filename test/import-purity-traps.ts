// Preloaded into a child process: whatever an import must not do is refused and written down here.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { writeSync } from 'node:fs';
// Importing it as an ES module reads members that bring Node's own dispatcher of requests onto the global object.
import 'node:http';
import { fileURLToPath } from 'node:url';

/** What the process did until it ended. Every list is empty for a process that only looked and decided. */
export interface TrapRecord {
  /** Native libraries that were asked for. */
  readonly loaded: readonly string[];
  /** Processes and threads that were started. */
  readonly started: readonly string[];
  /** Doors to a network that were tried. */
  readonly network: readonly string[];
  /** Environment variables that were read, each with the file that read it. */
  readonly environment: readonly { readonly name: string; readonly by: string }[];
  /** Properties that the global object has gained. */
  readonly globals: readonly string[];
  /** Timers, sockets and the like that were still open. */
  readonly resources: readonly string[];
}

/** The file descriptor that the record is written to when the process ends. */
const RECORD = 3;

const require = createRequire(import.meta.url);
const own = fileURLToPath(import.meta.url);
const loaded: string[] = [];
const started: string[] = [];
const network: string[] = [];
const environment: { name: string; by: string }[] = [];

// A plain function, because some of what it stands for is called with `new`.
function refuse(list: string[], what: string): () => never {
  return function refused(): never {
    list.push(what);
    throw new Error(`The trap refuses ${what}.`);
  };
}

function replace(module: object, name: string, members: readonly string[], list: string[]): void {
  for (const member of members) {
    if (!Object.hasOwn(module, member)) throw new Error(`${name} has no ${member} to lay a trap on.`);
    Object.assign(module, { [member]: refuse(list, `${name}.${member}`) });
  }
}

process.dlopen = (_module, file) => {
  loaded.push(file);
  throw new Error(`The trap refuses to load ${file}.`);
};

const processes = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'];
replace(require('node:child_process') as object, 'child_process', processes, started);
replace(require('node:worker_threads') as object, 'worker_threads', ['Worker'], started);
const net = require('node:net') as typeof import('node:net');
replace(net, 'net', ['connect', 'createConnection'], network);
replace(net.Socket.prototype, 'Socket', ['connect'], network);
replace(net.Server.prototype, 'Server', ['listen'], network);
for (const scheme of ['http', 'https']) {
  replace(require(`node:${scheme}`) as object, scheme, ['request', 'get'], network);
}
replace(require('node:http2') as object, 'http2', ['connect'], network);
replace(require('node:dgram') as object, 'dgram', ['createSocket'], network);
replace(require('node:dns') as object, 'dns', ['lookup', 'resolve'], network);
replace((require('node:dns') as typeof import('node:dns')).promises, 'dns', ['lookup', 'resolve'], network);
replace(globalThis, 'globalThis', ['fetch', 'WebSocket'], network);
syncBuiltinESMExports();

// The first frame outside this file and outside Node itself is who reads.
function reader(): string | null {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 20;
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  Error.stackTraceLimit = limit;
  const frame = frames.find((line) => !line.includes(own) && !line.includes('Proxy.'));
  return frame === undefined || /\(node:|at node:/.test(frame) ? null : frame.trim();
}

function note(name: string | symbol): void {
  const by = reader();
  // Node reads variables of its own while it resolves and prints.
  if (by !== null) environment.push({ name: String(name), by });
}

const real = process.env;
process.env = new Proxy(real, {
  get(target, name) {
    note(name);
    return Reflect.get(target, name) as unknown;
  },
  has(target, name) {
    note(name);
    return Reflect.has(target, name);
  },
  ownKeys(target) {
    note('*');
    return Reflect.ownKeys(target);
  },
});

const before = new Set(Reflect.ownKeys(globalThis));
process.once('exit', () => {
  const record: TrapRecord = {
    loaded,
    started,
    network,
    environment,
    globals: Reflect.ownKeys(globalThis)
      .filter((key) => !before.has(key))
      .map(String),
    resources: process.getActiveResourcesInfo().filter((kind) => !/^(?:Pipe|TTY|File|FSReq)/.test(kind)),
  };
  writeSync(RECORD, JSON.stringify(record));
});
