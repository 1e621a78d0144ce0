import type { Day } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import { quantile } from '../backfill/progress';
import type { NotedRun, RunOutcome, RunStage } from '../records/runHistory';
import type { TimedRun } from './timedRun';

/** How long the dates of a processor take. Seconds are of runs that ended well. */
export interface ProcessorTiming {
  /** The processor's id, or the name as it stands in the run history. */
  readonly name: string;
  /** Where the times are from. The run history comes first: it also knows what the journal knows. */
  readonly source: 'history' | 'journal';
  /** Runs that ended well and have a time. */
  readonly runs: number;
  readonly failed: number;
  readonly neverEnded: number;
  readonly p50?: number;
  readonly p95?: number;
  /** At most three, the slowest first. */
  readonly slowest: readonly { readonly day: Day; readonly seconds: number }[];
  /** The median of each stage that any of the runs tells, in the order of the manifest. */
  readonly stages: readonly { readonly name: string; readonly p50: number }[];
}

const SLOWEST = 3;

/**
 * Timing by processor: of the run history where it has runs of one, else of the journal.
 * @param order ids in the order in which they come; other names follow.
 */
export function timingOf(runs: readonly NotedRun[], attempts: readonly TimedRun[], order: readonly string[]): ProcessorTiming[] {
  const noted = groupBy(runs, ({ name }) => name);
  const own = groupBy(
    attempts.filter(({ processor }) => !noted.has(processor)),
    ({ processor }) => processor,
  );
  const timings = [
    ...[...noted].map(([name, found]) => ofHistory(name, found)),
    ...[...own].map(([name, found]) => ofJournal(name, found)),
  ];
  const place = ({ name }: ProcessorTiming): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return timings.sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

function ofHistory(name: string, runs: readonly NotedRun[]): ProcessorTiming {
  const good = runs.filter(({ outcome }) => outcome === 'success' || outcome === 'partial');
  const timed = good.flatMap(({ day, seconds }) => (seconds === undefined ? [] : [{ day, seconds }]));
  const count = (outcome: RunOutcome): number => runs.filter((run) => run.outcome === outcome).length;
  return {
    name,
    source: 'history',
    ...timesOf(timed),
    failed: count('failed'),
    neverEnded: count('neverEnded'),
    stages: stagesOf(good),
  };
}

function ofJournal(name: string, attempts: readonly TimedRun[]): ProcessorTiming {
  const good = attempts.filter(({ outcome }) => outcome === 'done' || outcome === 'partial');
  const failed = attempts.filter(({ outcome }) => outcome === 'failed').length;
  return { name, source: 'journal', ...timesOf(good), failed, neverEnded: 0, stages: stagesOf(good) };
}

function stagesOf(runs: readonly { readonly stages: readonly RunStage[] }[]): ProcessorTiming['stages'] {
  const stages = groupBy(
    runs.flatMap((run) => run.stages),
    (stage) => stage.name,
  );
  return [...stages].flatMap(([name, found]) => {
    const p50 = quantile(
      found.map(({ seconds }) => seconds),
      0.5,
    );
    return p50 === undefined ? [] : [{ name, p50 }];
  });
}

function timesOf(
  timed: readonly { readonly day: Day; readonly seconds: number }[],
): Pick<ProcessorTiming, 'runs' | 'p50' | 'p95' | 'slowest'> {
  const seconds = timed.map((one) => one.seconds);
  const [p50, p95] = [quantile(seconds, 0.5), quantile(seconds, 0.95)];
  const slowest = timed.toSorted((a, b) => b.seconds - a.seconds || a.day - b.day).slice(0, SLOWEST);
  return {
    runs: timed.length,
    ...(p50 !== undefined && { p50 }),
    ...(p95 !== undefined && { p95 }),
    slowest: slowest.map(({ day, seconds: took }) => ({ day, seconds: took })),
  };
}
