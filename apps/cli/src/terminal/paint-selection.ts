import { renderSelection, type SelectionReport } from '@switchyard/core';
import { withAges } from './age.ts';
import type { Style } from './style.ts';

/** The text of `renderSelection`, with the age of what is remembered beside its time, and colours on top. */
export function paintSelection(report: SelectionReport, style: Style, now: number = Date.now()): string {
  return withAges(renderSelection(report), now)
    .split('\n')
    .map((line) => paintLine(line, style))
    .join('\n');
}

function paintLine(line: string, style: Style): string {
  if (line.startsWith('Selected: ')) return style('green', line);
  if (line.startsWith('Refused ')) return style('red', line);
  if (/^(?:Candidates|Settings|Warnings)$/.test(line)) return style('bold', line);
  const remedy = /^( *)-> (.*)$/.exec(line);
  if (remedy !== null) return `${remedy[1]}${style('cyan', `-> ${remedy[2]}`)}`;
  const candidate =
    /^ {2}([a-z0-9-]+: )(selected|passed over|rejected|not enabled|disabled|not installed)(.*)$/.exec(line);
  if (candidate !== null) {
    const [, name, status, rest] = candidate as unknown as [string, string, string, string];
    const format = status === 'selected' ? 'green' : status === 'passed over' ? 'dim' : 'yellow';
    return `  ${style('bold', name)}${style(format, status)}${style('dim', rest)}`;
  }
  return /^ {6}/.test(line) ? style('dim', line) : line;
}
