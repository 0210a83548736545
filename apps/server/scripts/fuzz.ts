import { numberFrom, runDrill } from '../src/acceptance/__fixtures__/figures.ts';
import { fuzz } from '../src/acceptance/__fixtures__/fuzz-drill.ts';
import { FUZZ_MODELS } from '../src/acceptance/__fixtures__/fuzz-reference.ts';
import { withServer } from '../src/acceptance/__fixtures__/with-server.ts';

// SWITCHYARD_FUZZ_COUNT requests for each of SWITCHYARD_FUZZ_SEEDS seeds, from SWITCHYARD_FUZZ_SEED on.
const count = numberFrom('SWITCHYARD_FUZZ_COUNT', 100_000);
const seeds = numberFrom('SWITCHYARD_FUZZ_SEEDS', 3);
const first = numberFrom('SWITCHYARD_FUZZ_SEED', 1);

for (let seed = first; seed < first + seeds; seed += 1) {
  await runDrill(() =>
    withServer(FUZZ_MODELS, ['--model-control=none'], (server) => fuzz(server, seed, count)),
  );
  if ((process.exitCode ?? 0) !== 0) break;
}
