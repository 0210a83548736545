import type { BackendOriginV1, BackendV1 } from '@switchyard/core';

/** Makes a backend anew from where its code is. */
export async function makeBackend(origin: BackendOriginV1): Promise<BackendV1> {
  const module = (await import(origin.module)) as Readonly<Record<string, unknown>>;
  const factory = module[origin.factory];
  if (typeof factory !== 'function') {
    throw new TypeError(`${origin.module} exports no function \`${origin.factory}\`.`);
  }
  return (factory as (...given: readonly unknown[]) => BackendV1)(...origin.arguments);
}
