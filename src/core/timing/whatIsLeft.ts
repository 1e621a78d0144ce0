import { counted, formatHours } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { isActivePhase, type Plan } from '../backfill';
import { type DateSeconds, learnSeconds } from '../dateSeconds';
import type { BackfillProgress } from '../progress';
import { simulatePool } from '../simulate';
import type { GrowthFinding } from './growthFindings';
import type { TimedRun } from './timedRun';

/** How long what is left takes, by how many calls run at once. */
export interface AtOnce {
  /** Dates of the processor that wait. */
  readonly dates: number;
  /** How many of its calls run at once now, or would. */
  readonly slots: number;
  /** The backfill that has them; absent for gaps that nobody runs. */
  readonly backfill?: string;
  /** Seconds of all that is left with 1, 2, 3 and so on at once; more does not help where it stays the same. */
  readonly seconds: readonly number[];
  /** Why more at once is not possible, where that is so. */
  readonly limit?: string;
}

export const MOST_AT_ONCE = 16;

/** How long dates of one processor take for each number at once. @param secondsOf of the date that comes after so many. */
export function dateSecondsAtOnce(dates: number, slots: number, secondsOf: (ahead: number) => number): number {
  const queue = Array.from({ length: dates }, (_, index) => ({ date: `${index}`, seconds: secondsOf(index) }));
  return simulatePool([{ processor: '', slots, datesPerCall: 1, after: [], dates: queue }], slots);
}

/** What one backfill or none has left. */
export interface OpenBackfill {
  readonly plan: Plan;
  readonly progress: BackfillProgress;
}

/**
 * What is left of each processor: of the newest backfill that is not over, else its gaps.
 * @param open newest first.
 * @param runs those of the dates that are finished, also by the log of a call that runs.
 * @param gaps dates by processor.
 */
export function leftByProcessor(
  open: readonly OpenBackfill[],
  runs: readonly TimedRun[],
  gaps: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, AtOnce> {
  const byProcessor = groupBy(runs, ({ processor }) => processor);
  const left = new Map<string, AtOnce>();
  for (const { plan, progress } of open) {
    if (!isActivePhase(progress.phase) && progress.phase !== 'interrupted') continue;
    for (const job of plan.jobs) {
      if (left.has(job.processor) || job.method === 'clean') continue;
      const own = byProcessor.get(job.processor) ?? [];
      const finished = own.filter(({ sequence }) => sequence === `${plan.id} running`).length;
      const states = plan.partitions.flatMap(({ processor, date, action }) =>
        processor === job.processor && action === 'run' ? (progress.partitions.get(`${processor} ${date}`) ?? 'waiting') : [],
      );
      const open = states.filter((state) => state === 'waiting' || state === 'running' || state === 'interrupted').length;
      const dates = Math.max(0, open - finished);
      const isCall = job.method === 'range' || job.method === 'list';
      // A session that goes on has the growth of its own dates only.
      const session = own.filter(({ backfill }) => backfill === plan.id).toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
      const learnt = learn(session.length > 0 ? session : own);
      if (dates === 0 || learnt === undefined) continue;
      const limit = job.sequential ?? (isCall && job.maxDates === undefined ? 'one call gets all of its dates' : undefined);
      const slots = limit === undefined ? Math.max(1, Math.min(job.slots, plan.request.slots)) : 1;
      left.set(job.processor, { ...atOnce(dates, slots, learnt, limit), backfill: plan.id });
    }
  }
  for (const [processor, dates] of gaps) {
    const learnt = learn(byProcessor.get(processor) ?? []);
    if (left.has(processor) || dates === 0 || learnt === undefined) continue;
    left.set(processor, atOnce(dates, 1, learnt, undefined));
  }
  return left;
}

function learn(runs: readonly TimedRun[]): DateSeconds | undefined {
  return learnSeconds(
    runs.flatMap(({ outcome, seconds, cumulative }) =>
      (outcome === 'done' || outcome === 'partial') && cumulative !== true ? seconds : [],
    ),
  );
}

function atOnce(dates: number, slots: number, { at }: DateSeconds, limit: string | undefined): AtOnce {
  const numbers = Array.from({ length: limit === undefined ? MOST_AT_ONCE : 1 }, (_, index) => index + 1);
  const seconds = numbers.map((number) => dateSecondsAtOnce(dates, number, at));
  return { dates, slots, seconds, ...(limit !== undefined && { limit }) };
}

/** The newest growth, with what it means for what is left of its run. */
export function growthWords(growth: GrowthFinding, index: number, all: readonly GrowthFinding[], left: AtOnce): GrowthFinding {
  const isNow = index === all.length - 1 && growth.backfill !== undefined && growth.backfill === left.backfill;
  if (!isNow || growth.stopped || growth.restarted !== undefined || left.dates === 0) return growth;
  return { ...growth, text: leftText(growth, left) };
}

/** `dependency check grows 25 s a date: the 15 dates left would take 1 h 20 min, not 20 min`. */
export function leftText(
  { stage, perDate, start, next, rest }: GrowthFinding,
  { dates, slots }: Pick<AtOnce, 'dates' | 'slots'>,
): string {
  const growing = dateSecondsAtOnce(dates, slots, (ahead) => rest + next + perDate * ahead);
  const level = dateSecondsAtOnce(dates, slots, () => rest + start);
  const who = stage === undefined ? 'a date' : stage.replaceAll('_', ' ');
  const size = perDate < 10 ? perDate.toFixed(1).replace(/\.0$/, '') : Math.round(perDate);
  return `${who} grows ${size} s a date: the ${counted(dates, 'date')} left would take ${formatHours(growing)}, not ${formatHours(level)}`;
}
