import { counted, formatHours } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { type BackfillEvent, isActivePhase, type Plan } from '../backfill/backfill';
import { type LeftPool, leftPool } from '../backfill/leftPool';
import type { BackfillProgress } from '../backfill/progress';
import { simulatePool } from '../backfill/simulate';
import type { Pipeline } from '../pipeline';
import { type GrowthFinding, stageWords } from './growthFindings';
import type { TimedRun } from './timedRun';

/** How long what is left takes, by how many calls run at once. */
export interface AtOnce {
  /** Dates that wait or run. */
  readonly dates: number;
  /** How many calls run at once now, or would. */
  readonly slots: number;
  /** The backfill that has them; absent for gaps that nobody runs. */
  readonly backfill?: string;
  /** Seconds of all that is left with 1, 2, 3 and so on at once; more does not help where it stays the same. */
  readonly seconds: readonly number[];
  /** Why more at once is not possible, where that is so. */
  readonly limit?: string;
}

/** The same over all processors of a backfill, or of the gaps that nobody runs. */
export interface WholeLeft extends AtOnce {
  /** In the order of the plan. */
  readonly processors: readonly string[];
}

export interface WhatIsLeft {
  readonly byProcessor: ReadonlyMap<string, AtOnce>;
  /** Backfills that are not over, newest first; where there is none, the gaps. */
  readonly whole: readonly WholeLeft[];
}

const MOST_AT_ONCE = 16;

/** A backfill as far as what it has left is concerned. */
export interface OpenBackfill {
  readonly plan: Plan;
  readonly events: readonly BackfillEvent[];
  readonly progress: BackfillProgress;
}

