import { errorText } from '@switchyard/core';
import { runCli } from './run-cli.ts';

// A reader that closes the pipe early, like `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// SIGINT keeps its default action: a handler would have to wait for an engine that is at work.

// A plugin can leave a promise to itself; that must neither end the program nor print a stack.
process.on('unhandledRejection', (reason) => {
  process.stderr.write(`warning: A promise was rejected and nobody looked: ${errorText(reason)}\n`);
});

// The same for an error in a callback that nobody waits for: what was asked goes on, and is answered.
process.on('uncaughtException', (error) => {
  process.stderr.write(`warning: An error was thrown outside of every call: ${errorText(error)}\n`);
});

// What this program prints is read by others. Whatever a plugin prints goes where messages go.
const print = process.stdout.write.bind(process.stdout);
const stdout: NodeJS.WriteStream = Object.create(process.stdout, {
  write: { value: print },
}) as NodeJS.WriteStream;
process.stdout.write = process.stderr.write.bind(process.stderr);

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  environment: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout,
  stderr: process.stderr,
});

// A plugin can leave timers behind that nobody can stop. Where nothing is left to do, the program has ended before.
setTimeout(() => process.exit(), 1000).unref();
