import { existsSync } from 'node:fs';

/**
 * URL of a program of this package that runs in a thread or process of its own. From source it
 * stands beside this file; the build moves this file into `dist` itself and keeps the folder there.
 */
export function entryUrl(name: 'process-entry' | 'thread-entry' | 'watchdog-entry'): URL {
  if (import.meta.url.endsWith('.ts')) return new URL(`./${name}.ts`, import.meta.url);
  const places = [`./isolation/${name}.js`, `./${name}.js`].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) {
    throw new TypeError(
      `\`${name}.js\` is not beside ${import.meta.url}. A bundler must leave \`@switchyard/runtime\` outside of its bundle.`,
    );
  }
  return found;
}