export interface LeftInput {
  /** Newest first. */
  readonly open: readonly OpenBackfill[];
  /** Those of the dates that are finished, also by the log of a call that runs. */
  readonly runs: readonly TimedRun[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** How many calls of a processor the manifest allows at once. */
  readonly limits?: ReadonlyMap<string, number>;
  /** The plan that would fill every gap that can be filled; asked for only where no backfill is open, which has some of them. */
  readonly gaps?: () => Omit<OpenBackfill, 'events'>;
}

/**
 * What is left of each processor, of the newest backfill that is not over, or of its gaps where none is open; and of each backfill as a whole: its
 * dates in the pool of the executor, as its forecast has them.
 */
export function whatIsLeft({ open, runs, now, limits = new Map(), gaps }: LeftInput): WhatIsLeft {
  const byProcessor = groupBy(
    runs.filter(({ outcome, cumulative }) => (outcome === 'done' || outcome === 'partial') && cumulative !== true),
    ({ processor }) => processor,
  );
  const others = (processor: string) => (byProcessor.get(processor) ?? []).map(({ seconds }) => seconds);
  const left = new Map<string, AtOnce>();
  const whole: WholeLeft[] = [];
  const add = (backfill: OpenBackfill, isGaps: boolean): void => {
    const { plan, progress } = backfill;
    const told = runs.filter(({ sequence }) => sequence?.startsWith(runningSequence(plan.id)) === true);
    const pool = leftPool(backfill, progress, now, { told, others, limits });
    if (pool === undefined || plan.jobs.some(({ method }) => method === 'clean')) return;
    const of = isGaps ? {} : { backfill: plan.id };
    for (const { processor } of plan.jobs) {
      const dates = pool.dates.get(processor);
      if (dates !== undefined && !left.has(processor))
        left.set(processor, { ...atOnce(pool, plan, limits, processor), dates, ...of });
    }
    const processors = plan.jobs.flatMap(({ processor }) => (pool.dates.has(processor) ? processor : []));
    const dates = [...pool.dates.values()].reduce((sum, count) => sum + count, 0);
    whole.push({ ...atOnce(pool, plan, limits), dates, processors, ...of });
  };
  const unfinished = open.filter(({ progress: { phase } }) => isActivePhase(phase) || phase === 'interrupted');
  for (const backfill of unfinished) add(backfill, false);
  if (gaps !== undefined && unfinished.length === 0) add({ ...gaps(), events: [] }, true);
  return { byProcessor: left, whole };
}

/** The sequence of the dates that a call of a backfill has finished by its log. */
export function runningSequence(backfill: string): string {
  return `${backfill} running`;
}

/** How many calls of a processor at once a manifest allows, where it says so. */
export function slotLimits({ processors }: Pick<Pipeline, 'processors'>): ReadonlyMap<string, number> {
  return new Map(
    processors.flatMap(({ id, run }) => {
      const slots = run.flatMap((method) => (method.kind === 'command' && method.slots !== undefined ? method.slots : []));
      return slots.length === 0 ? [] : [[id, Math.max(...slots)] as const];
    }),
  );
}

function atOnce(pool: LeftPool, plan: Plan, limits: ReadonlyMap<string, number>, processor?: string): Omit<AtOnce, 'dates'> {
  const jobs = plan.jobs.filter((job) => (processor === undefined ? pool.dates.has(job.processor) : job.processor === processor));
  const reasons = jobs.map(({ sequential, method, maxDates, processor: id }) => {
    if (sequential !== undefined) return sequential;
    if ((method === 'range' || method === 'list') && maxDates === undefined) return 'one call gets all of its dates';
    return limits.get(id) === 1 ? 'the manifest runs one at a time' : undefined;
  });
  const { slots } = plan.request;
  const seconds = Array.from({ length: MOST_AT_ONCE }, (_, index) =>
    pool.seconds({ slots: index + 1, ...(processor !== undefined && { processor }) }),
  );
  const isAlone = Math.max(...seconds) - Math.min(...seconds) < 1e-6;
  const [limit] = reasons;
  const isLimited = isAlone && limit !== undefined && reasons.every((reason) => reason !== undefined);
  const now = processor === undefined ? slots : Math.min(slots, jobs[0]?.slots ?? slots);
  return {
    slots: isLimited ? 1 : Math.max(1, now),
    seconds: isLimited ? seconds.slice(0, 1) : seconds,
    ...(isLimited && { limit: [...new Set(reasons)].join('; ') }),
  };
}

/** How long dates of one processor take for each number at once. @param secondsOf of the date that comes after so many. */
function dateSecondsAtOnce(dates: number, slots: number, secondsOf: (ahead: number) => number): number {
  const queue = Array.from({ length: dates }, (_, index) => ({ date: `${index}`, seconds: secondsOf(index) }));
  return simulatePool([{ processor: '', slots, datesPerCall: 1, after: [], dates: queue }], slots);
}

/** The newest growth, with what it means for what is left of its run. */
export function growthWords(
  growth: GrowthFinding,
  index: number,
  all: readonly GrowthFinding[],
  left: Omit<AtOnce, 'seconds'>,
): GrowthFinding {
  const isNow = index === all.length - 1 && growth.backfill !== undefined && growth.backfill === left.backfill;
  if (!isNow || growth.stopped || growth.restarted !== undefined || left.dates === 0) return growth;
  return { ...growth, text: leftText(growth, left) };
}

/** `dependency check grows 25 s a date: the 15 dates left would take 1 h 20 min, not 20 min`. */
export function leftText(
  { stage, perDate, start, next, rest }: Pick<GrowthFinding, 'stage' | 'perDate' | 'start' | 'next' | 'rest'>,
  { dates, slots }: Pick<AtOnce, 'dates' | 'slots'>,
): string {
  const growing = dateSecondsAtOnce(dates, slots, (ahead) => rest + next + perDate * ahead);
  const level = dateSecondsAtOnce(dates, slots, () => rest + start);
  const size = perDate < 10 ? perDate.toFixed(1).replace(/\.0$/, '') : Math.round(perDate);
  const what =
    stage === undefined ? `each date takes ${size} s longer than the one before` : `${stageWords(stage)} grows ${size} s a date`;
  return `${what}: the ${counted(dates, 'date')} left would take ${formatHours(growing)}, not ${formatHours(level)}`;
}
