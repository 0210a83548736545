import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { IsolationV1 } from '@switchyard/core';
import { describe, expect, it } from 'vitest';
import { ISOLATIONS, isAlive, sharedFolders, until } from './__fixtures__/open-fixture.ts';

const PROGRAM = fileURLToPath(new URL('./__fixtures__/exit-program.ts', import.meta.url));

function start(isolation: IsolationV1, mode: string, ...rest: readonly string[]): ChildProcess {
  const options = ['--conditions=@switchyard/source', '--expose-gc', '--no-warnings'];
  return spawn(process.execPath, [...options, PROGRAM, isolation, mode, ...rest], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function end(child: ChildProcess) {
  let output = '';
  let errors = '';
  child.stdout!.on('data', (chunk) => (output += String(chunk)));
  child.stderr!.on('data', (chunk) => (errors += String(chunk)));
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(sharedFolders(child.pid!)).toEqual([]);
  return { status, signal, output, errors };
}

const run = (...given: Parameters<typeof start>) => end(start(...given));

describe.each(ISOLATIONS)('%s: a program that', (isolation) => {
  it('exits during a run has the status that it asked for', async () => {
    expect(await run(isolation, 'exit-during-run')).toMatchObject({ status: 7, signal: null, errors: '' });
  });

  it('exits while many calls wait begins none of them any more', async () => {
    expect(await run(isolation, 'exit-with-queue')).toMatchObject({ status: 7, signal: null, errors: '' });
  });

  it.each(['0', '40', '120'])(
    'exits %s ms after it began to open has the status that it asked for',
    async (after) => {
      expect(await run(isolation, 'exit-during-open', after)).toMatchObject({ status: 7, signal: null });
    },
  );

  it('throws during a run has status 1', async () => {
    const ended = await run(isolation, 'throw-during-run');
    expect(ended).toMatchObject({ status: 1, signal: null });
    expect(ended.errors).toContain('on purpose');
  });

  it('forgets to close is not kept alive', async () => {
    expect(await run(isolation, 'idle')).toMatchObject({ status: 0, errors: '' });
  });

  it('waits for nothing but a run is kept alive by it', async () => {
    expect(await run(isolation, 'pending')).toMatchObject({ status: 0, output: 'result 1\n' });
  });

  it('closes as its last deed comes to its end', async () => {
    expect(await run(isolation, 'close-last')).toMatchObject({ status: 0, output: 'closed\n', errors: '' });
  });

  it('forgets a session is told, and the session is closed', async () => {
    const ended = await run(isolation, 'leak');
    expect(ended).toMatchObject({ status: 0, output: expect.stringMatching(/^SWITCHYARD_LEAK: .*`cpu`/) });
  });
});

it('exit during a run without end: in a process as asked, in a thread by SIGKILL and never by an abort', async () => {
  expect(await run('process', 'exit-endless')).toMatchObject({ status: 7, signal: null });
  expect(await run('thread', 'exit-endless')).toMatchObject({ status: null, signal: 'SIGKILL' });
});

async function startEndless() {
  const program = start('process', 'endless');
  const [line] = (await once(program.stdout!, 'data')) as [Buffer];
  const [pid, folder] = String(line).trim().split(' ');
  return { program, pid: Number(pid), folder: folder! };
}

it('a child in native code dies with a parent that is killed, and takes its shared memory with it', async () => {
  const { program, pid, folder } = await startEndless();
  expect(isAlive(pid)).toBe(true);
  program.kill('SIGKILL');
  await once(program, 'exit');
  await until(() => !isAlive(pid));
  await until(() => !existsSync(folder));
});

it('a parent that is stopped for a while keeps its child', async () => {
  const { program, pid } = await startEndless();
  program.kill('SIGSTOP');
  await new Promise((next) => setTimeout(next, 300));
  expect(isAlive(pid)).toBe(true);
  program.kill('SIGCONT');
  program.kill('SIGKILL');
  await once(program, 'exit');
  await until(() => !isAlive(pid));
});
