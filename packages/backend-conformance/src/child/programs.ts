import nodeModule, { createRequire, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { deepFreeze, type BackendV1, type OptionValuesV1 } from '@switchyard/core';
import { loadMachine, MACHINE_NAMES } from '@switchyard/core/machines';
import { openWith } from '../cases/k9-options.ts';
import { difference, floats } from '../goldens/models.ts';
import type { ChildMode, ChildRequest } from './child-protocol.ts';
import { deviceOf, makeAgain, openAndRun, openModel } from './make-again.ts';
import { programOf } from './start-child.ts';

type Program = (request: ChildRequest, answer: (value: unknown) => void) => Promise<void>;

/** Samples of memory, and runs between two. */
const SESSIONS = 36;
const SAMPLES = 30;
const RUNS_PER_SAMPLE = 40;

/** What a process does in each mode; it ends by itself afterwards, or does not, which is what is looked at. */
export const PROGRAMS: Readonly<Record<Exclude<ChildMode, 'cases' | 'operators' | 'import'>, Program>> = {
  predicate: askWithNothingElse,
  artifacts: async (request, answer) => {
    const backend = await makeAgain(request.origin);
    const { trapped } = await import('./import-traps.ts');
    answer(
      await trapped(async () => {
        await backend.doArtifacts?.(request.host);
      }),
    );
  },
  'work-and-end': async (request, answer) => {
    const { session, values } = await openAndRun(await subjectOf(request));
    await session[Symbol.asyncDispose]();
    answer({ worked: values.join(',') === '4,6' });
  },
  'end-in-flight': async (request, answer) => {
    const { session } = await openAndRun(await subjectOf(request));
    const feeds = { a: floats([2], [5, 10]), b: floats([2], [1, 4]) };
    for (let run = 0; run < 16; run += 1) session.doRun(feeds).catch(() => undefined);
    answer({ running: true });
    await session[Symbol.asyncDispose]();
  },
  leak: measureMemory,
  'side-effects': watchSideEffects,
  'probe-again': probeTwice,
  'option-set': async (request, answer) => {
    const problem = await openWith(await subjectOf(request), request.more['values'] as OptionValuesV1);
    answer({ problem });
  },
  copies: workAsCopies,
  workers: workInThreads,
};

async function subjectOf(
  request: ChildRequest,
): Promise<{ readonly backend: BackendV1; readonly device: ReturnType<typeof deviceOf> }> {
  return { backend: await makeAgain(request.origin), device: deviceOf(request) };
}

/** Asks the predicate on every machine while everything else in the process is watched. */
async function askWithNothingElse(request: ChildRequest, answer: (value: unknown) => void): Promise<void> {
  const backend = await makeAgain(request.origin);
  const hosts = [
    ...(await Promise.all(MACHINE_NAMES.map((name) => loadMachine(name)))),
    deepFreeze(request.host),
  ];
  const require = createRequire(import.meta.url);
  const touched = new Set<string>();
  const watching: (() => void)[] = [];
  const watch = (target: object, name: string, member: string): void => {
    const before = Object.getOwnPropertyDescriptor(target, member);
    if (before?.configurable !== true) return;
    const value: unknown = (target as Record<string, unknown>)[member];
    Object.defineProperty(target, member, {
      configurable: true,
      get() {
        touched.add(`\`${name}.${member}\``);
        return value;
      },
    });
    watching.push(() => Object.defineProperty(target, member, before));
  };
  for (const member of [
    'env',
    'platform',
    'arch',
    'versions',
    'cwd',
    'report',
    'hrtime',
    'pid',
    'argv',
    'memoryUsage',
    'dlopen',
  ]) {
    watch(process, 'process', member);
  }
  watch(Date, 'Date', 'now');
  watch(Math, 'Math', 'random');
  watch(performance, 'performance', 'now');
  watch(globalThis, 'globalThis', 'fetch');
  for (const module of ['fs', 'os', 'child_process']) {
    const loaded = require(`node:${module}`) as object;
    for (const member of Object.keys(loaded)) {
      if (
        /^(?:read|exists|stat|lstat|access|open|readdir|spawn|exec|platform|arch|cpus|release|hostname)/.test(
          member,
        )
      ) {
        watch(loaded, module, member);
      }
    }
  }
  syncBuiltinESMExports();
  // Making the bindings of modules new reads every member once.
  touched.clear();
  for (const host of hosts) backend.predicate(host);
  const found = [...touched];
  for (const undo of watching) undo();
  answer({ touched: found, machines: hosts.length });
}

async function measureMemory(request: ChildRequest, answer: (value: unknown) => void): Promise<void> {
  const subject = await subjectOf(request);
  const collect = (globalThis as { readonly gc?: () => void }).gc ?? ((): void => undefined);
  const resident = (): number => {
    collect();
    return process.memoryUsage.rss();
  };
  const sessions: number[] = [];
  for (let count = 0; count < SESSIONS; count += 1) {
    const { session } = await openAndRun(subject);
    await session[Symbol.asyncDispose]();
    sessions.push(resident());
  }
  const session = await openModel(subject, difference('float32'));
  const feeds = { a: floats([2], [5, 10]), b: floats([2], [1, 4]) };
  const runs: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    for (let run = 0; run < RUNS_PER_SAMPLE; run += 1) await session.doRun(feeds);
    runs.push(resident());
  }
  await session[Symbol.asyncDispose]();
  answer({ sessions, runs, runsPerSample: RUNS_PER_SAMPLE });
}

