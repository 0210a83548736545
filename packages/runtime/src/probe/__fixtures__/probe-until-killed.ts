// Started by a test, which kills it while the process of its probe is held by a loop without end.
import { hostFactsOf } from '@switchyard/core/testing';
import { probeBackend } from '../probe-backend.ts';
import { createFaultyBackend } from './faulty-backend.ts';

const backend = createFaultyBackend({ fault: 'loop', pids: process.argv[2]! });
await probeBackend({
  backend,
  host: hostFactsOf(),
  onLevel: (level, ended) => {
    if (level === 'engine' && ended === null) process.stdout.write('looping\n');
  },
});
