import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCpuBackend } from '@switchyard/backend-cpu';
import { composeBackends, discover } from '@switchyard/composition';
import { createRowsBackend } from '../../execution/__fixtures__/rows-backend.ts';
import { runServer } from '../../run-server.ts';

// `switchyard-server` with a backend that crashes, hangs and lies as it is told, and a clock that jumps.
const now = Date.now.bind(Date);
let jump = 0;
Date.now = () => now() + jump;
process.on('SIGUSR2', () => (jump = jump === 0 ? -86_400_000 : 0));

process.exit(
  await runServer({
    argv: process.argv.slice(2),
    environment: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    composition: {
      discover: (cwd) => discover(cwd, dirname(fileURLToPath(import.meta.url))),
      compose: (discovery, statements) =>
        composeBackends(
          [createCpuBackend(), createRowsBackend(join(process.cwd(), 'rows.log'))],
          discovery,
          statements,
        ),
    },
  }),
);
