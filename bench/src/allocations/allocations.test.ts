import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import expected from './expected.json' with { type: 'json' };

const PROGRAM = fileURLToPath(new URL('count-allocations.ts', import.meta.url));
const FLAGS = [
  '--conditions=@switchyard/source',
  '--disable-warning=ExperimentalWarning',
  '--expose-gc',
  '--min-semi-space-size=128',
  '--max-semi-space-size=128',
];
/** Counts go up and down by a sixth with what the engine has compiled how by then. */
const MOST = 1.5;
const COUNTED_ON = '24';

const major = process.versions.node.split('.')[0];
const reason =
  major === COUNTED_ON ? '' : ` (skipped: counted with Node.js ${COUNTED_ON}; others allocate otherwise)`;

// Time would tell more about the machine than about a change; what an operation allocates does not.
describe.skipIf(reason !== '')(`what one operation allocates${reason}`, () => {
  const { stdout, stderr } =
    reason === ''
      ? spawnSync(process.execPath, [...FLAGS, PROGRAM], { encoding: 'utf8' })
      : { stdout: '{}', stderr: '' };
  const counted = (stdout === '' ? {} : JSON.parse(stdout)) as Readonly<Record<string, number>>;

  it('is counted for everything that is expected, and for nothing else', () => {
    expect(Object.keys(counted), stderr).toEqual(Object.keys(expected));
  });

  it.each(Object.entries(expected))(`is at most ${MOST} times what it was: %s`, (name, bytes) => {
    expect(
      counted[name],
      `${name} allocated ${counted[name]} bytes; \`expected.json\` has ${bytes}.`,
    ).toBeGreaterThan(0);
    expect(
      counted[name],
      `${name} allocated ${counted[name]} bytes; \`expected.json\` has ${bytes}.`,
    ).toBeLessThan(bytes * MOST);
  });
});
