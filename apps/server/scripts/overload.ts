import { numberFrom, runDrill } from '../src/acceptance/__fixtures__/figures.ts';
import { overload, withBusyServer } from '../src/acceptance/__fixtures__/overload-drill.ts';

const seconds = numberFrom('SWITCHYARD_OVERLOAD_SECONDS', 20);

await runDrill(() => withBusyServer((server) => overload(server, { seconds, timed: true })));
