import type { MarkdownColumn } from '../../base/markdown';
import type { CoverageReport, PartitionReport } from './report';

/** For a grid as operators draw it: a row a date, a column a processor, and what the date came to. */
export function dateColumns({ processors }: Pick<CoverageReport, 'processors'>): MarkdownColumn[] {
  return [{ title: 'Date' }, ...processors.map(({ id }): MarkdownColumn => ({ title: id, align: 'right' })), { title: 'Status' }];
}

/** The rows of that grid. */
export function dateRows({
  processors,
  dates,
  partitions,
}: Pick<CoverageReport, 'processors' | 'dates' | 'partitions'>): string[][] {
  const cells = new Map(partitions.map((partition) => [`${partition.processor} ${partition.date}`, cellText(partition)]));
  return dates.map(({ date, summary }) => [date, ...processors.map(({ id }) => cells.get(`${id} ${date}`) ?? ''), summary]);
}

/** `214`, `36 partial`, `0 blocked`, `-` where nothing is expected nor there. */
function cellText({ status, rows, overlays }: PartitionReport): string {
  const figure = rows === null ? '?' : String(rows);
  if (overlays?.some(({ kind }) => kind === 'waived') === true) return `${figure} waived`;
  if (overlays?.some(({ kind }) => kind === 'unexpectedRows') === true) return `${figure} unexpected`;
  if (status === 'off') return rows === null || rows === 0 ? '-' : figure;
  return status === 'complete' ? figure : `${figure} ${status}`;
}
