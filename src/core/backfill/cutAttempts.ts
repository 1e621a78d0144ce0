import { parseDay } from '../../base/day';
import type { AttemptInput, PartitionKey } from '../coverage/coverage';
import { parseFingerprint, sameFingerprint } from '../observation/fingerprint';
import { fingerprintOf, type PartitionObservation } from '../observation/observation';
import type { BackfillEvent, RemoteJob } from './backfill';
import { type DateEvidence, type DateVerdict, isChanged, judgeFinished } from './outcome';

/** An attempt that an executor began and did not live to end. */
export interface CutAttempt {
  readonly attempt: string;
  readonly processor: string;
  /** ISO. */
  readonly date: string;
  /** Fingerprint, and a digest of the rows where the warehouse gave one. */
  readonly before: string;
  readonly rowsBefore: number;
  readonly content?: string;
  readonly inputs: readonly AttemptInput[];
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The last job that it is on record to have submitted. */
  readonly remote?: RemoteJob;
}

/** The attempts of one call that was cut off, in the order in which the call works on them. They share its log. */
export interface CutCall {
  readonly processor: string;
  readonly log: string;
  readonly attempts: readonly CutAttempt[];
}

/** What earlier sessions of a backfill left to one that resumes it. */
export interface EarlierSessions {
  readonly calls: readonly CutCall[];
  /** How many attempts there were at each partition. */
  readonly tries: ReadonlyMap<PartitionKey, number>;
  /** By partition that was done: the fingerprint that its attempt left. */
  readonly left: ReadonlyMap<PartitionKey, string>;
}

export function earlierOf(events: readonly BackfillEvent[]): EarlierSessions {
  // By partition: it has one attempt at a time, and whatever ends there ends that one.
  const open = new Map<PartitionKey, CutAttempt & { readonly log: string }>();
  const tries = new Map<PartitionKey, number>();
  const left = new Map<PartitionKey, string>();
  for (const event of events) {
    if (event.type === 'attemptStarted') {
      const { attempt, processor, date, before, rowsBefore, content, inputs, log } = event;
      const key = `${processor} ${date}`;
      tries.set(key, (tries.get(key) ?? 0) + 1);
      const startedAt = Date.parse(event.at);
      const cut = { attempt, processor, date, before, rowsBefore, inputs, startedAt, log };
      open.set(key, { ...cut, ...(content !== undefined && { content }) });
    } else if (event.type === 'remoteJob') {
      const key = `${event.processor} ${event.date}`;
      const cut = open.get(key);
      const { project, location, job } = event;
      if (cut !== undefined) open.set(key, { ...cut, remote: { project, job, ...(location !== undefined && { location }) } });
    } else if (event.type === 'attemptEnded' || event.type === 'notAttempted') {
      open.delete(`${event.processor} ${event.date}`);
      if (event.type === 'attemptEnded' && event.outcome === 'done' && event.after !== undefined)
        left.set(`${event.processor} ${event.date}`, event.after);
    }
  }
  const calls = new Map<string, CutCall & { readonly attempts: CutAttempt[] }>();
  for (const { log, ...attempt } of open.values()) {
    if (parseDay(attempt.date) === undefined) continue;
    const call = calls.get(log) ?? { processor: attempt.processor, log, attempts: [] };
    call.attempts.push(attempt);
    calls.set(log, call);
  }
  return { calls: [...calls.values()], tries, left };
}

/** The category of what was torn when its executor died. */
export const CUT = 'interrupted';

/** What is known of how the job of a cut call ended. */
export type CutEnding =
  /** Nobody was there who would know. */
  | { readonly how: 'unknown' }
  /** By whoever resumed the backfill. */
  | { readonly how: 'ended'; readonly why: string }
  /** A job of the warehouse's own, or a transaction: all of it or nothing. */
  | { readonly how: 'remote'; readonly fate: 'done' | 'failed' | 'absent'; readonly job: string };

/** A date of a cut call, with what is there now and what its log says of it. */
export interface CutEvidence {
  readonly attempt: CutAttempt;
  /** Read exactly, after everything that could write it was gone. */
  readonly after: PartitionObservation;
  readonly shortfall?: string;
  readonly told?: 'started' | 'succeeded' | 'failed' | 'skipped';
}

/**
 * What became of the dates of a call whose executor died. A transaction or a remote job did all or nothing, so a change proves that it is
 * done. A command may have died between its delete and its insert: the last date that it changed is torn and runs again, unless its own log
 * says that it ended well, the rows have changed, and they meet what is expected. Dates of a call for many that lie before that one are
 * judged, those after it were not attempted.
 */
export function judgeCut(way: 'sql' | 'date' | 'many', ending: CutEnding, dates: readonly CutEvidence[]): readonly DateVerdict[] {
  const evidence = dates.map(evidenceOf);
  const inHand = evidence.findLastIndex(isChanged);
  return dates.map(({ told }, index): DateVerdict => {
    const date = evidence[index];
    if (date === undefined) throw new Error('There is evidence for each date.');
    if (way === 'sql') return judgeWhole(ending, date);
    if (index > inHand) return waits(`its executor died, and its job had not come to this date`);
    if (index < inHand && way === 'many') return judgeFinished(date, false);
    if (!isChanged(date)) return waits('its executor died before its job had changed anything');
    if (told === 'succeeded' && date.after.rows > 0) return judgeFinished(date, false);
    return torn(date, ending.how === 'ended' ? ending.why : 'its executor died, and nothing tells that its job had finished');
  });
}

/** The same of a call that was to delete a partition: that is done where no rows are left, and tried again where they are. */
export function judgeCutClean(dates: readonly CutEvidence[], what: string): readonly DateVerdict[] {
  return dates.map(evidenceOf).map(({ before, after }): DateVerdict => {
    if (after.rows === 0 && before.rows > 0) return { kind: 'ended', outcome: 'cleaned', message: what };
    return waits('its executor died before it had deleted anything');
  });
}

function judgeWhole(ending: CutEnding, date: DateEvidence): DateVerdict {
  if (ending.how !== 'remote')
    return isChanged(date) ? judgeFinished(date, true) : waits('its executor died before it had replaced anything');
  if (ending.fate === 'done') return judgeFinished(date, true);
  return waits(ending.fate === 'failed' ? `its job ${ending.job} failed` : `its job ${ending.job} never arrived`);
}

function waits(why: string): DateVerdict {
  return { kind: 'notAttempted', why, again: true };
}

function torn({ before, after }: DateEvidence, message: string): DateVerdict {
  return {
    kind: 'ended',
    outcome: 'torn',
    category: CUT,
    message: `${message}, after it had changed the partition`,
    ...(before.rows > 0 && after.rows === 0 && { alarm: true }),
  };
}

/** What the journal remembers of before, as an observation that can be compared with what is there now. */
function evidenceOf({ attempt, after, shortfall }: CutEvidence): DateEvidence {
  const { day } = after;
  const content = attempt.content === undefined ? {} : { content: attempt.content };
  const same = sameFingerprint(attempt.before, fingerprintOf(after));
  const before = same ? after : (parseFingerprint(attempt.before) ?? { rows: attempt.rowsBefore, checks: [] });
  const own = { ...before, day, ...content };
  return { day, before: own, after, ...(shortfall !== undefined && { shortfall }) };
}
