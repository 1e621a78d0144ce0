import { type Day, formatDay } from '../../base/day';
import { counted, formatSeconds } from '../../base/figures';
import { type Growth, growthOf, LEAST_TO_GROW } from './growth';
import { medianOf } from './robust';
import type { TimedRun } from './timedRun';

/** A run whose dates take longer and longer. */
export interface GrowthFinding extends Growth {
  /** That grows; absent where no single one does. */
  readonly stage?: string;
  /** Of its first and of its last date. */
  readonly from: Day;
  readonly to: Day;
  readonly backfill?: string;
  /** The dates, in the order in which they ran. */
  readonly days: readonly Day[];
  /** Which of the sequences it is. */
  readonly sequence: number;
  /** What a date takes beside the stage that grows. */
  readonly rest: number;
  /** What the first dates of the next run took, where that was much less: to start anew helped. */
  readonly restarted?: { readonly day: Day; readonly seconds: number };
  /** `dependency check grows 25 s a date`, and what that means. */
  readonly text: string;
}

/** A stage names a growth when it has so much of it. */
const MOST_OF_IT = 0.6;
/** The first dates of a run tell how it begins. */
const FIRST = 3;

/** Growth by run, a restart never fitted across. @param sequences of one processor, in their order, each in the order in which it ran. */
export function growthFindings(sequences: readonly (readonly TimedRun[])[]): readonly GrowthFinding[] {
  return sequences.flatMap((runs, index): GrowthFinding[] => {
    const [first, last] = [runs[0], runs.at(-1)];
    if (first === undefined || last === undefined || runs.length < LEAST_TO_GROW) return [];
    const names = [...new Set(runs.flatMap(({ stages }) => stages.map(({ name }) => name)))];
    const byStage = names
      .map((name) => ({ name, growth: growthOf(runs.map((run) => stageOf(run, name))) }))
      .toSorted((a, b) => (b.growth?.perDate ?? 0) - (a.growth?.perDate ?? 0))[0];
    const whole = growthOf(runs.map(({ seconds }) => seconds));
    const isStage = byStage?.growth !== undefined && byStage.growth.perDate >= MOST_OF_IT * (whole?.perDate ?? 0);
    const growth = isStage ? byStage.growth : whole;
    if (growth === undefined) return [];
    const stage = isStage ? byStage?.name : undefined;
    const next = sequences[index + 1]?.slice(0, FIRST) ?? [];
    const then = medianOf(next.map((run) => (stage === undefined ? run.seconds : stageOf(run, stage))));
    const [restart] = next;
    const helped = restart !== undefined && next.length === FIRST && then < 0.6 * growth.next;
    const finding = {
      ...growth,
      sequence: index,
      ...(stage !== undefined && { stage }),
      ...{ from: first.day, to: last.day, days: runs.map(({ day }) => day) },
      ...(last.backfill !== undefined && { backfill: last.backfill }),
      rest: stage === undefined ? 0 : medianOf(runs.map((run) => run.seconds - stageOf(run, stage))),
      ...(helped && { restarted: { day: restart.day, seconds: then } }),
    };
    return [{ ...finding, text: growthText(finding) }];
  });
}

export function stageWords(stage: string | undefined): string {
  return stage === undefined ? 'each date' : stage.replaceAll('_', ' ');
}

function growthText({ stage, perDate, start, next, count, stopped, from, to, restarted }: Omit<GrowthFinding, 'text'>): string {
  const size = formatSeconds(perDate < 10 ? Number(perDate.toFixed(1)) : Math.round(perDate));
  const over = `from ${formatSeconds(Math.round(start))} to ${formatSeconds(Math.round(next))} over ${counted(count, 'date')} (${formatDay(from)} to ${formatDay(to)})`;
  const isOver = stopped || restarted !== undefined;
  const now =
    stage === undefined
      ? `each date ${isOver ? 'took' : 'takes'} ${size} longer than the one before, ${over}`
      : `${stageWords(stage)} ${isOver ? 'grew' : 'grows'} ${size} a date, ${over}`;
  const told = stopped ? `${now}, and grows no more` : now;
  if (restarted === undefined) return told;
  return `${told}; started anew it took ${formatSeconds(Math.round(restarted.seconds))} from ${formatDay(restarted.day)}`;
}

/** The seconds of runs without the growth of their run: as if each were its first date. */
export function leveledBy(
  sequences: readonly (readonly TimedRun[])[],
  growths: readonly GrowthFinding[],
): (run: TimedRun, stage?: string) => number {
  const excess = new Map<TimedRun, GrowthFinding & { readonly place: number }>();
  for (const growth of growths) {
    // The same dates may have run in several sequences.
    const runs = sequences[growth.sequence];
    for (const [place, run] of (runs ?? []).entries()) excess.set(run, { ...growth, place });
  }
  return (run, stage) => {
    const seconds = stage === undefined ? run.seconds : stageOf(run, stage);
    const grown = excess.get(run);
    if (grown === undefined || (stage !== undefined && grown.stage !== undefined && stage !== grown.stage)) return seconds;
    return Math.max(0, seconds - grown.perDate * grown.place);
  };
}

export function stageOf({ stages }: TimedRun, name: string): number {
  return stages.find((stage) => stage.name === name)?.seconds ?? 0;
}
