import type { InferenceServer } from './create-server.ts';

/** What a server serves once its models were loaded, as `--json` prints it. */
export interface StartReport {
  readonly addresses: InferenceServer['addresses'];
  readonly ready: boolean;
  /** Why not, `''` when ready. */
  readonly reason: string;
  readonly models: readonly {
    readonly name: string;
    readonly version: string;
    readonly state: string;
    /** Why it is not READY, or why it runs where it runs. */
    readonly reason: string;
    /** `null` while it is not READY, as what follows. */
    readonly backend: string | null;
    readonly device: string | null;
    readonly executionProviders: readonly string[] | null;
    readonly fallback: string | null;
    readonly instances: number | null;
  }[];
}

/** Puts together what a server serves. */
export function startReport({ addresses, repository }: InferenceServer): StartReport {
  const loaded = repository.loaded();
  const { ready, reason } = repository.readiness();
  return {
    addresses,
    ready,
    reason,
    models: repository.index(false).map((row) => {
      const served = loaded.find(({ name, version }) => name === row.name && version === row.version);
      const truth = served?.executor.truth;
      return {
        name: row.name,
        version: row.version ?? '',
        state: row.state ?? 'UNKNOWN',
        reason: truth?.reason ?? row.reason ?? '',
        backend: truth?.backend ?? null,
        device: truth?.device.id ?? null,
        executionProviders: truth?.executionProviders ?? null,
        fallback: truth?.fallback ?? null,
        instances: served?.executor.health().instances.length ?? null,
      };
    }),
  };
}

/** Where it listens, for a person who started it. */
export function listening(addresses: InferenceServer['addresses']): string {
  const names = { http: 'REST', grpc: 'gRPC', metrics: 'metrics' } as const;
  return Object.entries(addresses)
    .map(([key, address]) => `${names[key as keyof typeof names].padEnd(9)}${address?.url ?? 'off'}\n`)
    .join('');
}

/** The models, for a person who started it. */
export function startTable({ models, ready, reason }: StartReport): string {
  const rows = [
    ['MODEL', 'VERSION', 'STATE', 'BACKEND', 'DEVICE', 'WHY'],
    ...models.map((model) => [
      model.name,
      model.version || '-',
      model.state,
      model.backend ?? '-',
      model.device ?? '-',
      [model.reason, model.fallback ?? ''].filter((text) => text !== '').join(' '),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return `\n${lines.join('\n')}\n\n${ready ? 'Ready.' : `Not ready: ${reason}.`}\n`;
}
