import { resolve } from 'node:path';
import type { BackendV1, HostFacts } from '@switchyard/core';
import type { OperatorDocument } from '@switchyard/backend-conformance';
import type { ConformanceWords } from '../commands/conformance.ts';
import { EXIT_STATUSES } from '../exit-status.ts';
import { atomicWrite } from '../outputs/atomic-write.ts';
import type { Invocation } from '../situation.ts';
import { withProgress } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { UsageError } from '../usage-error.ts';

type Kit = typeof import('@switchyard/backend-conformance');

/** `switchyard conformance --operators`: the cases of the ONNX project on one backend. */
export async function operatorSuite(
  kit: Kit,
  subject: { readonly backend: BackendV1; readonly device: string | undefined; readonly host: HostFacts },
  { context, options }: Invocation,
  words: ConformanceWords,
): Promise<number> {
  const { backend, device, host } = subject;
  const { id } = backend.manifest;
  const report = await withProgress(`Running the operators of \`${id}\``, context, options, (say) =>
    kit.runOperatorSuite({
      create: () => backend,
      cases: resolve(context.cwd, words.cases ?? ''),
      host,
      ...(device === undefined ? {} : { device }),
      ...(words.results === undefined ? {} : { results: resolve(context.cwd, words.results) }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
      onCase: (_, done, all) => say(`Running the operators of \`${id}\`: ${done} of ${all}`),
    }),
  ).catch((error: unknown) => {
    // What is wrong with the folder or the file of results, in a sentence with a remedy.
    if (error instanceof RangeError) throw new UsageError(error.message, 'Correct --cases or --results.');
    throw error;
  });
  if (report.subject === null) {
    const reasons = report.absent.map(({ message }) => `${message}\n`).join('');
    context.stdout.write(
      options.json ? `${JSON.stringify(report, null, 2)}\n` : `\`${id}\` has no device here.\n${reasons}`,
    );
    return EXIT_STATUSES.unproven.status;
  }
  const document = kit.operatorDocument(report.subject, report.results);
  if (words.html !== undefined) {
    await atomicWrite(resolve(context.cwd, words.html), Buffer.from(kit.operatorPage(document)));
  }
  context.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : render(kit, document));
  const { wrong, crashed, failed } = document.counts;
  return EXIT_STATUSES[wrong + crashed + failed === 0 ? 'ok' : 'unproven'].status;
}

function render(kit: Kit, { backend, device, counts, operators, others }: OperatorDocument): string {
  const bad = others.filter(({ status }) => status !== 'unsupported' && status !== 'skipped');
  const failures = bad.map((one) => `${one.status} ${one.case}\n  ${one.detail ?? ''}\n`);
  const statuses = kit.OPERATOR_STATUSES;
  const rows = operators.map((row) => [
    row.operator,
    ...statuses.map((status) => String(row.counts[status])),
  ]);
  const total = statuses.map((status) => `${counts[status]} ${status}`).join(', ');
  return `${failures.join('')}\n${table([['operator', ...statuses], ...rows])}\n\`${backend.id}\` on ${device.name}: ${total}\n`;
}
