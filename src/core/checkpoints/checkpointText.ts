import { type Day, type DayRange, formatRange, parseDay } from '../../base/day';
import type { CheckpointName } from './pathTemplate';

/** What a job has noted of its own progress over a range of dates. */
export interface Checkpoint extends DayRange {
  readonly job: string;
  /** Each in the order in which the job noted it. */
  readonly successful: readonly Day[];
  readonly failed: readonly Day[];
  readonly skipped: readonly Day[];
  /** Where the job would go on from: it only ever moves forward. Absent where nothing has succeeded. */
  readonly lastSuccess?: Day;
  /**
   * When the job first made it and when it last wrote it, by a clock whose zone nobody knows, in milliseconds: only the time between both means
   * anything.
   */
  readonly createdAt?: number;
  readonly updatedAt?: number;
}

/**
 * Reads a checkpoint; what it does not know is ignored. A string says, in a sentence that names no file, why it is none.
 * @param named what the file's name says: it stands above the content.
 */
export function readCheckpoint(text: string, named: Partial<CheckpointName>): Checkpoint | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.trim() === '' ? 'It is empty.' : 'It is no JSON, or is cut off.';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'It is no JSON object.';
  const fields = value as Readonly<Record<string, unknown>>;
  const job = named.job ?? fields['job_name'];
  if (typeof job !== 'string' || job === '') return 'It names no job: `job_name` is missing.';
  const from = named.start ?? dayOf(fields['start_date']);
  const to = named.end ?? dayOf(fields['end_date']);
  if (from === undefined || to === undefined)
    return 'Its range of dates is not known: `start_date` and `end_date` have to be dates.';
  if (to < from) return `Its range ends before it starts (${formatRange({ from, to })}).`;
  const successful = daysOf(fields, 'successful_dates');
  if (successful === undefined) return 'It has no list `successful_dates`.';
  const failed = daysOf(fields, 'failed_dates') ?? [];
  const skipped = daysOf(fields, 'skipped_dates') ?? [];
  for (const days of [successful, failed, skipped]) if (typeof days === 'string') return days;
  const done = successful as readonly Day[];
  const noted = fields['last_successful_date'];
  const lastSuccess = noted === undefined || noted === null ? latest(done) : dayOf(noted);
  if (lastSuccess === undefined && done.length > 0) return '`last_successful_date` is no date.';
  const createdAt = wallClock(fields['created_at']);
  const updatedAt = wallClock(fields['last_updated']);
  return {
    ...{ job, from, to, successful: done, failed: failed as readonly Day[], skipped: skipped as readonly Day[] },
    ...(lastSuccess !== undefined && { lastSuccess }),
    ...(createdAt !== undefined && { createdAt }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}

/** Undefined where there is no such list; a string where it is none of dates. */
function daysOf(fields: Readonly<Record<string, unknown>>, name: string): readonly Day[] | string | undefined {
  const list = fields[name];
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) return `\`${name}\` is no list.`;
  const days: Day[] = [];
  for (const entry of list as unknown[]) {
    const day = dayOf(entry);
    if (day === undefined) return `\`${name}\` holds something that is no date.`;
    days.push(day);
  }
  return days;
}

function dayOf(value: unknown): Day | undefined {
  return typeof value === 'string' ? parseDay(value.slice(0, 10)) : undefined;
}

function latest(days: readonly Day[]): Day | undefined {
  return days.reduce<Day | undefined>((last, day) => (last === undefined || day > last ? day : last), undefined);
}

/** A local time without a zone, taken as if it were one of UTC. */
function wallClock(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const [, time] = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*(?:Z|[+-]\d\d:?\d\d)?$/.exec(value) ?? [];
  const at = time === undefined ? Number.NaN : Date.parse(`${time.replace(' ', 'T')}Z`);
  return Number.isNaN(at) ? undefined : at;
}
