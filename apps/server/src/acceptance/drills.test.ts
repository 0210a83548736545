import { describe, expect, it } from 'vitest';
import { simpleModel } from '../__fixtures__/models.ts';
import { busyModel } from './__fixtures__/drill-models.ts';
import { endUnderLoad, startForEnd } from './__fixtures__/end-drill.ts';
import { numberFrom, tableOf, type Finding } from './__fixtures__/figures.ts';
import { fuzz } from './__fixtures__/fuzz-drill.ts';
import { FUZZ_MODELS } from './__fixtures__/fuzz-reference.ts';
import { killUnderLoad, withKilledServer } from './__fixtures__/kill-drill.ts';
import { overload, withBusyServer } from './__fixtures__/overload-drill.ts';
import { RELOAD_FLAGS, reloadUnderLoad } from './__fixtures__/reload-drill.ts';
import { withModels, withServer } from './__fixtures__/with-server.ts';

// The same at full size: `apps/server/scripts/{fuzz,kill,overload,end,reload}.ts`.
describe.runIf(process.platform === 'linux')('a live server', () => {
  it.each<[string, () => Promise<Finding>]>([
    [
      'generated requests',
      () =>
        withServer(FUZZ_MODELS, ['--model-control=none'], (server) =>
          fuzz(server, 1, numberFrom('SWITCHYARD_FUZZ_COUNT', 2000)),
        ),
    ],
    ['kill -9 under load', () => withKilledServer(false, (server) => killUnderLoad(server, 3, false))],
    [
      'ten times what it can do',
      () => withBusyServer((server) => overload(server, { seconds: 1, timed: false })),
    ],
    [
      'SIGTERM under load',
      () => withModels([busyModel(10_000)], (folder) => endUnderLoad(() => startForEnd(folder), 1)),
    ],
    [
      'files that are written, cut off, replaced and removed',
      () => withServer([simpleModel()], RELOAD_FLAGS, (server, folder) => reloadUnderLoad(server, folder, 4)),
    ],
  ])(
    '%s',
    async (_, drill) => {
      const finding = await drill();
      process.stdout.write(tableOf(finding));
      expect(finding.broken).toEqual([]);
    },
    120_000,
  );
});
