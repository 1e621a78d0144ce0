import type { Day } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { NotedRun, RunStage } from '../records/runHistory';
import { medianOf } from './robust';

/** One run of a processor for a date, as far as timing is concerned. */
export interface TimedRun {
  /** The processor's id, or the name as it stands in the run history. */
  readonly processor: string;
  readonly day: Day;
  readonly outcome: 'done' | 'partial' | 'failed' | 'other';
  readonly seconds: number;
  /** In the order in which they ran; empty where nobody told them. */
  readonly stages: readonly RunStage[];
  /** Epoch milliseconds at which it ended. */
  readonly endedAt?: number;
  /** Runs of one process, or of one session of an executor, share it: a growth is looked for within it. */
  readonly sequence?: string;
  /** Seconds between the moment at which nothing kept it from beginning and the one at which it began. */
  readonly queued?: number;
  readonly backfill?: string;
  readonly attempt?: string;
  /** What its stages add up to contradicts what a better clock says: they tell the time since a process began, not their own. */
  readonly cumulative?: boolean;
}

/** A break of so many milliseconds ends a sequence, and of so many times what a date takes. */
const LEAST_GAP_MS = 1_800_000;
const GAP_TIMES = 10;

/** Runs of a processor in the order in which they ended, in parts between which a process was started anew or nothing ran for long. */
export function sequencesOf(runs: readonly TimedRun[]): readonly (readonly TimedRun[])[] {
  const sequences: TimedRun[][] = [];
  const known = groupBy(
    runs.filter(({ sequence, endedAt }) => sequence !== undefined && endedAt !== undefined),
    ({ sequence }) => sequence,
  );
  for (const found of known.values()) {
    const inOrder = found.toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
    const gap = Math.max(LEAST_GAP_MS, GAP_TIMES * 1000 * medianOf(found.map(({ seconds }) => seconds)));
    let last = Number.NEGATIVE_INFINITY;
    for (const run of inOrder) {
      const began = (run.endedAt ?? 0) - run.seconds * 1000;
      const part = sequences.at(-1);
      if (part === undefined || part[0]?.sequence !== run.sequence || began - last > gap) sequences.push([run]);
      else part.push(run);
      last = run.endedAt ?? 0;
    }
  }
  return sequences.sort((a, b) => (a[0]?.endedAt ?? 0) - (b[0]?.endedAt ?? 0));
}

/** Runs of a history one after the other. What they note exceeds the time in which they ran, where their clock was not started anew. */
export function timedHistory(runs: readonly NotedRun[]): readonly TimedRun[] {
  const timed = [...groupBy(runs, ({ name }) => name).values()].flatMap((of) => ofProcessor(of));
  return timed;
}

function ofProcessor(runs: readonly NotedRun[]): readonly TimedRun[] {
  const inOrder = runs.toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  const wall = inOrder.map(({ endedAt, startedAt }, index) => {
    const before = inOrder[index - 1]?.endedAt;
    if (endedAt === undefined) return undefined;
    const own = startedAt === undefined ? undefined : (endedAt - startedAt) / 1000;
    // A start that is the process's own start tells nothing of the date.
    const since = before === undefined || before === endedAt ? undefined : (endedAt - before) / 1000;
    return own === undefined ? since : since === undefined ? own : Math.min(own, Math.max(since, 0));
  });
  const judged = inOrder.map(({ seconds }, index) => exceeds(seconds, wall[index]));
  return inOrder.flatMap((run, index): TimedRun[] => {
    const { name, day, outcome, seconds, stages, endedAt } = run;
    if (seconds === undefined) return [];
    const around = judged.slice(Math.max(0, index - 3), index + 4).filter((one) => one !== undefined);
    const cumulative = around.length >= 3 && around.filter(Boolean).length >= 0.6 * around.length;
    return [
      {
        ...{ processor: name, day, seconds, stages, sequence: 'history' },
        outcome: outcome === 'success' ? 'done' : outcome === 'partial' || outcome === 'failed' ? outcome : 'other',
        ...(endedAt !== undefined && { endedAt }),
        ...(cumulative && { cumulative }),
      },
    ];
  });
}

/** Whether a time is clearly longer than the one in which it was measured; undefined where that is not known. */
export function exceeds(seconds: number | undefined, wall: number | undefined): boolean | undefined {
  if (seconds === undefined || wall === undefined) return undefined;
  return seconds > 1.5 * wall + 2;
}
