import { table } from '../base/markdown';
import { type Terminal, type Tone, toned } from './terminal';
import { fitted, padded, plain, textWidth } from './textWidth';

export { csv } from '../base/csv';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut with `…` when the table is wider than the terminal; the widest such column gives way first. */
  readonly shrinks?: boolean;
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

const GAP = 2;
const LEAST = 8;

/** Aligned columns as lines that fit the terminal's width, the titles first. */
export function tableLines(
  terminal: Pick<Terminal, 'width' | 'color'>,
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
): string[] {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? { text: plain(cell) } : { ...cell, text: plain(cell.text) })),
  );
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...cells.map((row) => textWidth(row[index]?.text ?? ''))),
  );
  shrink(widths, columns, terminal.width);
  const line = (texts: readonly Cell[]) =>
    columns
      .map((column, index) => {
        const cell = texts[index] ?? { text: '' };
        const width = widths[index] ?? 0;
        return toned(terminal, cell.tone, padded(fitted(cell.text, width), width, column.align));
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [line(columns.map(({ title }): Cell => ({ text: title, tone: 'strong' }))), ...cells.map(line)];
}

function shrink(widths: number[], columns: readonly Column[], limit: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1);
  for (let excess = total() - limit; excess > 0; excess = total() - limit) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      if (column.shrinks === true && (widths[index] ?? 0) > (widths[widest] ?? LEAST)) widest = index;
    }
    if (widest < 0) return;
    widths[widest] = Math.max(LEAST, (widths[widest] ?? 0) - 1);
  }
}

/** A Markdown table, padded so that it reads well as plain text too. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  return table(
    columns.map(({ title, ...rest }) => ({ ...rest, title: markdownCell(title) })),
    rows.map((row) => row.map(markdownCell)),
    Number.POSITIVE_INFINITY,
  );
}

/** On one line, and without a bar or tag that would break the table. */
function markdownCell(text: string): string {
  return plain(text)
    .replace(/[\\|]/g, '\\$&')
    .replace(/<(?=[a-z/!?])/gi, '&lt;');
}
