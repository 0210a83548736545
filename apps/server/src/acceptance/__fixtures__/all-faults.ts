import { MODEL_FAULTS } from './faults-of-models.ts';
import { OPERATION_FAULTS } from './faults-of-operation.ts';
import { REQUEST_FAULTS } from './faults-of-requests.ts';
import { TRANSPORT_FAULTS } from './faults-of-transport.ts';
import { KEY_FAULTS } from './faults-of-programs.ts';
import type { FaultCase, FaultRow } from './fault-table.ts';

/** Rows that are tried on one server, one after another. */
export const LIVE_FAULTS: readonly FaultRow[] = [
  ...REQUEST_FAULTS,
  ...TRANSPORT_FAULTS,
  ...MODEL_FAULTS,
  ...OPERATION_FAULTS,
];

/** A row as the page shows it. */
interface ShownRow extends Omit<FaultRow, 'cases'> {
  readonly cases: readonly Omit<FaultCase, 'ask'>[];
  /** What is not a request and its answer. */
  readonly more: string;
}

const PROGRAM_FAULTS: readonly ShownRow[] = [
  {
    fault: 'GPU OOM / device lost',
    deviation: 'A model never moves to a processor that it was not opened on.',
    cases: [],
    more: 'An error of the engine is 500 or INTERNAL with its text; a process that ends with it is the row above. Tried with a backend that fails, and not yet on a GPU.',
  },
  {
    fault: 'SIGTERM in flight',
    deviation: 'Triton refuses connections at once and waits for those that are open.',
    cases: [],
    more: 'Readiness is 503 at once. Every answer of REST ends its connection, and new ones are taken for `--shutdown-delay`; then nothing more is taken, and what was is answered. gRPC answers new calls with UNAVAILABLE `GRPC server is shutting down and has stopped accepting new requests.` The status is 0; a second signal ends it at once. Tried under load by `apps/server/scripts/end.ts`.',
  },
  {
    fault: 'port in use, bad cert, unreadable repo, unknown flag',
    deviation: '',
    cases: [],
    more: 'The program ends before it listens, with one line on standard error and the status of [exit statuses](exit-statuses.md).',
  },
  {
    fault: 'fd exhaustion (EMFILE) on accept',
    deviation: '',
    cases: [],
    more: 'It goes on with the connections that it has, and takes new ones when there are descriptors again.',
  },
  {
    fault: 'auth missing/wrong/scope',
    deviation: 'Triton has no keys, only headers with a secret in clear text.',
    cases: KEY_FAULTS,
    more: 'No key is in the log.',
  },
];

const GRPC_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** `docs/reference/server-faults.md`. */
export function faultsPage(): string {
  const rows: readonly ShownRow[] = [...LIVE_FAULTS.map((row) => ({ ...row, more: '' })), ...PROGRAM_FAULTS];
  return [
    '# Faults, and what the server answers\n',
    'Made from the tests by `node --conditions=@switchyard/source apps/server/scripts/generate-fault-page.ts`; a test compares the\ntwo, and another tries every row on a live server: after each, health answers, and memory of requests, file descriptors,\nprocesses and slots are what they were before.\n',
    'Every refusal of REST is `{"error": TEXT}`. In a text, `…` stands for what differs from case to case; the limits are those of\nthe tests, which are smaller than the [defaults](server-options.md). A case without an answer is `-`.\n',
    ...rows.map(section),
  ].join('\n');
}

function section({ fault, cases, deviation, more }: ShownRow): string {
  const lines = cases.map(
    ({ request, protocol, status, text }) => `| ${cell(request)} | ${protocol} | ${statusText(protocol, status)} | ${text === '' ? '-' : code(text)} |\n`,
  );
  return [
    `## ${fault}\n`,
    ...(lines.length === 0 ? [] : [`| what comes | protocol | status | text |\n| --- | --- | --- | --- |\n${lines.join('')}`]),
    ...(more === '' ? [] : [`${more}\n`]),
    ...(deviation === '' ? [] : [`Otherwise than Triton: ${deviation}\n`]),
  ].join('\n');
}

function statusText(protocol: FaultCase['protocol'], status: number | null): string {
  if (status === null) return '-';
  return protocol === 'REST' ? String(status) : (GRPC_NAMES[status] ?? String(status));
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** As code, where a backtick in the text needs two around it. */
function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return cell(`${fence}${space}${text}${space}${fence}`);
}
