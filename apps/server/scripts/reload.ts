import { simpleModel } from '../src/__fixtures__/models.ts';
import { numberFrom, runDrill } from '../src/acceptance/__fixtures__/figures.ts';
import { RELOAD_FLAGS, reloadUnderLoad } from '../src/acceptance/__fixtures__/reload-drill.ts';
import { withServer } from '../src/acceptance/__fixtures__/with-server.ts';

const rounds = numberFrom('SWITCHYARD_RELOADS', 100);

await runDrill(() =>
  withServer([simpleModel()], RELOAD_FLAGS, (server, folder) => reloadUnderLoad(server, folder, rounds)),
);
