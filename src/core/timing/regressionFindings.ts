import { type Day, formatDay } from '../../base/day';
import { formatSeconds } from '../../base/figures';
import { stageOf } from './growthFindings';
import { HARDLY, type Regressions, regressionsOf } from './regressions';
import { medianOf } from './robust';
import type { TimedRun } from './timedRun';

/** A date or a change of level that stands out, in numbers and in words. Seconds are those of the stage, where one is named. */
export interface RegressionFinding {
  readonly kind: 'spike' | 'slower' | 'faster';
  /** That it is due to; absent where no single one is. */
  readonly stage?: string;
  /** The date that stands out, or the first of the new level. */
  readonly from: Day;
  /** The last of the new level, where it changed again. */
  readonly to?: Day;
  readonly before: number;
  readonly after: number;
  /** `after` over `before`. */
  readonly factor: number;
  /** `dependency check takes 2.1 times as long since 2021-12-09: 44 s, not 21 s`. */
  readonly text: string;
}

/** A stage with a smaller share of the time is not looked at. */
const LEAST_SHARE = 0.05;
/** Two series that change within so many dates of one another change for one reason. */
const NEAR = 2;
/** A stage explains a change when it has so much of it. */
const MOST_OF_IT = 0.5;

/**
 * What stands out in the times of a processor, with the stage that it is due to.
 * @param runs one a date, ascending.
 * @param leveled seconds without what a growth over a run explains.
 */
export function regressionFindings(
  runs: readonly TimedRun[],
  stageNames: readonly string[],
  leveled: (run: TimedRun, stage?: string) => number,
): readonly RegressionFinding[] {
  const days = runs.map(({ day }) => day);
  const middle = medianOf(runs.map(({ seconds }) => seconds));
  const whole = regressionsOf(
    days,
    runs.map(({ seconds }) => seconds),
    runs.map((run) => leveled(run)),
  );
  // Of few that tell their stages nothing is learnt.
  const told = runs.filter((run) => run.stages.length > 0);
  const known = 2 * told.length >= runs.length ? stageNames : [];
  const stages = known.flatMap((name) => {
    const seconds = told.map((run) => stageOf(run, name));
    if (medianOf(seconds) < LEAST_SHARE * middle) return [];
    const level = told.map((run) => leveled(run, name));
    const found = regressionsOf(
      told.map(({ day }) => day),
      seconds,
      level,
    );
    return [{ name, found }];
  });
  const place = new Map(days.map((day, index) => [day, index]));
  const isNear = (a: Day, b: Day): boolean => Math.abs((place.get(a) ?? 0) - (place.get(b) ?? 0)) <= NEAR;
  const findings: Omit<RegressionFinding, 'text'>[] = [];
  for (const { name, found } of stages) findings.push(...plain(found, name));
  for (const one of plain(whole)) {
    const change = one.after - one.before;
    const explained = findings.some(
      (stage) =>
        (stage.kind === 'spike') === (one.kind === 'spike') &&
        isNear(stage.from, one.from) &&
        (stage.after - stage.before) / change >= MOST_OF_IT,
    );
    if (!explained) findings.push(known.length === 0 ? one : withStage(one, told, known, leveled));
  }
  return findings.sort((a, b) => a.from - b.from).map((finding) => ({ ...finding, text: textOf(finding) }));
}

/** The stage that a change of the whole is due to, also one that took next to nothing before. */
function withStage(
  one: Omit<RegressionFinding, 'text'>,
  told: readonly TimedRun[],
  names: readonly string[],
  leveled: (run: TimedRun, stage?: string) => number,
): Omit<RegressionFinding, 'text'> {
  const isSpike = one.kind === 'spike';
  const since = told.filter(({ day }) => (isSpike ? day === one.from : day >= one.from && day <= (one.to ?? day)));
  const until = told
    .filter(({ day }) => (isSpike ? day !== one.from : day < one.from))
    .slice(isSpike ? 0 : -since.length - AROUND);
  if (since.length === 0 || until.length === 0) return one;
  const change = one.after - one.before;
  for (const stage of names) {
    const [before, after] = [until, since].map((some) => medianOf(some.map((run) => leveled(run, stage))));
    if (before === undefined || after === undefined || (after - before) / change < MOST_OF_IT) continue;
    return { ...one, stage, before, after, factor: after / Math.max(before, HARDLY) };
  }
  return one;
}

/** So many dates before a change tell what was before it, at least. */
const AROUND = 10;

function plain({ spikes, shifts }: Regressions, stage?: string): Omit<RegressionFinding, 'text'>[] {
  const of = stage === undefined ? {} : { stage };
  return [
    ...shifts.map(({ from, to, before, after, factor }) => ({
      ...of,
      kind: factor > 1 ? ('slower' as const) : ('faster' as const),
      ...{ from, before, after, factor },
      ...(to !== undefined && { to }),
    })),
    ...spikes.map(({ day, seconds, usual }) => ({
      ...of,
      kind: 'spike' as const,
      ...{ from: day, before: usual, after: seconds, factor: seconds / Math.max(usual, HARDLY) },
    })),
  ];
}

function textOf({ kind, stage, from, to, before, after, factor }: Omit<RegressionFinding, 'text'>): string {
  const who = stage === undefined ? 'a date' : stage.replaceAll('_', ' ');
  const times = (value: number): string => (value >= 10 ? Math.round(value).toString() : Number(value.toFixed(1)).toString());
  const seconds = `${formatSeconds(after)}, not ${formatSeconds(before)}`;
  if (kind === 'spike' && before < HARDLY) {
    const took = `took ${formatSeconds(after)}, not ${formatSeconds(before)} as usual`;
    return stage === undefined ? `${formatDay(from)} ${took}` : `${who} ${took} on ${formatDay(from)}`;
  }
  if (kind === 'spike')
    return stage === undefined
      ? `${formatDay(from)} took ${times(factor)} times as long as usual: ${seconds}`
      : `${who} took ${times(factor)} times as long as usual on ${formatDay(from)}: ${seconds}`;
  const when = to === undefined ? `since ${formatDay(from)}` : `from ${formatDay(from)} to ${formatDay(to)}`;
  const [verb, by] = [to === undefined ? 'takes' : 'took', kind === 'slower' ? factor : 1 / factor];
  const how = `${times(by)} times as long`;
  return kind === 'slower'
    ? `${who} ${verb} ${how} ${when}: ${seconds}`
    : `${who} is ${times(by)} times as fast ${when}: ${seconds}`;
}
