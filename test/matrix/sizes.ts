import { readText } from '../workspace.ts';

/** What installing one package alone puts on the disk. */
export interface InstalledSize {
  /** The package, and what its user installs beside it. */
  readonly cell: string;
  /** Id of the backend that it is; `null` for the others. */
  readonly backend: string | null;
  /** Package managers that installed it, in which every check passed. */
  readonly managers: readonly string[];
  /** Bytes of all its files and of those of everything that came along. */
  readonly bytes: number;
  /** Packages of engines that came along, with their bytes. */
  readonly engines: Readonly<Record<string, number>>;
  /** How many packages came along, itself included. */
  readonly packages: number;
}

/** The document of `docs/packed-sizes.json`. */
export interface PackedSizes {
  /** The platform that it was measured on; packages with native parts differ elsewhere. */
  readonly platform: string;
  readonly node: string;
  /** Versions of the package managers by their names. */
  readonly managers: Readonly<Record<string, string>>;
  readonly sizes: readonly InstalledSize[];
}

/** Where the matrix writes what it measured, from the root. */
export const SIZES_FILE = 'docs/packed-sizes.json';

const BEGIN = '<!-- sizes: made from docs/packed-sizes.json by test/matrix/packed-matrix.ts -->';
const END = '<!-- /sizes -->';

/** What the last run of the matrix measured. */
export function readSizes(): PackedSizes {
  return JSON.parse(readText(SIZES_FILE)) as PackedSizes;
}

/** The table of installed bytes per backend in Markdown. */
export function sizeTable({ sizes }: PackedSizes): string {
  const rows = sizes
    .filter(({ backend }) => backend !== null)
    .map(({ cell, backend, bytes, engines, packages }) => {
      const own = bytes - Object.values(engines).reduce((sum, size) => sum + size, 0);
      const brought = Object.entries(engines).map(([name, size]) => `\`${name}\`, ${megabytes(size)}`);
      const installed = cell.split(' + ').map((name) => `\`${name}\``);
      const engine = brought.length === 0 ? 'none' : brought.join(', ');
      return [
        `\`${backend}\``,
        installed.join(' and '),
        megabytes(bytes),
        engine,
        megabytes(own),
        `${packages}`,
      ];
    });
  const head = ['backend', 'installed', 'bytes in all', 'of which the engine', 'the rest', 'packages'];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map((row) => line(row))].join('\n');
}

/** The README with this table in the place of the one that it has. */
export function readmeWithSizes(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error('The README has no marks around its table of sizes.');
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${readme.slice(end)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
