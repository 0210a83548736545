import { pathToFileURL } from 'node:url';
import { errorText } from '@switchyard/core';

/** What code that only defines a backend changed in the program that loaded it. */
export interface GlobalsWatch {
  /** Puts everything back and says what had been changed, or `null`: a clause as in `changed \`JSON.parse\``. */
  end(): string | null;
}

/**
 * Watches over the program while code of somebody else is imported: its built-in objects, environment, folder and
 * standard output belong to everybody, and leaving the program is not for a part of it to decide. Additions are
 * allowed, except to `Object.prototype`, from which every object inherits.
 *
 * @param folderOfCode absolute path of the package; an error that nobody catches is its own where its stack leads there
 */
export function watchGlobals(folderOfCode: string): GlobalsWatch {
  const owners = builtIns();
  const before = owners.map(
    ({ name, object }) => ({ name, object, members: new Map(ownMembers(object)) }) as const,
  );
  const environment = { ...process.env };
  const folder = process.cwd();
  const acts: string[] = [];
  const origin = pathToFileURL(folderOfCode).href;
  const ofOthers: unknown[] = [];
  const left = (error: unknown): void => {
    if (error instanceof Error && error.stack?.includes(origin) === true) {
      acts.push(`left an error to nobody (${errorText(error)})`);
    } else if (process.listenerCount('uncaughtException') === 1) {
      // Nobody else listens: it has to end the program, as it would have done without a watch.
      ofOthers.push(error);
    }
  };
  process.on('uncaughtException', left);
  process.on('unhandledRejection', left);
  const undo = [
    replace(process, 'exit', () => {
      acts.push('called `process.exit`');
      throw new Error('a backend may not end the program that loads it');
    }),
    // What a program prints there is read by other programs.
    replace(process.stdout, 'write', (...chunk: Parameters<typeof process.stderr.write>) => {
      acts.push('wrote to standard output');
      return process.stderr.write(...chunk);
    }),
  ];
  return {
    end() {
      for (const restore of undo) restore();
      process.off('uncaughtException', left);
      process.off('unhandledRejection', left);
      for (const error of ofOthers) {
        process.nextTick(() => {
          throw error;
        });
      }
      for (const { name, object, members } of before) acts.push(...restoreMembers(name, object, members));
      if (restoreEnvironment(environment)) acts.push('changed `process.env`');
      if (process.cwd() !== folder) {
        process.chdir(folder);
        acts.push('changed the current folder');
      }
      return acts.length === 0 ? null : [...new Set(acts)].slice(0, 3).join(' and ');
    },
  };
}

type Members = ReadonlyMap<PropertyKey, PropertyDescriptor>;
interface BuiltIn {
  readonly name: string;
  readonly object: object;
}

const { defineProperty, getOwnPropertyDescriptor } = Reflect;

function builtIns(): readonly BuiltIn[] {
  const named = Object.getOwnPropertyNames(globalThis).flatMap((name): readonly BuiltIn[] => {
    const descriptor = getOwnPropertyDescriptor(globalThis, name);
    const value: unknown = descriptor?.value;
    // A getter of Node.js loads a part of it; nothing has to be loaded to look after it.
    if (!isObject(value) || value === globalThis) return [];
    const prototype: unknown = getOwnPropertyDescriptor(value, 'prototype')?.value;
    return [
      { name, object: value },
      ...(isObject(prototype) ? [{ name: `${name}.prototype`, object: prototype }] : []),
    ];
  });
  return [{ name: 'globalThis', object: globalThis }, ...named];
}

function ownMembers(object: object): readonly (readonly [PropertyKey, PropertyDescriptor])[] {
  return Reflect.ownKeys(object).flatMap((key) => {
    // Node.js keeps its own state under such names, as in `process._events`.
    if (String(key).startsWith('_') && object === process) return [];
    const descriptor = getOwnPropertyDescriptor(object, key);
    return descriptor === undefined ? [] : [[key, descriptor] as const];
  });
}

function restoreMembers(name: string, object: object, members: Members): readonly string[] {
  const changed: string[] = [];
  for (const [key, descriptor] of members) {
    const now = getOwnPropertyDescriptor(object, key);
    if (now !== undefined && isSame(now, descriptor, name)) continue;
    defineProperty(object, key, descriptor);
    changed.push(`changed \`${name === 'globalThis' ? '' : `${name}.`}${String(key)}\``);
  }
  if (object !== Object.prototype) return changed;
  for (const key of Reflect.ownKeys(object)) {
    if (members.has(key)) continue;
    Reflect.deleteProperty(object, key);
    changed.push(`added \`${String(key)}\` to every object`);
  }
  return changed;
}

function isSame(now: PropertyDescriptor, before: PropertyDescriptor, owner: string): boolean {
  // Node.js defines its lazy globals anew when they are first used.
  if (owner === 'globalThis' && before.get !== undefined) return true;
  if (before.get !== undefined || before.set !== undefined)
    return now.get === before.get && now.set === before.set;
  // A setting like `Error.stackTraceLimit` is for anybody to change.
  if (typeof before.value !== 'function' && !isObject(before.value)) return true;
  return now.value === before.value;
}

function restoreEnvironment(before: Readonly<Record<string, string | undefined>>): boolean {
  let changed = false;
  for (const name of new Set([...Object.keys(before), ...Object.keys(process.env)])) {
    if (process.env[name] === before[name]) continue;
    changed = true;
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  return changed;
}

function replace(object: object, key: string, value: unknown): () => void {
  const before = getOwnPropertyDescriptor(object, key);
  defineProperty(object, key, { value, configurable: true, writable: true, enumerable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(object, key);
    else defineProperty(object, key, before);
  };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
