import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHMARKS, findBenchmark } from './benchmarks/index.ts';
import { machineRecord } from './harness/machine-record.ts';
import type { BenchmarkResult, BenchReport } from './harness/results.ts';
import { runBenchmark } from './harness/run-benchmark.ts';
import { renderHtml } from './report/render-html.ts';
import { renderBenchmark, renderHead } from './report/render-text.ts';

const USAGE = `Usage: npm run bench -- [NAME…] [--quick] [--json] [--html FILE]

  NAME         benchmarks to run; all of them when none is named
  --quick      shows in under two minutes that everything runs; its figures mean nothing
  --json       the report as JSON on standard output
  --html FILE  the report as a page with plots
  --list       the names, with what they measure`;

/** Status of a command line that cannot be meant. */
const USAGE_STATUS = 2;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      html: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return { values, chosen: positionals.length === 0 ? BENCHMARKS : positionals.map(findBenchmark) };
}

let read: ReturnType<typeof readArguments> | null = null;
try {
  read = readArguments();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = USAGE_STATUS;
}
if (read?.values.help === true) console.log(USAGE);
else if (read?.values.list === true) {
  for (const { name, title } of BENCHMARKS) console.log(`${name.padEnd(18)} ${title}`);
} else if (read !== null) await bench(read);

async function bench({ values, chosen }: ReturnType<typeof readArguments>): Promise<void> {
  const machine = machineRecord();
  const time = new Date().toISOString();
  // JSON is alone on standard output; whoever waits for it reads along on the other.
  const say = values.json ? console.error : console.log;
  say(`${renderHead(machine, time, values.quick)}\n`);
  const results: BenchmarkResult[] = [];
  for (const benchmark of chosen) {
    const result = await runBenchmark(benchmark, values.quick);
    results.push(result);
    say(`${renderBenchmark(result)}\n`);
  }
  const report: BenchReport = {
    format: 'switchyard-bench/1',
    time,
    quick: values.quick,
    machine,
    benchmarks: results,
  };
  if (values.json) console.log(JSON.stringify(report, null, 2));
  if (values.html !== undefined) {
    const file = resolve(process.env['INIT_CWD'] ?? '.', values.html);
    writeFileSync(file, renderHtml(report));
    console.error(`The page is in ${file}.`);
  }
  // A benchmark that broke is a failure; a figure that misses its target is a figure.
  if (results.some(({ failure }) => failure !== null)) process.exitCode = 1;
}
