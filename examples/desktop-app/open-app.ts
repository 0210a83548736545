import {
  backendNames,
  knownAliases,
  knownId,
  makeTensor,
  readSettings,
  renderSelection,
  renderSelectionLine,
  SelectionError,
  tensorValues,
  type HostFacts,
} from '@switchyard/core';
import { addModel } from '@switchyard/onnx/testing';
import { createRuntime, type Runtime } from '@switchyard/runtime';
import { compose } from './compose.ts';
import { readPreferences, writePreferences, type Preferences } from './preferences.ts';
import { statementsOf } from './statements-of.ts';

/** Where the app is, and what lies around it. */
export interface AppPlace {
  /** File of the preferences. */
  readonly file: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** (optional) Facts about the machine. Default: the machine is read. */
  readonly host?: HostFacts;
}

/** The app without its window. Every answer is text for the user. */
export interface App {
  /** Ids of the backends that can be chosen. */
  readonly backends: readonly string[];
  /** What counts, and what would run: one line for each. */
  status(): Promise<string>;
  /** The whole report. */
  why(): Promise<string>;
  /** Chooses a backend, or `automatic`, and remembers it. */
  choose(choice: string): Promise<string>;
  /** Switches a backend off or on, and remembers it. */
  switch(backend: string, off: boolean): Promise<string>;
  /** Adds numbers with the model. */
  add(left: readonly number[], right: readonly number[]): Promise<string>;
}

/** Opens the app: reads the preferences and what lies around. Loads no engine. */
export async function openApp({ file, cwd, environment, host }: AppPlace): Promise<App> {
  let preferences: Preferences = await readPreferences(file);
  const registry = compose();
  const backends = registry.known().map((known) => knownId(known));
  const names = backendNames(
    registry.known().map((known) => ({ id: knownId(known), aliases: knownAliases(known) })),
  );

  // A runtime takes its settings once, so that each answer has one of its own. Making it starts nothing.
  const withRuntime = async (use: (runtime: Runtime) => Promise<string>): Promise<string> => {
    const { statements, warnings } = await readSettings({ names, cwd, environment });
    const settings = [...statementsOf(preferences), ...statements];
    const facts = host === undefined ? {} : { host };
    await using runtime = await createRuntime({ backends: [], registry, settings, warnings, ...facts });
    return await use(runtime);
  };
  const status = (): Promise<string> =>
    withRuntime(async (runtime) => {
      const report = await runtime.explain();
      const off = preferences.off.length === 0 ? 'none' : preferences.off.join(', ');
      const remedy = report.refusal === null ? [] : [`-> ${report.refusal.remedy}`];
      return [`choice: ${preferences.choice}, off: ${off}`, renderSelectionLine(report), ...remedy].join(
        '\n',
      );
    });
  const remember = async (next: Preferences): Promise<string> => {
    await writePreferences(file, next);
    preferences = next;
    return status();
  };
  const checked = (id: string): string => {
    if (backends.includes(id)) return id;
    throw new RangeError(`There is no \`${id}\` in this app. There are ${backends.join(' and ')}.`);
  };
  return {
    backends,
    status,
    why: () => withRuntime(async (runtime) => renderSelection(await runtime.explain())),
    choose: async (choice) =>
      remember({ ...preferences, choice: choice === 'automatic' ? choice : checked(choice) }),
    switch: async (backend, off) => {
      const others = preferences.off.filter((id) => id !== checked(backend));
      return remember({ ...preferences, off: off ? [...others, backend] : others });
    },
    add: (left, right) =>
      withRuntime(async (runtime) => {
        try {
          await using session = await runtime.open({ bytes: addModel(), name: 'add.onnx' });
          const { sum } = await session.run({
            a: makeTensor('float32', [left.length], left),
            b: makeTensor('float32', [right.length], right),
          });
          return `${tensorValues(sum!).join(' ')}\n${renderSelectionLine(session.selection)}`;
        } catch (error) {
          // What the user chose cannot be had: that is said, and nothing else computes in its place.
          if (!SelectionError.isInstance(error)) throw error;
          return `refused: ${error.message}`;
        }
      }),
  };
}
