// node --conditions=@switchyard/source main.ts [PREFERENCES]
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runWindow } from './run-window.ts';

const file = process.argv[2] ?? join(homedir(), '.switchyard-example', 'preferences.json');
await runWindow({ file, cwd: process.cwd(), environment: process.env }, process.stdin, process.stdout);
