import { widthOf } from './textWidth';

/** What would steer a terminal or turn the direction of a line. */
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** What would begin a heading, a quote, a list or a rule where it stands first. */
const FIRST = /^([#+=>-])(?=.)|^(\d{1,9})([.)])(?= )/;
/** Emphasis, code, links, tags, entities, table cells, formulas. */
const MEANING = /[\\`*[\]|~$]|<(?=[a-z/!?])|&(?=#?\w+;)|(?<![a-z0-9])_|_(?![a-z0-9])/gi;

/**
 * Text from a manifest, a database or a log as plain text on one line of Markdown. Only what would mean something is escaped, because
 * documents are also read as they are written.
 */
export function escaped(text: string): string {
  return text
    .replace(CONTROL, ' ')
    .replace(MEANING, '\\$&')
    .replace(FIRST, (_, mark: string | undefined, digits = '', stop = '') => `${digits}\\${mark ?? stop}`);
}

/** Text in a code span; a backtick cannot stand in one of these. */
export function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** A code block whose fence the text cannot close. */
export function codeBlock(language: string, text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

export interface MarkdownColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Wider cells would push the columns after them out of sight. */
const WIDEST = 60;

/**
 * A table with padded columns, so that it also reads well as plain text. Titles and cells are Markdown already.
 * @param widest cells that are wider are not padded to.
 */
export function table(
  columns: readonly (MarkdownColumn | string)[],
  rows: readonly (readonly string[])[],
  widest = WIDEST,
): string {
  const heads = columns.map((column) => (typeof column === 'string' ? { title: column } : column));
  const widths = heads.map(({ title }, index) =>
    Math.min(
      widest,
      rows.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), Math.max(3, widthOf(title))),
    ),
  );
  const line = (cells: readonly string[]) =>
    `| ${heads
      .map(({ align }: MarkdownColumn, index) => {
        const cell = cells[index] ?? '';
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell)));
        return align === 'right' ? space + cell : cell + space;
      })
      .join(' | ')} |`;
  const rule = heads.map(({ align }: MarkdownColumn, index) =>
    align === 'right' ? `${'-'.repeat((widths[index] ?? 0) + 1)}:` : '-'.repeat((widths[index] ?? 0) + 2),
  );
  return [line(heads.map(({ title }) => title)), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}
