/** A fenced block of a page. */
export interface GuideBlock {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** Name of the file that the block is, where the page says it; else `null`. */
  readonly file: string | null;
  /** Why the block is not run here, as the page says it; `null` for a block that is run. */
  readonly notRun: string | null;
  /** The test of this repository that runs it in the place of this one, or `null`. */
  readonly runBy: string | null;
}

/** What somebody types, and what the page says that it answers. */
export interface Typed {
  readonly command: string;
  /** Lines of the answer; empty where the page shows none. */
  readonly answer: readonly string[];
}

const FENCE = /^(\s*)(`{3,}|~{3,})\s*(\S*)\s*$/;
const FILE_COMMENT = /^<!-- file: (\S+) -->$/;
const FILE_NAME = /^`([\w@./-]+\.\w+)`$/;
const RUN_BY = /^<!-- run by: (\S+) -->$/;
const NOT_RUN = /^<!-- not run: (.+) -->$/;

/**
 * The fenced blocks of a page. The lines right before a block can say which file it is (the name alone in
 * backticks, or `<!-- file: NAME -->`), why it is not run (`<!-- not run: REASON -->`), and which other test runs
 * it (`<!-- run by: test/NAME.test.ts -->`).
 */
export function guideBlocks(page: string): readonly GuideBlock[] {
  const lines = page.split('\n');
  const blocks: GuideBlock[] = [];
  const nothing = { file: null, notRun: null, runBy: null };
  let said: Pick<GuideBlock, 'file' | 'notRun' | 'runBy'> = nothing;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    const fence = FENCE.exec(line);
    if (fence !== null) {
      const [, indent = '', mark = '', language = ''] = fence;
      const start = index + 1;
      do index += 1;
      while (index < lines.length && lines[index]!.trim() !== mark);
      if (index === lines.length) throw new Error(`The block of line ${start} has no end.`);
      const text = lines.slice(start, index).map((each) => each.slice(indent.length));
      blocks.push({ line: start, language, text: `${text.join('\n')}\n`, ...said });
      said = nothing;
    } else if (line.trim() !== '') {
      const words = line.trim();
      const file = (FILE_COMMENT.exec(words) ?? FILE_NAME.exec(words))?.[1];
      const notRun = NOT_RUN.exec(words)?.[1];
      const runBy = RUN_BY.exec(words)?.[1];
      if (file !== undefined) said = { ...said, file };
      else if (notRun !== undefined) said = { ...said, notRun };
      else if (runBy !== undefined) said = { ...said, runBy };
      else said = nothing;
    }
  }
  return blocks;
}

/** What a block of `sh` (commands) or `console` (`$ ` before commands, answers under them) has typed. */
export function typedIn({ language, text }: GuideBlock): readonly Typed[] {
  const typed: { command: string; answer: string[] }[] = [];
  let open = false;
  for (const line of text.trimEnd().split('\n')) {
    const last = typed.at(-1);
    const isNew = language === 'sh' || line.startsWith('$ ');
    if (open && last !== undefined) last.command += `\n${line}`;
    else if (isNew) typed.push({ command: language === 'sh' ? line : line.slice(2), answer: [] });
    else if (last === undefined) throw new Error(`\`${line}\` stands before the first \`$ \`.`);
    else last.answer.push(line);
    open = (open || isNew) && line.endsWith('\\');
  }
  const isEmpty = ({ command }: Typed): boolean => /^\s*(?:#.*)?$/.test(command);
  return typed
    .filter((one) => !isEmpty(one))
    .map(({ command, answer }) => ({ command, answer: answer.join('\n').trim() === '' ? [] : answer }));
}

/**
 * What is wrong with an answer, or `null`. In the answer that a page shows, `...` stands for any text, and
 * alone on a line for any number of lines. White space at the ends of lines does not count.
 */
export function answerProblem(shown: readonly string[], given: string): string | null {
  const rest = given.trimEnd().split('\n');
  let position = 0;
  let anywhere = false;
  for (const line of shown.join('\n').trimEnd().split('\n')) {
    if (line.trim() === '...') {
      anywhere = true;
      continue;
    }
    const parts = line.trimEnd().split('...');
    const pattern = new RegExp(
      `^${parts.map((part) => part.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)).join('.*')}$`,
    );
    const fits = (text: string): boolean => pattern.test(text.trimEnd());
    const found = anywhere
      ? rest.findIndex((text, index) => index >= position && fits(text))
      : fits(rest[position] ?? '')
        ? position
        : -1;
    if (found === -1) {
      return `The page shows\n  ${line}\nwhere the answer ${anywhere ? 'has no such line' : `has\n  ${rest[position] ?? '(its end)'}`}. All of it:\n${given}`;
    }
    position = found + 1;
    anywhere = false;
  }
  const left = rest.slice(position);
  if (anywhere || left.every((line) => line.trim() === '')) return null;
  return `The answer goes on where the page ends:\n${left.join('\n')}`;
}
