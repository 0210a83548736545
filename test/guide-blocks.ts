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
const NOT_RUN = /^<!-- not run: (.+) -->$/;

/**
 * The fenced blocks of a page. The lines right before a block can say which file it is (the name alone in
 * backticks, or `<!-- file: NAME -->`) and why it is not run (`<!-- not run: REASON -->`).
 */
export function guideBlocks(page: string): readonly GuideBlock[] {
  const lines = page.split('\n');
  const blocks: GuideBlock[] = [];
  let file: string | null = null;
  let notRun: string | null = null;
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
      blocks.push({ line: start, language, text: `${text.join('\n')}\n`, file, notRun });
      file = null;
      notRun = null;
    } else if (line.trim() !== '') {
      const said = line.trim();
      const named = FILE_COMMENT.exec(said) ?? FILE_NAME.exec(said);
      const excused = NOT_RUN.exec(said);
      file = named?.[1] ?? (excused === null ? null : file);
      notRun = excused?.[1] ?? (named === null ? null : notRun);
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
    const pattern = new RegExp(`^${parts.map((part) => part.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)).join('.*')}$`);
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
