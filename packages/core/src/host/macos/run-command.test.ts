import { describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';

const NODE = process.execPath;

describe('runCommand', () => {
  it('gives what a program printed', async () => {
    expect(await runCommand(NODE, ['-p', '1 + 1'], 20_000)).toEqual({ stdout: '2\n', failure: null });
  });

  it('gives what a failing program printed, with its status', async () => {
    const result = await runCommand(NODE, ['-e', 'console.log("half"); process.exitCode = 3'], 20_000);
    expect(result).toEqual({ stdout: 'half\n', failure: `\`${NODE}\` exited with 3` });
  });

  it('says that a program is missing', async () => {
    const result = await runCommand('/nonexistent/sysctl', [], 20_000);
    expect(result).toMatchObject({ stdout: '', failure: expect.stringContaining('did not run') });
  });

  it('ends a program that hangs and ignores polite signals', async () => {
    const script = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log(process.pid)';
    const result = await runCommand(NODE, ['-e', script], 1500);
    expect(result.failure).toBe(`\`${NODE}\` was ended after 1500 ms`);
    const child = Number(result.stdout);
    // It may not have come far enough to print; where it did, it is gone.
    if (child > 0) expect(() => process.kill(child, 0)).toThrow('ESRCH');
  });
});
