import type { Day } from '../../base/day';
import { todayOf } from '../coverage/calendar';
import type { Pipeline } from '../pipeline';
import type { CalendarObservations } from './observation';

export interface KeptCalendar {
  /** What the table says now, and the lost dates as they were. */
  readonly observations: CalendarObservations;
  /** Dates that the table had and has no more, ascending. */
  readonly lost: readonly Day[];
}

/**
 * Keeps what a calendar table had when it loses dates, so that gaps never turn into off-days unnoticed. What is no loss: dates after
 * today, which schedules move, and dates that the manifest excludes or that lie outside of its seasons.
 */
export function keepCalendar(
  pipeline: Pick<Pipeline, 'seasons' | 'exclusions' | 'due'>,
  before: CalendarObservations | undefined,
  now: CalendarObservations,
  at: number,
): KeptCalendar {
  const today = todayOf(pipeline.due, at);
  const counts = new Map(Array.from(now.days, (day, index) => [day, now.counts[index] ?? 0]));
  const within = (ranges: readonly { from: Day; to: Day }[], day: Day) => ranges.some(({ from, to }) => day >= from && day <= to);
  const lost: Day[] = [];
  before?.days.forEach((day, index) => {
    if (counts.has(day) || day > today || within(pipeline.exclusions, day)) return;
    if (pipeline.seasons.length > 0 && !within(pipeline.seasons, day)) return;
    lost.push(day);
    counts.set(day, before.counts[index] ?? 0);
  });
  if (lost.length === 0) return { observations: now, lost };
  const days = Int32Array.from(counts.keys()).sort();
  return { observations: { days, counts: days.map((day) => counts.get(day) ?? 0), readAt: now.readAt }, lost };
}
