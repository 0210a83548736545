import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endingOf } from '../child/start-child.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { expectThat, shown } from '../conformance-failure.ts';

/** K11: what nobody asked for. */
export const SIDE_EFFECT_CASES: readonly ConformanceCase[] = [
  {
    id: 'K11.1',
    title:
      'using it prints nothing on standard output, changes no variable and no folder, and leaves no file',
    change:
      'Undo what the message names: log to nowhere, hand settings to the engine rather than to the environment, and delete temporary files at the release.',
    needs: 'origin-and-device',
    place: 'caller',
    async run({ child, settings }) {
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-conformance-')));
      try {
        const ended = await child('side-effects', { folder });
        expectThat(
          ended.answer !== null && ended.code === 0,
          () => `The process that used it ${endingOf(ended)}.`,
        );
        const { variables, cwd, listeners } = ended.answer as {
          readonly variables: readonly string[];
          readonly cwd: string;
          readonly listeners: readonly string[];
        };
        // Keeping an engine from sending something is no side effect that anybody minds.
        const minded = variables.filter((name) => !/TELEMETRY|DO_NOT_TRACK/.test(name));
        const changed = minded.filter((name) => settings.environment?.includes(name) !== true);
        expectThat(ended.stdout === '', `It printed ${shown(ended.stdout)} to standard output.`);
        expectThat(
          changed.length === 0,
          `It changed the variables ${changed.join(', ')}; name in \`environment\` what the engine needs before it is loaded.`,
        );
        expectThat(cwd === join(folder, 'work'), `It changed the working directory to ${cwd}.`);
        expectThat(listeners.length === 0, `It listens to ${listeners.join(', ')} of the process.`);
        const left = await readdir(folder, { recursive: true });
        const files = left.filter((path) => path !== 'work' && path !== 'temporary');
        expectThat(files.length === 0, `It left files behind: ${files.slice(0, 5).join(', ')}.`);
        return { variables: variables.length };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
];
