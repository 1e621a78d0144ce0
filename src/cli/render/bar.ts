import type { PartitionCounts } from '../../base/partitionCounts';
import { type Terminal, toned } from '../terminal';

export type BarParts = Pick<PartitionCounts, 'done' | 'failed' | 'interrupted' | 'skipped' | 'total'>;

const PIECES = [
  ['█', 'good'],
  ['▓', 'bad'],
  ['▒', 'warning'],
  ['░', 'quiet'],
] as const;

/** Shares of a whole side by side: `█` done, `▓` failed or cut off, `▒` skipped, `░` what is left. Even one failure among many keeps a column. */
export function bar(
  { done, failed, interrupted, skipped, total }: BarParts,
  width: number,
  terminal: Pick<Terminal, 'color'>,
): string {
  const bad = failed + interrupted;
  const columns = allotted([done, bad, skipped, total > 0 ? total - done - bad - skipped : 1], width);
  return PIECES.map(([symbol, tone], index) => toned(terminal, tone, symbol.repeat(columns[index] ?? 0))).join('');
}

/** A column for each count that is not zero, and the others in proportion. */
function allotted(counts: readonly number[], width: number): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const spare = Math.max(0, width - counts.filter((count) => count > 0).length);
  const columns = counts.map((count) => (count > 0 ? 1 + Math.floor((count / total) * spare) : 0));
  const largest = counts.indexOf(Math.max(...counts));
  const rest = width - columns.reduce((sum, column) => sum + column, 0);
  columns[largest] = Math.max(0, (columns[largest] ?? 0) + rest);
  return columns;
}
