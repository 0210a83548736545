import {
  checkOptions,
  SettingsError,
  SwitchyardError,
  type OptionSpecV1,
  type OptionValuesV1,
} from '@switchyard/core';
import { endingOf } from '../child/start-child.ts';
import type { CaseContext, ConformanceCase } from '../conformance-case.ts';
import { expectThat, shown } from '../conformance-failure.ts';
import { difference } from '../goldens/models.ts';

/** Values that an option should take, where the author names none. */
function valuesOf(name: string, spec: OptionSpecV1): readonly OptionValuesV1[] {
  switch (spec.type) {
    case 'boolean':
      return [{ [name]: false }, { [name]: true }];
    case 'enum':
      return spec.values.map((value) => ({ [name]: value }));
    case 'integer':
    case 'number': {
      const numbers = [
        spec.minimum ?? spec.default ?? 1,
        ...(spec.default === undefined ? [] : [spec.default]),
      ];
      return [...new Set(numbers)].map((value) => ({ [name]: value }));
    }
    case 'string':
      return spec.default === undefined ? [] : [{ [name]: spec.default }];
  }
}

/** Values that an option must not take. */
function wrongFor(spec: OptionSpecV1): readonly unknown[] {
  const outside =
    spec.type === 'integer' || spec.type === 'number'
      ? [
          'many',
          Number.NaN,
          ...(spec.minimum === undefined ? [] : [spec.minimum - 1]),
          ...(spec.maximum === undefined ? [] : [spec.maximum + 1]),
        ]
      : spec.type === 'enum'
        ? ['none-of-these', 1]
        : spec.type === 'boolean'
          ? ['true', 1]
          : [1, true];
  return [...outside, null, {}, []];
}

/** Opens with some option values in this process; what was wrong, or `null`. */
export async function openWith(
  { backend, device }: Pick<CaseContext, 'backend' | 'device'>,
  options: OptionValuesV1,
): Promise<{ readonly code: string | null; readonly message: string } | null> {
  const model = difference('float32');
  try {
    const session = await backend.doOpen({ bytes: model.bytes(), name: model.name }, { device, options });
    await session[Symbol.asyncDispose]();
    return null;
  } catch (error) {
    return { code: SwitchyardError.isInstance(error) ? error.code : null, message: String(error) };
  }
}

/** K9: options. */
export const OPTION_CASES: readonly ConformanceCase[] = [
  {
    id: 'K9.1',
    title: 'the option schema is closed, and its defaults are values of its own',
    change: 'Correct the option that the message names in `manifest.options`.',
    needs: 'nothing',
    place: 'caller',
    async run({ backend, settings }) {
      const { options: schema } = backend.manifest;
      const subject = `backend \`${backend.manifest.id}\``;
      const refused = (values: Readonly<Record<string, unknown>>): boolean => {
        try {
          checkOptions(schema, values, subject);
          return false;
        } catch (error) {
          return SettingsError.isInstance(error);
        }
      };
      for (const [name, spec] of Object.entries(schema)) {
        expectThat(
          /[.!?]$/.test(spec.description.trim()),
          `The description of \`${name}\` is no sentence: ${shown(spec.description)}.`,
        );
        if (spec.type === 'enum') {
          expectThat(
            spec.values.length > 0 && new Set(spec.values).size === spec.values.length,
            `The values of \`${name}\` are none, or one is there twice.`,
          );
        }
        if (spec.default !== undefined) {
          expectThat(
            !refused({ [name]: spec.default }),
            `The default ${shown(spec.default)} of \`${name}\` is no value of it.`,
          );
        }
        for (const wrong of wrongFor(spec)) {
          expectThat(refused({ [name]: wrong }), `\`${name}\` takes ${shown(wrong)}.`);
        }
        for (const values of [...valuesOf(name, spec), ...(settings.optionSets?.[name] ?? [])]) {
          expectThat(!refused(values), `\`${name}\` does not take ${shown(values)}.`);
        }
      }
      expectThat(refused({ 'option-that-does-not-exist': 1 }), 'An option that does not exist is taken.');
      return { options: Object.keys(schema).length };
    },
  },
  {
    id: 'K9.2',
    title: 'every value of every option opens a session, or is refused by name',
    change:
      'Hand the value that the message names to the engine, or refuse it with `invalid-value` and the name of the option; take out what the engine ignores.',
    needs: 'device',
    place: 'session',
    async run(context) {
      const { backend, settings } = context;
      let opened = 0;
      let refused = 0;
      for (const [name, spec] of Object.entries(backend.manifest.options)) {
        const named = settings.optionSets?.[name];
        for (const values of named ?? valuesOf(name, spec)) {
          let problem = await openWith(context, values);
          // Of some options a process has one value, that of its first session.
          if (problem !== null && backend.origin !== undefined) {
            const ended = await context.child('option-set', { values });
            expectThat(
              ended.code === 0 && ended.answer !== null,
              () => `A process that opened a session with ${shown(values)} ${endingOf(ended)}.`,
            );
            problem = (ended.answer as { readonly problem: typeof problem }).problem;
          }
          if (problem === null) {
            opened += 1;
            continue;
          }
          const byName = problem.code === 'invalid-value' && problem.message.includes(name);
          expectThat(
            byName && named === undefined,
            () =>
              `${shown(values)} was refused${byName ? ', and the author says that it is taken' : ' without `invalid-value` and its name'}: ${shown(problem.message)}.`,
          );
          refused += 1;
        }
      }
      return { opened, refused };
    },
  },
];
