import type { Day } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { NotedRun } from '../records/runHistory';
import { type GrowthFinding, growthFindings, leveledBy, stageOf } from './growthFindings';
import { type ProcessorTiming, timingOf } from './processorTiming';
import { type RegressionFinding, regressionFindings } from './regressionFindings';
import { medianOf } from './robust';
import { sequencesOf, type TimedRun, timedHistory } from './timedRun';
import { type AtOnce, growthWords, type WhatIsLeft, type WholeLeft } from './whatIsLeft';

/** What is known of the time that processors take, composed once for every view. Seconds throughout. */
export interface TimingView {
  /** What costs most comes first. */
  readonly processors: readonly ProcessorTimes[];
  /** Of all good runs. */
  readonly total: number;
  /** Over all processors, of each backfill that is not over; of the gaps where none is. */
  readonly left: readonly WholeLeft[];
}

export interface ProcessorTimes extends ProcessorTiming {
  /** Of its good runs, and as a share of all processors. */
  readonly total: number;
  readonly share: number;
  /** Names, in the order in which stages run; what a run takes beside them belongs to none. */
  readonly stageNames: readonly string[];
  /** Of what its good runs took that tell stages, in the order of `stageNames`; stages that overlap have more than all of it together. */
  readonly stageShares: readonly number[];
  /** The last good run of each date, ascending. */
  readonly dates: readonly TimedDate[];
  readonly regressions: readonly RegressionFinding[];
  /** The newest run last. */
  readonly growths: readonly GrowthFinding[];
  /** Sessions and processes that ran several dates, to be compared; the newest last, at most eight. */
  readonly sessions: readonly TimedSession[];
  /** Seconds between being ready and being begun, where the journal tells. */
  readonly queue?: { readonly p50: number; readonly total: number };
  /** So many of its runs tell the time since their process began: they are not fitted. */
  readonly cumulative: number;
  /** How long what is left takes; absent where nothing is left or known. */
  readonly left?: AtOnce;
}

/** Good runs of one session of an executor, of one call for many dates, or of a history without a break. */
export interface TimedSession {
  readonly from: Day;
  readonly to: Day;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly dates: number;
  readonly p50: number;
  /** Medians, in the order of `stageNames`. */
  readonly stages: readonly number[];
}

export interface TimedDate {
  readonly day: Day;
  readonly seconds: number;
  /** In the order of `stageNames`; 0 where a run does not tell one. */
  readonly stages: readonly number[];
  readonly queued?: number;
  readonly backfill?: string;
  /** Its run took part in the run before it: the first of each has none. */
  readonly cumulative?: boolean;
}

/** What there is to know. */
export interface TimingInput {
  readonly history: readonly NotedRun[];
  /** Of backfills and of logs. */
  readonly runs: readonly TimedRun[];
  /** Ids in the order of the pipeline. */
  readonly order: readonly string[];
  readonly left?: WhatIsLeft;
}

const MOST_SESSIONS = 8;

/** What was found of each processor, and from which runs: what has not changed is not computed again. */
export type TimingMemo = Map<string, { readonly of: readonly unknown[]; readonly times: ProcessorTimes }>;

