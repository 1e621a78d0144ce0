import type { Day, DayRange } from '../../base/day';
import { OFF_KINDS, statusCode } from '../../base/status';
import { type CoverageGrid, type CoverageInput, FLAG } from '../coverage/coverage';
import type { Processor } from '../pipeline';
import { partitionKey } from '../words';
import type { CheckpointDates } from './resume';

const OFF_DAY = OFF_KINDS.indexOf('offDay');
const STATUS = { off: statusCode('off'), complete: statusCode('complete'), stale: statusCode('stale') };

/** The pipeline's coverage as it is known. */
export interface KnownCoverage {
  readonly input: CoverageInput;
  readonly grid: CoverageGrid;
}

/** The dates of a range that a processor's calendar expects, and those on which it has nothing. */
export function datesOf(
  { input, grid }: KnownCoverage,
  { index, calendar }: Processor,
  range: DayRange | undefined,
): CheckpointDates {
  const found = input.pipeline.calendars[calendar];
  const known =
    grid.dayCount > 0 && found !== undefined && (found.kind === 'every' || input.observations.calendars.has(found.name));
  const expected: Day[] = [];
  const offDays = new Set<Day>();
  if (!known || range === undefined) return { known, expected, offDays };
  const last = Math.min(range.to, grid.firstDay + grid.dayCount - 1);
  for (let day = Math.max(range.from, grid.firstDay); day <= last; day++) {
    const cell = index * grid.dayCount + (day - grid.firstDay);
    if (grid.status[cell] !== STATUS.off) expected.push(day);
    else if (grid.off[cell] === OFF_DAY) offDays.add(day);
  }
  return { known, expected, offDays };
}

function cellOf({ grid }: KnownCoverage, { index }: Processor, day: Day, column: Uint8Array | Int32Array): number | undefined {
  const offset = day - grid.firstDay;
  return offset < 0 || offset >= grid.dayCount ? undefined : column[index * grid.dayCount + offset];
}

/** Whether a partition was read, and had no rows. */
export function isKnownEmpty(coverage: KnownCoverage, processor: Processor, day: Day): boolean {
  const { rows, flags } = coverage.grid;
  const unknown = (cellOf(coverage, processor, day, flags) ?? 0) & FLAG.unknown;
  return unknown === 0 && cellOf(coverage, processor, day, rows) === 0;
}

/** Whether a partition has what it should, as far as is known. */
export function isFull(coverage: KnownCoverage, processor: Processor, day: Day): boolean {
  const status = cellOf(coverage, processor, day, coverage.grid.status);
  return status === STATUS.complete || status === STATUS.stale;
}

/** By backfill that runs: those of some dates that it works on or has in its queue. */
export function heldBy({ input }: KnownCoverage, { id }: Processor, days: readonly Day[]): ReadonlyMap<string, readonly Day[]> {
  const held = new Map<string, Day[]>();
  for (const day of days) {
    const backfill = input.attempts.active.get(partitionKey(id, day))?.backfill;
    if (backfill !== undefined) held.set(backfill, [...(held.get(backfill) ?? []), day]);
  }
  return held;
}
