import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModelRepository, type FixtureModel } from '../../__fixtures__/models.ts';
import { startServer, type LiveServer } from './live-server.ts';

/** Writes models of the fixtures to a folder, gives it away, and takes it away in the end. */
export async function withModels<Result>(
  models: readonly FixtureModel[],
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-models-'));
  try {
    await writeModelRepository(folder, models);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same, with a server that serves them. */
export function withServer<Result>(
  models: readonly FixtureModel[],
  flags: readonly string[],
  use: (server: LiveServer, folder: string) => Promise<Result>,
): Promise<Result> {
  return withModels(models, async (folder) => {
    await using server = await startServer({ models: [folder], flags });
    return await use(server, folder);
  });
}
