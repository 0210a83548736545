import type { ModelEvent } from '../../operation/observer.ts';
import { createModelRepository, type ModelRepositoryOptions } from '../create-model-repository.ts';
import type { LoadOptions, ModelRepository } from '../model-repository.ts';
import { fakeOpener, type FakeOpener } from './fake-executor.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

/** A started repository over a folder of its own, with engines that are none. */
export interface TestRepository extends AsyncDisposable {
  readonly folder: TemporaryFolder;
  readonly opener: FakeOpener;
  readonly events: readonly ModelEvent[];
  readonly repository: ModelRepository;
}

export const NOTHING: LoadOptions = { config: null, files: new Map() };

export async function repositoryOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<ModelRepositoryOptions> = {},
): Promise<TestRepository> {
  const folder = await temporaryFolder();
  await folder.write(files);
  const opener = fakeOpener();
  const events: ModelEvent[] = [];
  const repository = createModelRepository({
    sources: [folder.path],
    openExecutor: opener.open,
    onEvent: (event) => events.push(event),
    ...options,
  });
  await repository.start();
  return {
    folder,
    opener,
    events,
    repository,
    [Symbol.asyncDispose]: async () => {
      await repository[Symbol.asyncDispose]();
      await folder.remove();
    },
  };
}

/** Waits until something holds. The deadline is there to name what never came to be. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`It never came to be that ${what}.`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
