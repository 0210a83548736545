/** A third-party package that does what it must not, and the sentence that it has to end in. */
export interface HostilePlugin {
  /** What it does, to be read after "a plugin". */
  readonly name: string;
  /** (optional) Id in its package.json. Default: `hostile`. */
  readonly id?: unknown;
  /** (optional) Other fields of package.json. Default: none. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** (optional) JavaScript after the maker of its backend, or in the place of it. Default: nothing. */
  readonly code?: string;
  /** (optional) JavaScript of an object whose members are put over those of a backend that works. Default: none. */
  readonly over?: string;
  /** (optional) Whether somebody listed it. Default: true. */
  readonly listed?: boolean;
  /** (optional) Only on the command line. Default: in a program too. */
  readonly only?: 'cli';
  /** What a reader is told, wherever that stands. */
  readonly sentence: RegExp;
  /** (optional) The first act that shows it. Default: `explain`. */
  readonly shows?: 'explain' | 'probe' | 'open';
}

/** The code of a backend without dependencies, as a third party could write it. */
export function backendCode(id: string, over = '{}'): string {
  return `export function createBackend() {
  const manifest = {
    id: ${JSON.stringify(id)}, title: ${JSON.stringify(id)}, package: { name: ${JSON.stringify(id === 'good' ? 'backend-good' : 'a-hostile')}, version: '1.0.0' },
    stability: 'experimental', optIn: false, optInReason: 'It is a test.', deviceKinds: ['npu'], dtypes: ['float32'],
    isolation: { minimum: 'inline', recommended: 'inline' }, options: {}, rank: ${id === 'good' ? 0 : 50},
  };
  const device = { id: manifest.id + ':0', name: 'A device', kind: 'npu', software: false };
  // A probe brings a model of its own, as bytes, with one result for its one input; a person's model is y = x.
  const session = (model, changed = (bytes) => bytes) => {
    const tiny = 'bytes' in model;
    const value = (name, shape) => ({ name, dtype: 'float32', shape });
    return {
      inputs: [value('x', tiny ? [2, 4] : ['n'])], outputs: [value('y', tiny ? [2, 2] : ['n'])], device, executionProviders: ['Good'],
      doRun: async ({ x }) => tiny
        ? { y: { dtype: 'float32', shape: [2, 2], bytes: new Uint8Array(new Float32Array([8.5, 0, 2.25, 0]).buffer) } }
        : { y: { ...x, bytes: changed(x.bytes.slice()) } },
      doPlacement: async () => ({ source: 'itself', complete: true, partitions: 1, providers: [{ name: 'Good', nodes: 1, timeShare: 1, operators: { Identity: 1 } }] }),
      [Symbol.asyncDispose]: async () => {},
    };
  };
  const backend = {
    specificationVersion: 'v1', manifest,
    origin: { module: import.meta.url, factory: 'createBackend', arguments: [] },
    predicate: () => ({ eligible: 'yes', reasons: [], devices: [device] }),
    doProbe: async () => ({ ok: true, devices: [device], evidence: 'It was tried.' }),
    doDevices: async () => [device],
    doOpen: async (model) => session(model),
  };
  const over = ${over};
  return Object.defineProperties(backend, Object.getOwnPropertyDescriptors(over));
}
`;
}

const FOREVER = 'new Promise(() => { setInterval(() => {}, 1000); })';

