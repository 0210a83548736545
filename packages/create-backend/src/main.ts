#!/usr/bin/env node
import { runCreate } from './run-create.ts';

process.exitCode = await runCreate({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  userAgent: process.env['npm_config_user_agent'],
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});
