import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModelRepository, type FixtureModel } from '../../__fixtures__/models.ts';
import { startServer, type LiveServer } from './live-server.ts';

/** Starts a server with models of the fixtures, gives it away, and takes both away in the end. */
export async function withServer<Result>(
  models: readonly FixtureModel[],
  flags: readonly string[],
  use: (server: LiveServer, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-models-'));
  try {
    await writeModelRepository(folder, models);
    await using server = await startServer({ models: [folder], flags });
    return await use(server, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
