import { busyModel } from '../src/acceptance/__fixtures__/drill-models.ts';
import { endUnderLoad, startForEnd } from '../src/acceptance/__fixtures__/end-drill.ts';
import { numberFrom, runDrill } from '../src/acceptance/__fixtures__/figures.ts';
import { withModels } from '../src/acceptance/__fixtures__/with-server.ts';

const rounds = numberFrom('SWITCHYARD_ENDS', 10);

await runDrill(() =>
  withModels([busyModel(10_000)], (folder) => endUnderLoad(() => startForEnd(folder), rounds)),
);
