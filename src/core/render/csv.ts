import type { CoverageGrid, CoverageInput } from '../coverage';
import type { Scope } from '../scope';
import { coverageLines } from './grid';

/** Coverage as CSV (RFC 4180): a line a date with the rows of each processor, empty where they were never read. */
export function coverageCsv(input: CoverageInput, grid: CoverageGrid, scope: Scope): string {
  const { columns, lines } = coverageLines(input, grid, scope);
  const table = [
    ['date', ...columns, 'status', 'summary'],
    ...lines.map(({ date, coverage, cells }) => [
      date,
      ...cells.map(({ rows }) => (rows < 0 ? '' : String(rows))),
      coverage.status,
      coverage.summary,
    ]),
  ];
  return `${table.map((row) => row.map(csvField).join(',')).join('\r\n')}\r\n`;
}

/** A field in quotes where it needs them. A spreadsheet must not take text for a formula. */
export function csvField(text: string): string {
  const inert = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
