import { EngineError, pluginBug, SettingsError, type BackendV1, type IsolationV1 } from '@switchyard/core';

const ORDER: readonly IsolationV1[] = ['inline', 'thread', 'process'];

/**
 * The isolation that a session gets: the one asked for, or what the backend recommends where it can be
 * made anew in a thread or process.
 *
 * @throws SettingsError `invalid-value` for one that does not exist, is below the backend's minimum, or
 * cannot be had; EngineError `plugin-bug` for a backend that asks for what it does not make possible
 */
export function chooseIsolation(backend: BackendV1, asked: IsolationV1 | undefined): IsolationV1 {
  const { id, isolation, package: from } = backend.manifest;
  const { minimum, recommended } = isolation;
  if (asked !== undefined && !ORDER.includes(asked)) {
    throw invalid(
      asked,
      `\`${asked}\` is no isolation; they are \`inline\`, \`thread\` and \`process\`.`,
      null,
    );
  }
  if (asked !== undefined && ORDER.indexOf(asked) < ORDER.indexOf(minimum)) {
    throw invalid(
      asked,
      `\`${id}\` must not run with less isolation than \`${minimum}\`, but \`${asked}\` was asked for.`,
      `Leave \`isolation\` out, or ask for \`${minimum}\`.`,
    );
  }
  if (backend.origin !== undefined) return asked ?? recommended;
  if (minimum !== 'inline') {
    const problem = `it needs the isolation \`${minimum}\`, but has no \`origin\`, so that no other thread or process can make it`;
    throw new EngineError({ backend: id, reason: pluginBug(from.name, `${problem}.`) });
  }
  if (asked !== undefined && asked !== 'inline') {
    throw invalid(
      asked,
      `\`${id}\` cannot run with the isolation \`${asked}\`: this object of ${from.name} has no \`origin\`, so that no other thread or process can make it.`,
      'Ask for `inline`, or make the backend without functions among its options.',
    );
  }
  return 'inline';
}

function invalid(asked: unknown, message: string, remedy: string | null): SettingsError {
  return new SettingsError('invalid-value', message, { source: `isolation: ${String(asked)}`, remedy });
}
