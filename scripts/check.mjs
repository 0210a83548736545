import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { run } from './run.mjs';

/** Generated cases for the invariants of selection and for the codecs; a plain `vitest run` takes fewer. */
const CASES = { PROPERTY_CASES: '200000', CODEC_CASES: '2000' };

/** Everything that CI runs, in the order in which it fails fastest. */
const STEPS = [
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['format', 'oxfmt', ['--check', '.']],
  ['boundaries', 'turbo', ['boundaries']],
  [
    'build, types, packages',
    'turbo',
    ['run', 'build', 'typecheck', 'lint:package', '--output-logs=errors-only'],
  ],
  ['unused code', 'knip', []],
];

/** Runs every step, also after one failed; the last line printed is `N passed, N failed`. */
export async function check(tools, args) {
  const windows = process.platform === 'win32';
  const failures = [];
  let passed = 0;
  for (const [name, program, programArgs] of STEPS) {
    console.log(`\n== ${name}: ${program} ${programArgs.join(' ')}`);
    const status = await run(program, programArgs, { cwd: ROOT, env: tools.env, shell: windows });
    if (status === 0) passed += 1;
    else failures.push(`${name} (exit status ${status})`);
  }

  const folder = mkdtempSync(join(tmpdir(), 'switchyard-check-'));
  const report = join(folder, 'tests.json');
  // As many files at once as there are processors; the default leaves one processor idle.
  const workers = `--maxWorkers=${availableParallelism()}`;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  console.log(
    `\n== tests: vitest run, ${Object.entries(CASES)
      .map(([name, count]) => `${name}=${count}`)
      .join(' ')}`,
  );
  const status = await run('vitest', ['run', workers, ...reporters, ...args], {
    cwd: ROOT,
    env: { ...CASES, ...tools.env },
    shell: windows,
  });
  let skipped = 0;
  try {
    const results = JSON.parse(readFileSync(report, 'utf8'));
    passed += results.numPassedTests;
    skipped = results.numPendingTests + results.numTodoTests;
    for (const file of results.testResults) {
      const broken = file.assertionResults.filter((test) => test.status === 'failed');
      for (const test of broken) failures.push(`${test.fullName} (${file.name.slice(ROOT.length + 1)})`);
      if (file.status === 'failed' && broken.length === 0)
        failures.push(`${file.name.slice(ROOT.length + 1)}`);
    }
  } catch (error) {
    failures.push(`tests: no report was written (${error.message})`);
  }
  if (status !== 0 && failures.length === 0) failures.push(`tests: vitest ended with exit status ${status}`);
  rmSync(folder, { recursive: true, force: true });

  if (failures.length > 0) console.log(`\nFailed:\n${failures.map((line) => `  ${line}`).join('\n')}`);
  if (skipped > 0) console.log(`\n${skipped} tests were skipped; each says why in its name.`);
  console.log(`\n${passed} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}
