import { formatDay, formatRange, rangesOf } from '../../base/day';
import { counted, formatCount } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { Mode } from '../../base/status';
import { causesText } from '../../core/impact/causes';
import type { Impact } from '../../core/impact/impact';
import { givenText, impactCommand, impactGroups, impactHeadline, unrepairedText } from '../../core/impact/impactReport';
import { statusLabel } from '../statusWords';
import { csv, markdownTable } from '../table';
import { type Terminal, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';

/** What has to be done again after a repair, by processor and reason, in order, and the commands for it. */
export function impactText(impact: Impact, mode: Mode, terminal: Pick<Terminal, 'width' | 'color'>): readonly string[] {
  const lines = wrapped(plain(`${givenText(impact)}: ${impactHeadline(impact)}`), terminal.width).map((line) =>
    toned(terminal, 'strong', line),
  );
  const indented = (text: string, indent: number) =>
    wrapped(plain(text), Math.max(20, terminal.width - indent)).map((line) => ' '.repeat(indent) + line);
  const first = unrepairedText(impact);
  if (first !== undefined) lines.push(...indented(first, 0).map((line) => toned(terminal, 'warning', line)));
  for (const [processor, groups] of groupBy(impactGroups(impact), (group) => group.processor)) {
    const total = groups.reduce((sum, { days }) => sum + days.length, 0);
    lines.push('', `${processor}: ${counted(total, 'date')}`);
    for (const { days, why } of groups) {
      lines.push(...indented(`${why}:`, 2), ...indented(rangesOf(days).map(formatRange).join(', '), 4));
    }
  }
  const command = impactCommand(impact, mode);
  // What is to be copied stays on its line.
  if (command !== undefined) lines.push('', 'To do it, in this order:', `  ${command}`);
  return lines;
}

function rowsOf({ redo }: Impact): string[][] {
  return redo.map(({ node, day, status, rows, causes }, index) => [
    formatCount(index + 1),
    node,
    formatDay(day),
    status,
    rows < 0 ? '' : String(rows),
    causesText(causes),
  ]);
}

/** A row a partition, in the order in which to do them. */
export function impactCsv(impact: Impact): string {
  return csv(['order', 'processor', 'date', 'status', 'rows', 'why'], rowsOf(impact));
}

/** A row a partition, in the order in which to do them, and the commands. */
export function impactMarkdown(impact: Impact, mode: Mode): string {
  const parts = [plain(`${givenText(impact)}: ${impactHeadline(impact)}`)];
  if (impact.redo.length > 0) {
    const titles = ['#', 'Processor', 'Date', 'Status', 'Rows', 'Why'].map((title) => ({ title }));
    const rows = rowsOf(impact).map((row, at) => row.map((text, column) => (column === 3 ? labelOf(impact, at) : text)));
    parts.push(markdownTable(titles, rows), ['```sh', impactCommand(impact, mode) ?? '', '```'].join('\n'));
  }
  return parts.join('\n\n');
}

function labelOf({ redo }: Impact, at: number): string {
  const status = redo[at]?.status;
  return status === undefined ? '' : statusLabel(status);
}
