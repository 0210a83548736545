#!/usr/bin/env node
import { runServer } from './run-server.ts';

// A reader that closes the pipe early, like `head` or a collector of logs, must not end the server.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const status = await runServer({
  argv: process.argv.slice(2),
  environment: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
});
// What is still open belongs to models that did not end in time, and ends with this process.
process.exit(status);
