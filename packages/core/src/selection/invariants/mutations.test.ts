import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { hostFactsOf } from '../../testing/host-facts-of.ts';
import { select as sound } from '../select.ts';
import { checkInvariants, type Select } from './__fixtures__/check-invariants.ts';
import { caseArbitrary } from './__fixtures__/generate-case.ts';

/** Ways to break `select`, each the removal of one promise. The suite has to notice every one of them. */
const MUTANTS = [
  {
    promise: 'not forbidden is not wanted',
    file: 'selection/evaluate-candidate.ts',
    from: '(consented || optIn === false)',
    to: 'true',
    caughtBy: /^[15]:/,
  },
  {
    promise: 'exact or error',
    file: 'selection/choose.ts',
    from: "case 'exact':\n      return chooseExact(request.backend, describeSource(request.source), candidates);",
    to: "case 'exact': {\n      const exact = chooseExact(request.backend, describeSource(request.source), candidates);\n      return exact.chosen === null ? chooseAutomatically(candidates, settings) : exact;\n    }",
    caughtBy: /^2:/,
  },
  {
    promise: 'order independence of backends',
    file: 'selection/select.ts',
    from: '.toSorted(compareCandidates)',
    to: '',
    caughtBy: /^4:/,
  },
  {
    promise: 'order independence of statements',
    file: 'settings/name-statements.ts',
    from: '.toSorted((left, right) => compareStatements(left, right))',
    to: '',
    caughtBy: /^[234]:/,
  },
  {
    promise: 'an off-switch switches off',
    file: 'selection/evaluate-candidate.ts',
    from: 'permission?.allowed === false ? disabledByUser(id, permission.source) : null',
    to: 'null',
    caughtBy: /^3:/,
  },
  {
    promise: 'a plugin cannot make selection throw',
    file: 'selection/check-predicate-answer.ts',
    from: 'return { ok: false, problem: `its predicate threw: ${errorText(error)}` };',
    to: 'throw error;',
    caughtBy: /^8:/,
  },
  {
    promise: 'answers of plugins are checked',
    file: 'selection/check-predicate-answer.ts',
    from: 'return problem === null ? { ok: true',
    to: 'return problem !== undefined ? { ok: true',
    caughtBy: /^[68]:/,
  },
  {
    promise: 'no emulation unasked',
    file: 'selection/choose-devices.ts',
    from: 'if (named) return',
    to: 'if (named || wanted === null) return',
    caughtBy: /^7:/,
  },
  {
    promise: 'a refusal has a remedy',
    file: 'selection/choose.ts',
    from: "remedy: why?.remedy ?? 'To see what this machine can run: switchyard explain',\n      },\n      passedOver,\n    };\n  }\n  return {\n    ...nobody,\n    chosen: candidate",
    to: "remedy: '',\n      },\n      passedOver,\n    };\n  }\n  return {\n    ...nobody,\n    chosen: candidate",
    caughtBy: /^6:/,
  },
] as const;

const source = join(import.meta.dirname, '..', '..');
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function mutate(mutant: (typeof MUTANTS)[number]): Promise<Select> {
  // Inside the package, so that its dependencies resolve; outside `src`, so that nothing picks it up.
  const folder = await mkdtemp(join(source, '..', '.mutant-'));
  folders.push(folder);
  await cp(source, folder, { recursive: true });
  const file = join(folder, mutant.file);
  const text = await readFile(file, 'utf8');
  const parts = text.split(mutant.from);
  expect(
    parts,
    `the code that "${mutant.promise}" rests on stands exactly once in ${mutant.file}`,
  ).toHaveLength(2);
  await writeFile(file, parts.join(mutant.to));
  const { select } = (await import(pathToFileURL(join(folder, 'selection', 'select.ts')).href)) as {
    select: Select;
  };
  return select;
}

function firstFailure(select: Select): string | null {
  const result = fc.check(
    fc.property(caseArbitrary([hostFactsOf()]), fc.nat(100), (input, focus) => {
      checkInvariants(select, input, focus);
    }),
    { numRuns: 4000, seed: 42, endOnFailure: true },
  );
  if (!result.failed) return null;
  return result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
}

describe('the invariants notice when a promise is broken', { timeout: 120_000 }, () => {
  it('and hold for the sound selection', () => {
    expect(firstFailure(sound)).toBeNull();
  });

  it.each(MUTANTS)('$promise', async (mutant) => {
    const failure = firstFailure(await mutate(mutant));
    process.stdout.write(`mutant "${mutant.promise}": ${failure?.split('\n')[0] ?? 'SURVIVED'}\n`);
    expect(failure).toMatch(mutant.caughtBy);
  });
});
