import { cpus, freemem, totalmem } from 'node:os';
import type { Gauge } from 'prom-client';
import type { MetricName } from './metric-definitions.ts';

/** Metrics of the machine under Triton's names, read when somebody scrapes. */
export function collectMachine(gauge: (name: MetricName, collect?: (this: Gauge) => void) => Gauge): void {
  let before = processorTimes();
  gauge('nv_cpu_utilization', function collect() {
    const now = processorTimes();
    const all = now.all - before.all;
    // Two scrapes within one tick of the clock have nothing between them.
    if (all > 0) this.set((all - (now.idle - before.idle)) / all);
    before = now;
  });
  gauge('nv_cpu_memory_total_bytes', function collect() {
    this.set(totalmem());
  });
  gauge('nv_cpu_memory_used_bytes', function collect() {
    this.set(totalmem() - freemem());
  });
}

function processorTimes(): { readonly all: number; readonly idle: number } {
  let all = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { all, idle };
}
