import { counted, formatCount } from '../../base/figures';
import type { Plan, PlannedPartition } from '../../core/backfill/backfill';
import { titleOf } from '../../core/backfill/progress';
import { statusLabel } from '../statusWords';
import { csv, markdownTable, tableLines } from '../table';
import { type Terminal, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';

const rowsOf = ({ shown }: PlannedPartition) => shown?.rows.reduce((sum, one) => sum + one, 0) ?? 0;
const runsOf = ({ partitions }: Plan) => partitions.filter(({ action }) => action === 'run');

/** What would be deleted, in that order, with the rows of each; and what would stay, and why. */
export function cleanText(plan: Plan, terminal: Pick<Terminal, 'width' | 'color'>): readonly string[] {
  const runs = runsOf(plan);
  const lines = [toned(terminal, 'strong', plain(titleOf(plan)))];
  if (runs.length > 0) {
    const columns = [
      { title: 'Processor' },
      { title: 'Date' },
      { title: 'Rows', align: 'right' as const },
      { title: 'Status' },
      { title: 'Why', shrinks: true },
    ];
    const rows = runs.map((one) => [
      one.processor,
      one.date,
      formatCount(rowsOf(one)),
      statusLabel(one.status),
      one.why === one.status ? '' : one.why.slice(one.status.length + 2),
    ]);
    const total = runs.reduce((sum, one) => sum + rowsOf(one), 0);
    const title = `Deletes ${counted(total, 'row')} of ${counted(runs.length, 'partition')}, in this order:`;
    lines.push('', toned(terminal, 'bad', title), ...tableLines(terminal, columns, rows));
  }
  const skips = plan.partitions.filter(({ action }) => action === 'skip');
  if (skips.length > 0) lines.push('', `Leaves ${counted(skips.length, 'partition')}:`);
  for (const { processor, date, why } of skips) lines.push(`  ${plain(`${processor} ${date}: ${why}.`)}`);
  if (plan.warnings.length > 0) lines.push('', toned(terminal, 'warning', 'Warnings:'));
  for (const warning of plan.warnings)
    lines.push(...wrapped(plain(warning), Math.max(20, terminal.width - 2)).map((line) => `  ${line}`));
  return lines;
}

const TITLES = ['processor', 'date', 'action', 'status', 'rows', 'why'] as const;

function cellsOf({ partitions }: Plan): string[][] {
  return partitions.map((one) => [
    one.processor,
    one.date,
    one.action === 'run' ? 'delete' : 'leave',
    one.status,
    one.shown === undefined ? '' : String(rowsOf(one)),
    one.why,
  ]);
}

export function cleanCsv(plan: Plan): string {
  return csv(TITLES, cellsOf(plan));
}

export function cleanMarkdown(plan: Plan): string {
  const table = markdownTable(
    TITLES.map((title) => ({ title: title.charAt(0).toUpperCase() + title.slice(1) })),
    cellsOf(plan),
  );
  return [plain(titleOf(plan)), table, ...plan.warnings.map(plain)].join('\n\n');
}