export const HOSTILE_PLUGINS: readonly HostilePlugin[] = [
  // What its package.json says.
  { name: 'with the id of a first-party backend', id: 'cpu', sentence: /both offer a backend named `cpu`/ },
  {
    name: 'with the id of one that is not installed',
    id: 'cuda',
    sentence: /both offer a backend named `cuda`/,
  },
  {
    name: 'with the id of another plugin',
    id: 'good',
    listed: false,
    sentence: /both offer a backend named `good`/,
  },
  { name: 'with a reserved id', id: 'auto', sentence: /id `auto` is a reserved word/ },
  { name: 'with an id that pollutes prototypes', id: '__proto__', sentence: /id "__proto__" is not made of/ },
  { name: 'with an id that is no text', id: { toString: 'x' }, sentence: /is not made of lower-case words/ },
  {
    name: 'with a contract of tomorrow',
    manifest: { switchyard: { backend: { id: 'hostile', contract: 'v9', export: 'createBackend' } } },
    sentence: /contract v9, and this program supports v1/,
  },
  {
    name: 'whose export is a member of every object',
    manifest: { switchyard: { backend: { id: 'hostile', contract: 'v1', export: '__proto__' } } },
    sentence: /no function `__proto__`/,
  },
  {
    name: 'with scripts that run at installation',
    manifest: {
      scripts: Object.fromEntries(
        ['preinstall', 'install', 'postinstall', 'prepare'].map((name) => [
          name,
          'node -e "process.kill(process.ppid)"',
        ]),
      ),
      gypfile: true,
      main: './nowhere.js',
      exports: undefined,
    },
    sentence: /is there, but something that it needs is not/,
  },
  // What its module does when it is imported.
  { name: 'that throws at import', code: 'throw new Error("kaput");', sentence: /importing it threw: kaput/ },
  {
    name: 'that throws nothing at import',
    code: 'throw undefined;',
    sentence: /importing it threw: undefined/,
  },
  {
    name: 'that throws what cannot be read',
    code: 'throw { toString() { throw 1; } };',
    sentence: /importing it threw: something that cannot be described/,
  },
  {
    name: 'that ends the process at import',
    code: 'process.exit(0);',
    sentence: /while it was loaded, it called `process\.exit`/,
  },
  {
    name: 'that never finishes importing',
    code: `await ${FOREVER};`,
    sentence: /importing it threw: it did not end within \d+ ms/,
  },
  {
    name: 'that patches built-ins at import',
    code: 'Array.prototype.filter = () => []; JSON.stringify = () => "{}"; globalThis.setTimeout = () => 0;',
    sentence: /while it was loaded, it changed `.+` and changed/,
  },
  {
    name: 'that pollutes every object',
    code: 'Object.prototype.optIn = true; Object.prototype.eligible = "yes";',
    sentence: /added `optIn` to every object/,
  },
  {
    name: 'that changes environment and folder',
    code: "process.env.SWITCHYARD_BACKEND = 'hostile'; process.chdir('/');",
    sentence: /changed `process\.env` and changed the current folder/,
  },
  {
    name: 'that prints at import',
    code: 'console.log(\'{"selected":"hostile"}\');',
    sentence: /wrote to standard output/,
  },
  {
    name: 'that leaves errors to nobody at import',
    code: "Promise.reject(new Error('never looked at')); queueMicrotask(() => { throw new Error('soon'); });",
    sentence: /while it was loaded, it left an error to nobody \((?:never looked at|soon)\)/,
  },
  {
    name: 'that throws when everybody has forgotten it',
    code: "setTimeout(() => { throw new Error('later'); }, 1);",
    over: "{ predicate() { throw new Error('and here'); } }",
    sentence: /its predicate threw: and here/,
    // A program of somebody decides for itself what an error of nobody does to it.
    only: 'cli',
  },
  // What its backend is.
  {
    name: 'of another contract in its code',
    over: "{ specificationVersion: 'v0' }",
    sentence: /contract "v0", and this core supports v1/,
  },
  {
    name: 'with a manifest that throws',
    over: "{ get manifest() { throw new Error('private'); } }",
    sentence: /reading it threw: private/,
  },
  {
    name: 'with a manifest that is another at every look',
    over: "{ get manifest() { this.looks = (this.looks ?? 0) + 1; return { ...manifest, id: this.looks > 1 ? 'cpu' : 'hostile' }; } }",
    sentence: /`hostile`.+`cpu`|both offer/,
  },
  {
    name: 'with options that are not closed',
    over: "{ manifest: { ...manifest, options: { '*': { type: 'anything', description: 'Whatever.' } } } }",
    sentence: /its option `\*` is of the type "anything"/,
  },
  {
    name: 'with an option that pollutes prototypes',
    over: '{ manifest: { ...manifest, options: JSON.parse(\'{"__proto__":{"type":"string","description":"x"}}\') } }',
    sentence: /its option `__proto__` has a name that every object has already/,
  },
  {
    name: 'with the alias of another backend',
    over: "{ manifest: { ...manifest, aliases: ['cpu'] } }",
    sentence: /both offer a backend named `cpu`/,
  },
  {
    name: 'with functions in its manifest',
    over: "{ manifest: { ...manifest, title: () => 'x' } }",
    sentence: /cannot be registered: reading it threw/,
  },
  // What its predicate answers.
  {
    name: 'whose predicate throws',
    over: "{ predicate() { throw new Error('boom'); } }",
    sentence: /its predicate threw: boom/,
  },
  {
    name: 'whose predicate is asynchronous',
    over: "{ predicate: async () => ({ eligible: 'yes' }) }",
    sentence: /its predicate answered undefined/,
  },
  {
    name: 'whose predicate gives nothing',
    over: '{ predicate() {} }',
    sentence: /its predicate did not return an answer/,
  },
  {
    name: 'whose predicate says yes without a device',
    over: "{ predicate: () => ({ eligible: 'yes', reasons: [], devices: [] }) }",
    sentence: /said yes without naming a device/,
  },
  {
    name: 'whose predicate changes the facts',
    over: '{ predicate(host) { host.accelerators = { known: true, value: [] }; host.os.platform = "none"; } }',
    sentence: /its predicate threw: Cannot assign to read only property/,
  },
  {
    name: 'whose predicate has an empty reason',
    over: "{ predicate: () => ({ eligible: 'no', reasons: [{ code: 'hardware-absent', message: ' ', evidence: [], remedy: null }], devices: [] }) }",
    sentence: /the reason `hardware-absent` has no message/,
  },
  {
    name: 'whose predicate invents a reason code',
    over: "{ predicate: () => ({ eligible: 'no', reasons: [{ code: 'constructor', message: 'x', evidence: [], remedy: null }], devices: [] }) }",
    sentence: /the reason code "constructor" does not exist/,
  },
  {
    name: 'whose predicate throws after it said yes once',
    over: "{ predicate: () => { if (globalThis.asked) throw new Error('not twice'); globalThis.asked = true; throw undefined; } }",
    sentence: /its predicate threw: (?:undefined|not twice)/,
  },
  {
    name: 'whose artifacts are nonsense',
    over: "{ doArtifacts: async () => 'nonsense' }",
    sentence: /its `doArtifacts` did not give a list/,
  },
  {
    name: 'whose artifacts never come',
    over: `{ doArtifacts: () => ${FOREVER} }`,
    sentence: /`doArtifacts` threw: it did not end within \d+ ms/,
  },
  {
    name: 'whose artifacts change the facts',
    over: "{ doArtifacts: async (host) => { host.os.platform = 'none'; return []; } }",
    sentence: /`doArtifacts` threw: Cannot assign to read only property/,
  },
  // What it does when it is tried.
  {
    name: 'whose probe crashes',
    over: "{ doProbe: async () => { process.kill(process.pid, 'SIGSEGV'); await new Promise(() => setInterval(() => {}, 1000)); } }",
    sentence: /SIGSEGV/,
    shows: 'probe',
  },
  {
    name: 'whose probe ends its process',
    over: '{ doProbe: async () => process.exit(0) }',
    sentence: /ended/,
    shows: 'probe',
  },
  {
    name: 'whose probe hangs',
    over: `{ doProbe: () => ${FOREVER} }`,
    sentence: /did not end|took longer|within/,
    shows: 'probe',
  },
  {
    name: 'whose probe loops',
    over: '{ doProbe: async () => { for (;;) {} } }',
    sentence: /did not end|took longer|within/,
    shows: 'probe',
  },
  {
    name: 'whose probe prints garbage and answers nonsense',
    over: "{ doProbe: async () => { process.stdout.write('{\"ok\":true}\\n\\0\\u001b[2J'); process.send?.({ ok: true }); return 'fine'; } }",
    sentence: /hostile/,
    shows: 'probe',
  },
  {
    name: 'whose probe throws an error without a message',
    over: '{ doProbe: async () => { throw new Error(); } }',
    sentence: /an error without a message/,
    shows: 'probe',
  },
  // What it opens.
  {
    name: 'whose session is on another device',
    over: "{ doOpen: async (model) => ({ ...session(model), device: { id: 'hostile:1', name: 'Another', kind: 'npu', software: false } }) }",
    sentence: /hostile:1/,
    shows: 'open',
  },
  {
    name: 'whose session is software though its device is not',
    over: '{ doOpen: async (model) => ({ ...session(model), device: { ...device, kind: "cpu", software: true } }) }',
    sentence: /software|emulation|cpu/,
    shows: 'open',
  },
  {
    name: 'that opens nothing',
    over: '{ doOpen: async () => undefined }',
    sentence: /hostile/,
    shows: 'open',
  },
  {
    name: 'that throws an error without a message when it opens',
    over: '{ doOpen: async () => { throw new Error(); } }',
    sentence: /an error without a message/,
    shows: 'open',
  },
  {
    name: 'that computes something else',
    over: '{ doOpen: async (model) => session(model, (bytes) => bytes.map((byte) => byte ^ 64)) }',
    sentence: /hostile/,
    shows: 'open',
  },
];
