import { checkBackend } from '@switchyard/core';
import type { ImportRecord } from '../child/import-traps.ts';
import { endingOf } from '../child/start-child.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { expectThat, shown } from '../conformance-failure.ts';

/** K1: what a backend says about itself, and what importing it does. */
export const MANIFEST_CASES: readonly ConformanceCase[] = [
  {
    id: 'K1.1',
    title: 'the manifest is plain data within the contract',
    change: 'Correct the member of `manifest` that the message names; it has to be JSON and complete.',
    needs: 'nothing',
    place: 'caller',
    async run({ backend }) {
      const { manifest } = checkBackend(backend);
      expectThat(
        shown(JSON.parse(JSON.stringify(manifest))) === shown(manifest),
        'The manifest holds something that JSON does not keep.',
      );
      expectThat(manifest.dtypes.length > 0, 'The manifest declares no element type (`dtypes`).');
      expectThat(
        new Set(manifest.dtypes).size === manifest.dtypes.length,
        'The manifest declares an element type twice.',
      );
      expectThat(
        /[.!?]$/.test(manifest.optInReason.trim()),
        `\`optInReason\` is no sentence with a full stop: ${shown(manifest.optInReason)}.`,
      );
      return {
        id: manifest.id,
        dtypes: manifest.dtypes.length,
        options: Object.keys(manifest.options).length,
      };
    },
  },
  {
    id: 'K1.2',
    title: 'importing its module and making it does nothing',
    change:
      'Move whatever the message names out of the top level of your modules and out of the factory, into `doProbe`, `doDevices` and `doOpen`.',
    needs: 'origin',
    place: 'caller',
    async run({ child }) {
      const ended = await child('import');
      expectThat(
        ended.answer !== null && ended.code === 0,
        () => `The process that imported it ${endingOf(ended)}.`,
      );
      const record = ended.answer as ImportRecord;
      expectThat(
        record.problem === null,
        () => `Importing the module or making the backend failed: ${record.problem}.`,
      );
      const done = Object.entries(record.done).flatMap(([what, list]) => list.map((one) => `${what} ${one}`));
      expectThat(done.length === 0, () => `Importing it and making it did: ${done.slice(0, 5).join('; ')}.`);
      expectThat(
        ended.stdout === '',
        () => `Importing it printed ${shown(ended.stdout)} to standard output.`,
      );
      expectThat(ended.stderr === '', () => `Importing it printed ${shown(ended.stderr)} to standard error.`);
      return { milliseconds: Math.round(record.milliseconds) };
    },
  },
  {
    id: 'K1.3',
    title: 'every object of it says the same about itself',
    change: 'Make the manifest a constant: no accessor, no counter, nothing that depends on when it is read.',
    needs: 'nothing',
    place: 'caller',
    async run({ backend, create }) {
      const first = shown(backend.manifest);
      expectThat(
        shown(backend.manifest) === first,
        'The manifest says something else when it is read again.',
      );
      expectThat(shown(create().manifest) === first, 'Another object of the backend has another manifest.');
      return undefined;
    },
  },
  {
    id: 'K1.4',
    title: 'looking for its files loads, starts and writes nothing',
    change: 'Read directories and nothing else in `doArtifacts`; what has to be loaded belongs in `doProbe`.',
    needs: 'origin',
    place: 'caller',
    async run({ child }) {
      const ended = await child('artifacts');
      expectThat(
        ended.answer !== null && ended.code === 0,
        () => `The process that looked ${endingOf(ended)}.`,
      );
      const record = ended.answer as ImportRecord;
      expectThat(record.problem === null, () => `\`doArtifacts\` rejected: ${record.problem}.`);
      // Where files lie may be said by variables.
      const done = Object.entries(record.done).filter(([what]) => what !== 'read the variable');
      expectThat(
        done.length === 0,
        () => `\`doArtifacts\` did: ${done.map(([what, list]) => `${what} ${list[0]}`).join('; ')}.`,
      );
      expectThat(ended.stdout === '', () => `It printed ${shown(ended.stdout)} to standard output.`);
      return undefined;
    },
  },
];
