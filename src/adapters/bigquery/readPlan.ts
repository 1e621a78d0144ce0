import type { DayRange } from '../../base/day';
import { isBlind, type TableMemo } from './memo';
import { changedDates, isPartitionedBy, type PartitionPrints, partitionColumnOf } from './partitions';
import type { TableMetadata } from './tableMetadata';

/** How much of a node must be asked: nothing, since nothing changed; some dates; or all. */
export type Extent = 'nothing' | 'all' | readonly DayRange[];

/** One table as it is now and as it was when it was read. */
export interface TableNow {
  readonly metadata: TableMetadata;
  readonly print: string;
  readonly before?: TableMemo | undefined;
  /** Absent where they were not asked for or cannot be told. */
  readonly partitions?: PartitionPrints | undefined;
  /** For the memo, as there. */
  readonly by?: string | undefined;
}

/** More ranges than this in one condition are joined over the dates between them: those are read, too, which is as exact. */
const MAX_RANGES = 100;

/** What is read together, as far as planning goes. */
export interface Planned {
  readonly key: string;
  readonly tables: readonly string[];
  readonly dateColumn: string;
  readonly isWhole: boolean;
  readonly isKnown: boolean;
  /** Its tables do not tell of all that it depends on. */
  readonly isBlind: boolean;
}

/** How much of each has to be read, by key. @param states by table. */
export function extentsOf(planned: readonly Planned[], states: ReadonlyMap<string, TableNow>): ReadonlyMap<string, Extent> {
  return new Map(
    planned.map(({ key, tables, dateColumn, isWhole, isKnown, isBlind }) => {
      if (!isKnown || isBlind) return [key, 'all'];
      const extent = extentOf(
        dateColumn,
        tables.flatMap((table) => states.get(table) ?? []),
      );
      return [key, isWhole && extent !== 'nothing' ? 'all' : extent];
    }),
  );
}

/**
 * How much of a node has to be read.
 * @param dateColumn of the node. @param tables all of the node; they were read together, so they are read together.
 */
export function extentOf(dateColumn: string, tables: readonly TableNow[]): Extent {
  const ranges: DayRange[] = [];
  for (const table of tables) {
    const extent = extentOfTable(dateColumn, table);
    if (extent === 'all') return 'all';
    if (extent !== 'nothing') ranges.push(...extent);
  }
  return ranges.length === 0 ? 'nothing' : joinRanges(ranges);
}

function extentOfTable(dateColumn: string, { metadata, print, before, partitions }: TableNow): Extent {
  if (before === undefined || isBlind(metadata)) return 'all';
  if (before.print === print) return 'nothing';
  if (before.partitions === undefined || partitions === undefined) return 'all';
  // A table that was made anew may have had partitions of another column.
  if (!isPartitionedBy(metadata, dateColumn) || before.by !== partitionColumnOf(metadata)) return 'all';
  return changedDates(before.partitions, partitions);
}

/** Whether the partitions of a table are worth asking for: it changed, or was never read, and they tell what did, now or the next time. */
export function needsPartitions(dateColumns: readonly string[], { metadata, print, before }: TableNow): boolean {
  return before?.print !== print && dateColumns.some((column) => isPartitionedBy(metadata, column));
}

/** The same dates as disjoint ranges in ascending order; some more where there would be too many. */
export function joinRanges(ranges: readonly DayRange[], most = MAX_RANGES): DayRange[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  if (joined.length <= most) return joined;
  const gapBefore = (index: number): number => (joined[index]?.from ?? 0) - (joined[index - 1]?.to ?? 0);
  const widest = [...joined.keys()].slice(1).sort((a, b) => gapBefore(b) - gapBefore(a));
  const starts = [0, ...widest.slice(0, most - 1).sort((a, b) => a - b)];
  return starts.map((start, index) => ({
    from: joined[start]?.from ?? 0,
    to: joined[(starts[index + 1] ?? joined.length) - 1]?.to ?? 0,
  }));
}
