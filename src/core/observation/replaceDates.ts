import type { Day, DayRange } from '../../base/day';
import type { NodeObservations } from './observation';

/**
 * What is known of a node after some of its dates were read anew.
 * @param fresh what they hold now, and nothing of other dates; both with the same columns.
 * @param ranges the dates that were read: those without fresh rows have none any more.
 */
export function replaceDates(before: NodeObservations, fresh: NodeObservations, ranges: readonly DayRange[]): NodeObservations {
  const isFresh = (day: Day): boolean => ranges.some(({ from, to }) => from <= day && day <= to);
  const kept = Array.from(before.days.keys()).filter((index) => !isFresh(before.days[index] ?? 0));
  const places = [
    ...kept.map((index) => ({ day: before.days[index] ?? 0, of: 'before' as const, index })),
    ...Array.from(fresh.days, (day, index) => ({ day, of: 'fresh' as const, index })),
  ].sort((a, b) => a.day - b.day);
  const joined = <T extends Int32Array | Float64Array>(old: T, now: T): T => {
    const column = new (now.constructor as new (length: number) => T)(places.length);
    places.forEach(({ of, index }, at) => {
      column[at] = (of === 'fresh' ? now : old)[index] ?? Number.NaN;
    });
    return column;
  };
  const both = <T extends Int32Array | Float64Array>(old: T | undefined, now: T | undefined) =>
    old === undefined || now === undefined ? undefined : joined(old, now);
  const entities = both(before.entities, fresh.entities);
  const keys = both(before.keys, fresh.keys);
  const written = both(before.written, fresh.written);
  return {
    days: joined(before.days, fresh.days),
    rows: joined(before.rows, fresh.rows),
    ...(entities !== undefined && { entities }),
    ...(keys !== undefined && { keys }),
    ...(written !== undefined && { written }),
    checks: fresh.checks.map((now, check) => joined(before.checks[check] ?? now, now)),
    readAt: fresh.readAt,
  };
}
