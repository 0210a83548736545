import { busyModel } from '../src/acceptance/__fixtures__/drill-models.ts';
import { numberFrom, runDrill } from '../src/acceptance/__fixtures__/figures.ts';
import { killUnderLoad } from '../src/acceptance/__fixtures__/kill-drill.ts';
import { withServer } from '../src/acceptance/__fixtures__/with-server.ts';

const kills = numberFrom('SWITCHYARD_KILLS', 100);

await runDrill(() => withServer([busyModel(10_000)], [], (server) => killUnderLoad(server, kills)));