async function watchSideEffects(request: ChildRequest, answer: (value: unknown) => void): Promise<void> {
  const folder = String(request.more['folder']);
  const work = join(folder, 'work');
  const temporary = join(folder, 'temporary');
  mkdirSync(work);
  mkdirSync(temporary);
  process.chdir(work);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = temporary;
  const subject = await subjectOf(request);
  const variables = { ...process.env };
  const counts = new Map(process.eventNames().map((name) => [name, process.listenerCount(name)] as const));
  await subject.backend.doDevices({ host: request.host });
  const { session } = await openAndRun(subject);
  await session.doPlacement();
  await session.doPlacement({ feeds: { a: floats([2], [5, 10]), b: floats([2], [1, 4]) } });
  await session[Symbol.asyncDispose]();
  const names = new Set([...Object.keys(variables), ...Object.keys(process.env)]);
  answer({
    variables: [...names].filter((name) => variables[name] !== process.env[name]),
    cwd: process.cwd(),
    listeners: process
      .eventNames()
      .filter((name) => process.listenerCount(name) > (counts.get(name) ?? 0))
      .map(String),
  });
}

/** What a probe says by itself, and what it says after one that was aborted before it began. */
async function probeTwice(request: ChildRequest, answer: (value: unknown) => void): Promise<void> {
  const { host, origin } = request;
  const verdict = async (backend: BackendV1, signal?: AbortSignal): Promise<unknown> => {
    const result = await backend.doProbe({ host, ...(signal === undefined ? {} : { signal }) });
    return result.ok
      ? { ok: true, devices: result.devices.map(({ id }) => id) }
      : { ok: false, code: result.reason.code };
  };
  const interrupted = await makeAgain(origin);
  // It may reject, or answer all the same; only what it says afterwards counts.
  await verdict(interrupted, AbortSignal.abort()).catch(() => undefined);
  const again = await verdict(interrupted);
  answer({ clean: await verdict(await makeAgain(origin)), again });
}

async function workAsCopies(request: ChildRequest, answer: (value: unknown) => void): Promise<void> {
  const device = deviceOf(request);
  const { origin } = request;
  const one = await openAndRun({ backend: await makeAgain(origin), device });
  // Node 22.15 has them; before, only the backend's own module is there twice.
  const { registerHooks } = nodeModule as { readonly registerHooks?: typeof nodeModule.registerHooks };
  // Every ES module that is imported from here on is another copy of itself, as in a bundle or a second installation.
  const hooks = registerHooks?.({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const copied = found.url.startsWith('file:') && !found.url.includes('?') && found.format !== 'commonjs';
      return copied && found.format !== 'json' ? { ...found, url: `${found.url}?copy=2` } : found;
    },
  });
  const other = await openAndRun({
    backend: await makeAgain({ ...origin, module: `${origin.module}?copy=2` }),
    device,
  });
  hooks?.deregister();
  const again = await openAndRun({ backend: await makeAgain(origin), device });
  for (const { session } of [one, other, again]) await session[Symbol.asyncDispose]();
  answer({ results: [one.values, other.values, again.values] });
}

async function workInThreads(request: ChildRequest, answer: (value: unknown) => void): Promise<void> {
  const program = programOf('thread-entry');
  const results = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<unknown>((resolve, reject) => {
          const worker = new Worker(program, { workerData: request });
          let found: unknown = null;
          worker.once('message', (message) => (found = message));
          worker.once('error', reject);
          worker.once('exit', () => resolve(found));
        }),
    ),
  );
  answer({ results });
}
