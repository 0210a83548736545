import { EngineError, type BackendSessionV1, type BackendV1 } from '@switchyard/core';
import { createScriptedBackend } from './scripted-backend.ts';

/** What is wrong with a backend: one thing, in one place. */
export type Mutation = keyof typeof MUTATIONS;

interface Broken {
  /** What was done to a healthy backend, as a clause. */
  readonly what: string;
  /** The case that has to fail, and no other. */
  readonly fails: string;
  /** What the message has to say. */
  readonly says: RegExp;
  readonly breakIt: (healthy: BackendV1) => BackendV1;
}

const kept: Buffer[] = [];
const OWNER = Symbol.for('switchyard.scripted.owner');
const own = {};

type Session = BackendSessionV1;

/** Another face of every session that the backend opens. */
function sessions(healthy: BackendV1, change: (session: Session, name: string) => Partial<Session>): BackendV1 {
  return {
    ...healthy,
    doOpen: async (source, context) => {
      const session = await healthy.doOpen(source, context);
      return { ...session, ...change(session, 'name' in source ? source.name : source.path) };
    },
  };
}

/** Deliberate faults, at least one for each group of the kit. */
export const MUTATIONS = {
  K1: {
    what: 'its factory sets a variable',
    fails: 'K1.2',
    says: /set the variable SCRIPTED_HOME.*out of the factory/,
    breakIt: (healthy) => {
      process.env['SCRIPTED_HOME'] = 'somewhere';
      return healthy;
    },
  },
  K2: {
    what: 'its predicate asks the clock',
    fails: 'K2.2',
    says: /looked at `Date\.now`.*Read only the `host` argument/,
    breakIt: (healthy) => ({
      ...healthy,
      predicate: (host) => (Date.now() < 0 ? healthy.predicate(host) : healthy.predicate(host)),
    }),
  },
  K3: {
    what: 'an alias is the id of another backend',
    fails: 'K3.2',
    says: /alias `cuda` is the id of another backend.*Take the id or alias out/,
    breakIt: (healthy) => ({ ...healthy, manifest: { ...healthy.manifest, aliases: ['cuda'] } }),
  },
  K4: {
    what: 'it takes `process.abort` away',
    fails: 'K4.2',
    says: /With the fault `abort` the probe ended as ok.*no replaced `process` members/,
    breakIt: (healthy) => {
      process.abort = (() => undefined) as never;
      return healthy;
    },
  },
  K5: {
    what: 'its second release throws',
    fails: 'K5.1',
    says: /already disposed.*return at once the second time/,
    breakIt: (healthy) =>
      sessions(healthy, (session) => {
        let released = false;
        return {
          async [Symbol.asyncDispose]() {
            if (released) throw new Error('Session already disposed.');
            released = true;
            await session[Symbol.asyncDispose]();
          },
        };
      }),
  },
  K6: {
    what: 'it recommends `inline` and holds the thread',
    fails: 'K6.1',
    says: /in the isolation `inline`, the loop of the caller.*Recommend `thread` or `process`/,
    breakIt: (healthy) => ({
      ...healthy,
      manifest: { ...healthy.manifest, isolation: { minimum: 'inline', recommended: 'inline' } },
    }),
  },
  K7: {
    what: 'every row of a batch is the first one',
    fails: 'K7.5',
    says: /`perceptron` is wrong on `scripted:0`.*differs in 4 of 6 elements.*model-unsupported/,
    breakIt: (healthy) =>
      sessions(healthy, (session, name) => ({
        async doRun(feeds, options) {
          const results = await session.doRun(feeds, options);
          const y = results['y'];
          if (name !== 'perceptron' || y === undefined || y.dtype !== 'float32') return results;
          const bytes = y.bytes.slice();
          for (let row = 1; row < y.shape[0]!; row += 1) bytes.copyWithin(row * 8, 0, 8);
          return { y: { ...y, bytes } };
        },
      })),
  },
  K8: {
    what: 'strict mode leaves nodes on the CPU',
    fails: 'K8.4',
    says: /In strict mode on `scripted:0`, 1 nodes are on `CPUExecutionProvider`.*Refuse a strict opening/,
    breakIt: (healthy) =>
      sessions(healthy, (session, name) => ({
        async doPlacement(request) {
          const placement = await session.doPlacement(request);
          if (name !== 'mixed') return placement;
          const nodes = ['ScriptedExecutionProvider', 'CPUExecutionProvider'];
          return { ...placement, providers: nodes.map((provider) => ({ name: provider, nodes: 1, timeShare: null })) };
        },
      })),
  },
  K9: {
    what: 'a value of an option is declared and not taken',
    fails: 'K9.2',
    says: /\{"mode":"fast"\} was refused without `invalid-value`.*Hand the value/,
    breakIt: (healthy) => ({
      ...healthy,
      doOpen: (source, context) => {
        if (context.options['mode'] === 'fast') throw new Error('This mode is not there yet.');
        return healthy.doOpen(source, context);
      },
    }),
  },
  K10: {
    what: 'every session leaves 4 MiB behind',
    fails: 'K10.1',
    says: /opened and released leaves \d{7} bytes behind.*Free what a run and a session allocated/,
    breakIt: (healthy) => ({
      ...healthy,
      doOpen: (source, context) => {
        kept.push(Buffer.alloc(4 * 1024 * 1024, 1));
        return healthy.doOpen(source, context);
      },
    }),
  },
  K11: {
    what: 'opening sets a variable',
    fails: 'K11.1',
    says: /changed the variables SCRIPTED_THREADS.*hand settings to the engine/,
    breakIt: (healthy) => ({
      ...healthy,
      doOpen: (source, context) => {
        process.env['SCRIPTED_THREADS'] = '4';
        return healthy.doOpen(source, context);
      },
    }),
  },
  K12: {
    what: 'a probe that was aborted is remembered as absence',
    fails: 'K12.1',
    says: /after one that was aborted it says \{"ok":false.*look again the next time/,
    breakIt: (healthy) => {
      let lost = false;
      return {
        ...healthy,
        doProbe: async (context) => {
          lost ||= context.signal?.aborted === true;
          if (!lost) return healthy.doProbe(context);
          const reason = { code: 'hardware-absent', message: 'It is gone.', evidence: [], remedy: null } as const;
          return { ok: false, reason };
        },
      };
    },
  },
  K13: {
    what: 'a second copy of its module refuses to work',
    fails: 'K13.1',
    says: /two copies of the module ended with status 1.*Symbol\.for/,
    breakIt: (healthy) => ({
      ...healthy,
      doOpen: (source, context) => {
        const owners = globalThis as { [OWNER]?: object };
        owners[OWNER] ??= own;
        if (owners[OWNER] !== own) {
          const message = 'Another copy of this module has loaded the library.';
          const reason = { code: 'native-conflict', message, evidence: [], remedy: null } as const;
          throw new EngineError({ backend: 'scripted', reason });
        }
        return healthy.doOpen(source, context);
      },
    }),
  },
} as const satisfies Readonly<Record<string, Broken>>;

/** A healthy backend with one fault. */
export function createBrokenBackend(mutation: Mutation): BackendV1 {
  return {
    ...MUTATIONS[mutation].breakIt(createScriptedBackend()),
    origin: { module: import.meta.url, factory: 'createBrokenBackend', arguments: [mutation] },
  };
}