/** The one answer to how long things take, what stands out of it, and what that means for what is left. */
export function timingView(input: TimingInput): TimingView {
  const steps = timingSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, a processor at a time, for those who have something else to do meanwhile. */
export function* timingSteps(input: TimingInput, memo: TimingMemo = new Map()): Generator<void, TimingView> {
  const { history, runs, order, left: { byProcessor: left = new Map<string, AtOnce>(), whole = [] } = {} } = input;
  const noted = groupBy(history, ({ name }) => name);
  const byJournal = groupBy(runs, ({ processor }) => processor);
  const processors: ProcessorTimes[] = [];
  for (const timing of timingOf(history, runs, order)) {
    const { name } = timing;
    const own = noted.get(name) ?? [];
    // The run history is of dates; what a run of ours says of itself is not in it.
    const ours = byJournal.get(name) ?? [];
    const of = [JSON.stringify(left.get(name)), ...own, ...ours];
    const known = memo.get(name);
    const same = known !== undefined && known.of.length === of.length && of.every((one, index) => one === known.of[index]);
    const times = same
      ? known.times
      : processorTimes(timing, timing.source === 'history' ? timedHistory(own) : ours, ours, left.get(name));
    memo.set(name, { of, times });
    processors.push(times);
    if (!same) yield;
  }
  const total = processors.reduce((sum, one) => sum + one.total, 0);
  return {
    total,
    left: whole,
    processors: processors
      .map((one) => ({ ...one, share: total === 0 ? 0 : one.total / total }))
      .sort((a, b) => b.total - a.total),
  };
}

function processorTimes(
  timing: ProcessorTiming,
  runs: readonly TimedRun[],
  ours: readonly TimedRun[],
  left: AtOnce | undefined,
): ProcessorTimes {
  const good = runs.filter(isGood);
  const stageNames = [...new Set(good.flatMap(({ stages }) => stages.map(({ name }) => name)))];
  const own = ours.filter(isGood);
  const latest = new Map<Day, TimedRun>();
  for (const run of good.toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))) latest.set(run.day, run);
  const inOrder = [...latest.values()].sort((a, b) => a.day - b.day);
  const sound = inOrder.filter(({ cumulative }) => cumulative !== true);
  const sequences = sequencesOf((own.length > 0 ? own : good).filter(({ cumulative }) => cumulative !== true));
  const growths = growthFindings(sequences);
  const queued = ours.flatMap((run) => run.queued ?? []);
  const told = left === undefined ? growths : growths.map((growth, index) => growthWords(growth, index, growths, left));
  return {
    ...timing,
    total: good.reduce((sum, { seconds }) => sum + seconds, 0),
    share: 0,
    stageNames,
    stageShares: sharesOf(good, stageNames),
    dates: inOrder.map((run) => dateOf(run, stageNames)),
    regressions: regressionFindings(sound, stageNames, leveledBy(sequences, growths)),
    growths: told,
    sessions: sequences.slice(-MOST_SESSIONS).map((sequence) => sessionOf(sequence, stageNames)),
    ...(queued.length > 0 && { queue: { p50: medianOf(queued), total: queued.reduce((sum, one) => sum + one, 0) } }),
    cumulative: good.filter(({ cumulative }) => cumulative === true).length,
    ...(left !== undefined && { left }),
  };
}

function sharesOf(runs: readonly TimedRun[], names: readonly string[]): readonly number[] {
  const told = runs.filter(({ stages, cumulative }) => stages.length > 0 && cumulative !== true);
  const all = told.reduce((sum, { seconds }) => sum + seconds, 0);
  return names.map((name) => (all === 0 ? 0 : told.reduce((sum, run) => sum + stageOf(run, name), 0) / all));
}

function sessionOf(runs: readonly TimedRun[], stageNames: readonly string[]): TimedSession {
  const days = runs.map(({ day }) => day);
  const [first] = runs;
  return {
    ...{ from: days.reduce((a, b) => Math.min(a, b)), to: days.reduce((a, b) => Math.max(a, b)) },
    startedAt: (first?.endedAt ?? 0) - 1000 * (first?.seconds ?? 0),
    dates: runs.length,
    p50: medianOf(runs.map(({ seconds }) => seconds)),
    stages: stageNames.map((name) => medianOf(runs.map((run) => stageOf(run, name)))),
  };
}

function isGood({ outcome }: TimedRun): boolean {
  return outcome === 'done' || outcome === 'partial';
}

function dateOf({ day, seconds, stages, queued, backfill, cumulative }: TimedRun, names: readonly string[]): TimedDate {
  return {
    ...{ day, seconds },
    stages: names.map((name) => stages.find((stage) => stage.name === name)?.seconds ?? 0),
    ...(queued !== undefined && { queued }),
    ...(backfill !== undefined && { backfill }),
    ...(cumulative === true && { cumulative }),
  };
}
