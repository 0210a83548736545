import { afterAll, describe, expect, it } from 'vitest';
import { createConformance, type ConformanceOptions } from './create-conformance.ts';

/** What {@link describeBackend} is told. */
export interface DescribeBackendOptions extends ConformanceOptions {
  /** (optional) Milliseconds that one case may take. Default: 240,000. */
  readonly timeoutMs?: number;
}

/**
 * Declares a vitest suite with every case of the kit for one backend. Call it at the top level of a test file.
 * A case that needs a device which the machine lacks is skipped with the backend's own reason, once it was
 * shown that an exact request is refused with that reason.
 */
export function describeBackend(options: DescribeBackendOptions): void {
  const conformance = createConformance(options);
  describe(`conformance of \`${options.create().manifest.id}\``, () => {
    afterAll(() => conformance[Symbol.asyncDispose]());
    it.for(conformance.cases)(
      '$id $title',
      { timeout: options.timeoutMs ?? 240_000 },
      async ({ id }, { skip }) => {
        const { status, detail, instead } = await conformance.run(id);
        if (status === 'failed') expect.fail(detail ?? id);
        if (status === 'skipped') skip(`${detail ?? ''} Instead: ${instead ?? ''}`);
      },
    );
  });
}
