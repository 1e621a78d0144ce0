import { parseDay } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { BackfillEvent, Plan } from '../backfill/backfill';
import type { LogDigest } from '../logs/logDigest';
import { exceeds, type TimedRun } from './timedRun';
import { runningSequence } from './whatIsLeft';

type Started = Extract<BackfillEvent, { type: 'attemptStarted' }>;
type Ended = Extract<BackfillEvent, { type: 'attemptEnded' }>;

/**
 * Every attempt of a backfill that has ended. Where one call got many dates its executor knows only their share of it: then the stages that
 * the job's log tells are the time of a date. A sequence is a session of the executor, or a call for many dates.
 */
export function journalRuns({ plan, events }: { readonly plan: Plan; readonly events: readonly BackfillEvent[] }): TimedRun[] {
  const ready = new ReadyTimes(plan);
  const begun = new Map<string, { readonly event: Started; readonly queued: number | undefined; readonly session: number }>();
  const ended: { readonly end: Ended; readonly session: number; readonly log?: string; readonly queued?: number }[] = [];
  let session = 0;
  for (const event of events) {
    ready.note(event);
    if (event.type === 'started') {
      session += 1;
      begun.clear();
    } else if (event.type === 'attemptStarted') begun.set(event.attempt, { event, queued: ready.waited(event), session });
    else if (event.type === 'attemptEnded') {
      const start = begun.get(event.attempt);
      begun.delete(event.attempt);
      const queued = start?.queued;
      ended.push({
        ...{ end: event, session: start?.session ?? session },
        ...(start !== undefined && { log: start.event.log }),
        ...(queued !== undefined && { queued }),
      });
    }
  }
  const calls = groupBy(ended, ({ session: of, log, end }) => `${of} ${log ?? end.attempt}`);
  return [...calls].flatMap(([call, dates]) => {
    const many = dates.length > 1;
    const all = dates.reduce((sum, { end }) => sum + (end.seconds ?? 0), 0);
    const told = dates.reduce((sum, { end }) => sum + sumOf(end.stages), 0);
    const cumulative = exceeds(told, all) === true;
    let passed = 0;
    return dates.flatMap(({ end, session: of, queued }): TimedRun[] => {
      const { processor, date, outcome, seconds, stages = {}, attempt, at } = end;
      const day = parseDay(date);
      // A clock that was set back in between measured nothing.
      if (day === undefined || seconds === undefined || !(seconds >= 0)) return [];
      const byStages = many && !cumulative ? sumOf(stages) : 0;
      const took = byStages > 0 ? byStages : seconds;
      passed += took;
      // Dates of a call end in one instant in the journal: their order is that of the call.
      const endedAt = many ? Date.parse(at) - 1000 * Math.max(0, all - passed) : Date.parse(at);
      return [
        {
          ...{ processor, day, seconds: took, endedAt, attempt, backfill: plan.id },
          outcome: outcome === 'done' || outcome === 'partial' || outcome === 'failed' ? outcome : 'other',
          stages: Object.entries(stages).map(([name, part]) => ({ name, seconds: part })),
          sequence: `${plan.id} ${many ? call : of}`,
          ...(queued !== undefined && !many && { queued }),
          ...(cumulative && { cumulative }),
        },
      ];
    });
  });
}

/**
 * The dates that a call which runs has finished, by its log: the journal tells of them when it has ended.
 * @param now epoch milliseconds: the last of them has ended about then.
 */
export function callRuns(backfill: string, processor: string, digest: LogDigest, now: number): TimedRun[] {
  const runs = logRuns(runningSequence(backfill), processor, digest, now);
  return runs.map((run) => ({ ...run, backfill }));
}

/**
 * The dates that a log tells to have succeeded, with what they took; each run that wrote it is a sequence of its own.
 * @param sequence that of its first run.
 * @param until epoch milliseconds: the last of them has ended about then.
 */
export function logRuns(sequence: string, processor: string, { dates }: LogDigest, until: number): TimedRun[] {
  const finished = dates.flatMap(({ date, outcome, seconds, stages, run = 1 }) => {
    const day = parseDay(date);
    const took = seconds ?? sumOf(stages);
    return day === undefined || outcome !== 'succeeded' || took <= 0 ? [] : [{ day, took, stages, run }];
  });
  let left = finished.reduce((sum, { took }) => sum + took, 0);
  return finished.map(({ day, took, stages, run }): TimedRun => {
    left -= took;
    return {
      ...{ processor, day, seconds: took, outcome: 'done', endedAt: until - left * 1000 },
      stages: Object.entries(stages).map(([name, part]) => ({ name, seconds: part })),
      sequence: run === 1 ? sequence : `${sequence} ${run}`,
    };
  });
}

function sumOf(stages: Readonly<Record<string, number>> = {}): number {
  return Object.values(stages).reduce((sum, seconds) => sum + seconds, 0);
}

/** Since when nothing but the lack of a slot keeps a date from beginning: its session began, and what it needs of its date has ended. */
class ReadyTimes {
  readonly #after: ReadonlyMap<string, readonly string[]>;
  /** With one slot every date waits for all before it: that says nothing. */
  readonly #alone: ReadonlySet<string>;
  readonly #ends = new Map<string, number>();
  #since: number | undefined;

  constructor({ jobs, request }: Plan) {
    const isAlone = (slots: number) => Math.min(slots, request.slots) <= 1;
    this.#alone = new Set(jobs.flatMap(({ processor, slots }) => (isAlone(slots) ? processor : [])));
    this.#after = new Map(jobs.map(({ processor, after = [] }) => [processor, after]));
  }

  note(event: BackfillEvent): void {
    const at = Date.parse(event.at);
    if (event.type === 'started' || event.type === 'continued') this.#since = at;
    else if (event.type === 'attemptEnded') this.#ends.set(`${event.processor} ${event.date}`, at);
  }

  /** Seconds. */
  waited({ processor, date, at }: Started): number | undefined {
    if (this.#since === undefined || this.#alone.has(processor)) return undefined;
    const ends = (this.#after.get(processor) ?? []).map((other) => this.#ends.get(`${other} ${date}`) ?? 0);
    return Math.max(0, (Date.parse(at) - Math.max(this.#since, ...ends)) / 1000);
  }
}
