import type { CoverageGrid, CoverageInput } from '../coverage';
import type { Scope } from '../scope';
import { type CoverageLine, coverageLines } from './grid';

/**
 * Coverage as a Markdown table: a row a date, a column a processor with its rows, and a column that says the date in one line. Gaps are bold,
 * dates on which nothing is expected and nothing is there are a dot, partitions that were never read a question mark.
 */
export function coverageMarkdown(input: CoverageInput, grid: CoverageGrid, scope: Scope): string {
  const { columns, lines } = coverageLines(input, grid, scope);
  const asOf = Number.isFinite(grid.asOf) ? `read ${new Date(grid.asOf).toISOString()}` : 'never read';
  const body = lines.map((line) => [line.date, ...line.cells.map(cellText), line.coverage.summary]);
  return [
    `${input.pipeline.name}: rows by date · mode ${grid.mode} · ${asOf}`,
    '',
    ...markdownTable(['Date', ...columns, 'Status'], body, columns.length),
    '',
  ].join('\n');
}

function cellText({ status, rows, gap }: CoverageLine['cells'][number]): string {
  if (rows < 0) return '?';
  if (status === 'off' && rows === 0) return '·';
  return gap ? `**${rows}**` : String(rows);
}

/** Lines of a table whose columns line up in plain text too. Columns 1 to `numbers` are right-aligned. */
function markdownTable(head: readonly string[], body: readonly (readonly string[])[], numbers: number): string[] {
  const rows = [head, ...body].map((row) => row.map(escapeCell));
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number) => column > 0 && column <= numbers;
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => (isNumber(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (isNumber(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(rows[0] ?? []), line(rule), ...rows.slice(1).map(line)];
}

/** Text of a table's cell: no line ends, and no bar or tag that would break the table. */
export function escapeCell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\|]/g, '\\$&')
    .replace(/<(?=[a-z/!?])/gi, '&lt;');
}
