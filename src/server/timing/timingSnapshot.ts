import { formatDay } from '../../base/day';
import { counted, formatRoughly, formatSeconds } from '../../base/figures';
import type { GrowthFinding } from '../../core/timing/growthFindings';
import type { RegressionFinding } from '../../core/timing/regressionFindings';
import type { ProcessorTimes, TimingView } from '../../core/timing/timingView';
import { shareText, wholeText } from '../../core/timing/timingWords';
import type { AtOnce } from '../../core/timing/whatIsLeft';
import type {
  TimingChart,
  TimingLeft,
  TimingLine,
  TimingMark,
  TimingMarkKind,
  TimingRow,
  TimingSnapshot,
} from '../../protocol/timing';

/** What matters most comes first. */
const RANK: readonly TimingMarkKind[] = ['growth', 'slower', 'spike', 'faster'];

/** What a timing panel is shown, with the dates of one processor. */
export function timingSnapshot(
  { processors, left }: TimingView,
  of: { readonly pipeline: string; readonly asOf: number; readonly problem?: string; readonly processor?: string },
): TimingSnapshot {
  const { processor, ...rest } = of;
  const known = processors.filter(({ dates }) => dates.length > 0);
  const shown = known.find(({ name }) => name === processor) ?? known[0];
  return {
    ...rest,
    processors: processors.map(rowOf),
    // What is left of a single processor stands beside it.
    left: left.filter((one) => one.processors.length > 1).map((one) => ({ ...leftOf(one), what: wholeText(one) })),
    ...(shown !== undefined && { chart: chartOf(shown) }),
  };
}

function rowOf(times: ProcessorTimes): TimingRow {
  const { name, runs, total, share } = times;
  const kinds = marksOf(times).map(({ kind }) => kind);
  const mark = RANK.find((kind) => kinds.includes(kind));
  return { name, runs, total, share, shareText: shareText(share), ...(mark !== undefined && { mark }) };
}

function chartOf(times: ProcessorTimes): TimingChart {
  const { name, dates, stageNames, stageShares, p50 = 0, p95 = 0, growths, left, sessions } = times;
  return {
    processor: name,
    days: Int32Array.from(dates, ({ day }) => day),
    seconds: Float32Array.from(dates, ({ seconds }) => seconds),
    stages: stageNames.map((stage, index) => ({
      name: stage.replaceAll('_', ' '),
      share: shareText(stageShares[index] ?? 0),
      seconds: Float32Array.from(dates, ({ stages }) => stages[index] ?? 0),
    })),
    queued: Float32Array.from(dates, ({ queued }) => queued ?? Number.NaN),
    ...{ p50, p95 },
    summary: summaryOf(times),
    marks: marksOf(times),
    lines: growths.map(lineOf),
    sessions: sessions.map(({ from, to, startedAt, dates: count, p50: middle, stages }) => ({
      title: `${new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC · ${from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`}`,
      dates: count,
      p50: middle,
      stages,
    })),
    ...(left !== undefined && { left: leftOf(left) }),
  };
}

function summaryOf({ runs, failed, p50 = 0, p95 = 0, total, share, source, queue, cumulative }: ProcessorTimes): string {
  return [
    counted(runs, 'run'),
    `median ${formatSeconds(p50)}`,
    `95 of 100 within ${formatSeconds(p95)}`,
    `${formatRoughly(total)} in all, ${shareText(share)} of everything`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(queue !== undefined && queue.p50 >= 1 ? [`waited ${formatSeconds(Math.round(queue.p50))} for a slot as a rule`] : []),
    ...(cumulative > 0
      ? [`${counted(cumulative, 'run')} tell the time since their process began: nothing is fitted to these`]
      : []),
    source === 'history' ? 'from the run history' : 'from the journal',
  ].join(' · ');
}

function marksOf({ growths, regressions }: Pick<ProcessorTimes, 'growths' | 'regressions'>): readonly TimingMark[] {
  return [...growths.map(growthMark), ...regressions.map(regressionMark)].sort((a, b) => a.day - b.day);
}

function growthMark({ from, perDate, text }: GrowthFinding): TimingMark {
  return { kind: 'growth', day: from, short: `+${formatSeconds(perDate < 10 ? perDate : Math.round(perDate))} a date`, text };
}

function regressionMark({ kind, from, factor, text }: RegressionFinding): TimingMark {
  const by = kind === 'faster' ? 1 / factor : factor;
  return {
    kind,
    day: from,
    short: `${by < 10 ? by.toFixed(1) : Math.round(by)}× ${kind === 'faster' ? 'faster' : ''}`.trim(),
    text,
  };
}

function lineOf({ days, start, perDate, rest }: GrowthFinding): TimingLine {
  const byDay = days.map((day, index) => ({ day, seconds: rest + start + perDate * index })).sort((a, b) => a.day - b.day);
  return { days: Int32Array.from(byDay, ({ day }) => day), seconds: Float32Array.from(byDay, ({ seconds }) => seconds) };
}

function leftOf({ dates, slots, seconds, limit, backfill }: AtOnce): TimingLeft {
  const what = backfill === undefined ? counted(dates, 'gap') : `${counted(dates, 'date')} left`;
  return { what, slots, seconds, runs: backfill !== undefined, ...(limit !== undefined && { limit }) };
}
