import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import http from 'node:http';

/** What a request may leave nothing of. */
export interface Holdings {
  /** Without those of objects in shared memory, which a model keeps for tensors of the size that it has seen. */
  readonly fileDescriptors: number;
  /** Processes of models. */
  readonly children: number;
  /** Memory that is reserved for requests under way. */
  readonly inFlightBytes: number;
  /** Requests that wait or run. */
  readonly pending: number;
  readonly connections: number;
}

/** Looks at a server from the outside: at `/proc`, its metrics and its health. */
export class Vitals {
  readonly #pid: number;
  readonly #httpPort: number;
  readonly #metricsPort: number;
  /** Longest that health took to answer, in milliseconds. */
  slowestHealthMs = 0;
  healthChecks = 0;

  constructor(pid: number, httpPort: number, metricsPort: number) {
    this.#pid = pid;
    this.#httpPort = httpPort;
    this.#metricsPort = metricsPort;
  }

  /** Asks for health over a connection of its own. Gives how long it took. @throws for anything but alive */
  async health(): Promise<number> {
    const start = performance.now();
    const { status, text } = await get(this.#httpPort, '/v2/health/live');
    const took = performance.now() - start;
    if (status !== 200 || text !== '{"live":true}') throw new Error(`Health is ${status} ${text}.`);
    this.slowestHealthMs = Math.max(this.slowestHealthMs, took);
    this.healthChecks += 1;
    return took;
  }

  /** Processes of models. */
  children(): readonly number[] {
    return childrenOf(this.#pid);
  }

  /** Resident bytes of the server alone. */
  residentBytes(): number {
    return residentBytesOf(this.#pid);
  }

  /** Objects in shared memory that it has open. */
  sharedObjects(): number {
    return this.#descriptors().filter((target) => target.startsWith('/dev/shm/')).length;
  }

  #descriptors(): readonly string[] {
    return readdirSync(`/proc/${this.#pid}/fd`).flatMap((name) => {
      try {
        return [readlinkSync(`/proc/${this.#pid}/fd/${name}`)];
      } catch {
        // Closed between the two looks.
        return [];
      }
    });
  }

  async holdings(): Promise<Holdings> {
    const { text } = await get(this.#metricsPort, '/metrics');
    return {
      fileDescriptors: this.#descriptors().filter((target) => !target.startsWith('/dev/shm/')).length,
      children: this.children().length,
      inFlightBytes: sumOf(text, 'switchyard_in_flight_bytes'),
      pending: sumOf(text, 'nv_inference_pending_request_count'),
      connections: sumOf(text, 'switchyard_connections'),
    };
  }

  /** What it holds when nothing has changed for a second: the watch of the models begins after they are ready. */
  async atRest(): Promise<Holdings> {
    let before = await this.holdings();
    for (let same = 0; same < 4;) {
      await new Promise((next) => setTimeout(next, 250));
      const now = await this.holdings();
      same = JSON.stringify(now) === JSON.stringify(before) ? same + 1 : 0;
      before = now;
    }
    return before;
  }

  /** Waits until everything is as it was. @throws with what is not */
  async backTo(before: Holdings, patienceMs = 60_000): Promise<void> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const now = await this.holdings();
      const more = Object.entries(now).filter(([key, value]) => value !== before[key as keyof Holdings]);
      if (more.length === 0) return;
      if (performance.now() > deadline) {
        const held = `It was ${JSON.stringify(before)} and stays ${JSON.stringify(now)}`;
        throw new Error(`${held}, with ${this.#descriptors().join(', ')} open.`);
      }
      await new Promise((next) => setTimeout(next, 20));
    }
  }
}

/** Sum of a metric over its labels. */
export function sumOf(text: string, metric: string): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith(`${metric} `) || line.startsWith(`${metric}{`)) sum += Number(line.split(' ').at(-1));
  }
  return sum;
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    // It, or a thread of it, has just ended.
    return [];
  }
}

export function residentBytesOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** Whether there is such a process, and not only its exit status that nobody has read. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A GET over a connection of its own. */
export function get(port: number, path: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent: false, timeout: 20_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`No answer from ${path} in 20 s.`)));
    request.on('error', reject);
  });
}
