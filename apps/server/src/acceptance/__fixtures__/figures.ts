/** What a drill found: figures for a reader, and promises that were not kept. */
export interface Finding {
  readonly title: string;
  readonly rows: readonly (readonly [what: string, figure: string])[];
  /** Empty when every promise was kept. */
  readonly broken: readonly string[];
}

/** The value below which a share of all values lies; 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;
export const mebibytes = (value: number): string => `${(value / 1024 / 1024).toFixed(1)} MiB`;

/** A table for a terminal. */
export function tableOf({ title, rows, broken }: Finding): string {
  const width = Math.max(...rows.map(([what]) => what.length));
  const lines = rows.map(([what, figure]) => `  ${what.padEnd(width)}  ${figure}`);
  const verdict =
    broken.length === 0 ? 'Every promise was kept.' : `BROKEN:\n${broken.map((text) => `  - ${text}`).join('\n')}`;
  return `\n${title}\n${lines.join('\n')}\n${verdict}\n`;
}

/** Runs a drill from the command line: prints its table, and the exit status says whether promises were kept. */
export async function runDrill(drill: () => Promise<Finding>): Promise<void> {
  const finding = await drill();
  process.stdout.write(tableOf(finding));
  process.exitCode = finding.broken.length === 0 ? 0 : 1;
}

/** A whole number of the environment. */
export function numberFrom(name: string, preset: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return preset;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} is '${text}', but must be a whole number.`);
  return value;
}
