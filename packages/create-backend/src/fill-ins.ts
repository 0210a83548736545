/** A place that the author of a new backend has to fill in. */
export interface FillIn {
  /** Path in the package, with slashes. */
  readonly file: string;
  /** Line that the mark stands in, counted from 1. */
  readonly line: number;
  /** What is to be done there. */
  readonly text: string;
}

const MARK = /^\s*\/\/ fill-in: (.+)$/;

/** The places that are marked with `fill-in:` in files, in the order of the files. */
export function fillInsOf(files: ReadonlyMap<string, string>): readonly FillIn[] {
  return [...files]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([file, content]) => {
      const lines = content.split('\n');
      return lines.flatMap((line, index) => {
        const first = MARK.exec(line)?.[1];
        if (first === undefined) return [];
        const rest: string[] = [];
        for (const next of lines.slice(index + 1)) {
          const more = /^\s*\/\/ (?!fill-in:)(.+)$/.exec(next)?.[1];
          if (more === undefined) break;
          rest.push(more);
        }
        return [{ file, line: index + 1, text: [first, ...rest].join(' ') }];
      });
    });
}
