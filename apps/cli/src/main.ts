#!/usr/bin/env node
import { keepCompiled } from './keep-compiled.ts';

keepCompiled({ argv: process.argv.slice(2), environment: process.env, cwd: process.cwd() });
// What is imported from here on is compiled once, and read from then on.
await import('./start.ts');
