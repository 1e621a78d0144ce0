import { formatDay } from '../../base/day';
import { counted, formatCount, formatHours, formatSeconds, namesText } from '../../base/figures';
import type { MarkdownColumn } from '../../base/markdown';
import type { ProcessorTiming } from './processorTiming';
import type { ProcessorTimes, TimingView } from './timingView';
import type { AtOnce, WholeLeft } from './whatIsLeft';

/** For a table with a row for each processor. */
export const TIMING_COLUMNS: readonly MarkdownColumn[] = [
  { title: 'Processor' },
  { title: 'Runs', align: 'right' },
  { title: 'Failed', align: 'right' },
  { title: 'p50', align: 'right' },
  { title: 'p95', align: 'right' },
  { title: 'From' },
];

/** A row of them. */
export function timingCells({ name, source, runs, failed, p50, p95 }: ProcessorTiming): readonly string[] {
  const seconds = (value: number | undefined): string => (value === undefined ? '' : formatSeconds(value));
  return [
    name,
    formatCount(runs),
    formatCount(failed),
    seconds(p50),
    seconds(p95),
    source === 'history' ? 'run history' : 'journal',
  ];
}

export function slowestText({ slowest }: ProcessorTiming): string {
  return slowest.map(({ day, seconds }) => `${formatDay(day)} ${formatSeconds(seconds)}`).join(', ');
}

export function stagesText({ stages }: ProcessorTiming): string {
  return stages.map(({ name, p50 }) => `${name} ${formatSeconds(p50)}`).join(', ');
}

/** `extract 20 s 24 %, save 4 s 5 %`: median and share of the time. */
export function stageCostsText({ stages, stageNames, stageShares }: ProcessorTimes): string {
  const shareOf = (name: string): number => stageShares[stageNames.indexOf(name)] ?? 0;
  return stages.map(({ name, p50 }) => `${name} ${formatSeconds(p50)} ${shareText(shareOf(name))}`).join(', ');
}

/** As data for other tools: seconds, and dates as ISO. */
export function timingReport(timings: readonly ProcessorTiming[]): readonly Readonly<Record<string, unknown>>[] {
  return timings.map(({ name, source, runs, failed, neverEnded, p50, p95, slowest, stages }) => ({
    ...{ processor: name, source, runs },
    ...(p50 !== undefined && { p50 }),
    ...(p95 !== undefined && { p95 }),
    ...{ failed, neverEnded },
    slowest: slowest.map(({ day, seconds }) => ({ date: formatDay(day), seconds })),
    stages: Object.fromEntries(stages.map((stage) => [stage.name, stage.p50])),
  }));
}

/** With what a processor costs of all. */
export const COST_COLUMNS: readonly MarkdownColumn[] = [
  ...TIMING_COLUMNS,
  { title: 'Total', align: 'right' },
  { title: 'Share', align: 'right' },
];

export function costCells(times: ProcessorTimes): readonly string[] {
  const cost = times.runs === 0 ? ['', ''] : [formatSeconds(times.total), shareText(times.share)];
  return [...timingCells(times), ...cost];
}

/** `34 %`, `0.4 %`. */
export function shareText(share: number): string {
  const percent = share * 100;
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** What stands out of a processor's times, a sentence each, what matters now first. */
export function timingSentences(times: ProcessorTimes): readonly string[] {
  const { growths, regressions, queue, cumulative, left, p50 = 0 } = times;
  return [
    ...growths.map(({ text }) => text).reverse(),
    ...regressions.map(({ text }) => text).reverse(),
    ...(left === undefined ? [] : [leftSentence(left)]),
    ...(queue !== undefined && queue.total >= 60 && queue.p50 >= 0.1 * p50
      ? [`waited ${formatSeconds(Math.round(queue.p50))} for a slot as a rule, ${formatHours(queue.total)} in all`]
      : []),
    ...(cumulative > 0
      ? [`${counted(cumulative, 'run')} tell the time since their process began, not their own: nothing is fitted to these`]
      : []),
  ];
}

/** `15 dates left: 1 h 20 min, 40 min with 2 at once, 20 min with 4`. */
function leftSentence(left: AtOnce): string {
  const { dates, backfill } = left;
  return `${backfill === undefined ? counted(dates, 'gap') : `${counted(dates, 'date')} left`}: ${atOnceText(left)}`;
}

function atOnceText({ slots, seconds, limit }: AtOnce): string {
  const now = formatHours(seconds[slots - 1] ?? seconds[0] ?? 0);
  const more = [slots * 2, slots * 4].filter((number) => number <= seconds.length);
  const others = more.map(
    (number, index) => `${formatHours(seconds[number - 1] ?? 0)} with ${number}${index === 0 ? ' at once' : ''}`,
  );
  const why = limit === undefined ? '' : ` (one at a time: ${limit})`;
  return [`${now}${slots > 1 ? ` with ${slots} at once` : ''}${why}`, ...others].join(', ');
}

/** `20220203T0800-pdc-ab12: 45 dates left of MLFS and PDC: 3 h 20 min with 2 at once, 1 h 40 min with 4, 50 min with 8`. */
export function wholeSentence(left: WholeLeft): string {
  return `${left.backfill === undefined ? '' : `${left.backfill}: `}${wholeText(left)}: ${atOnceText(left)}`;
}

/** `45 dates left of MLFS and PDC`, `45 gaps that can be filled, of MLFS and 3 more`. */
export function wholeText({ backfill, processors, dates }: Pick<WholeLeft, 'backfill' | 'processors' | 'dates'>): string {
  const names = namesText(processors);
  return backfill === undefined
    ? `${counted(dates, 'gap')} that can be filled, of ${names}`
    : `${counted(dates, 'date')} left of ${names}`;
}

/** As data for other tools: seconds, and dates as ISO. */
export function timingViewReport({
  processors,
  left,
}: Pick<TimingView, 'processors' | 'left'>): Readonly<Record<string, unknown>> {
  return { processors: processorsReport(processors), left };
}

function processorsReport(processors: readonly ProcessorTimes[]): readonly Readonly<Record<string, unknown>>[] {
  return processors.map((times) => {
    const { total, share, stageNames, stageShares, regressions, growths, queue, cumulative, left } = times;
    return {
      ...timingReport([times])[0],
      total: Math.round(total * 1000) / 1000,
      share: Math.round(share * 10_000) / 10_000,
      stageShares: Object.fromEntries(
        stageNames.map((name, index) => [name, Math.round((stageShares[index] ?? 0) * 10_000) / 10_000]),
      ),
      regressions: regressions.map(({ from, to, ...rest }) => ({
        ...rest,
        from: formatDay(from),
        ...(to !== undefined && { to: formatDay(to) }),
      })),
      growths: growths.map(({ stage, from, to, backfill, count, perDate, start, next, stopped, text }) => ({
        ...(stage !== undefined && { stage }),
        ...{ from: formatDay(from), to: formatDay(to), dates: count, perDate, start, next, stopped },
        ...(backfill !== undefined && { backfill }),
        text,
      })),
      ...(queue !== undefined && { queue }),
      ...(cumulative > 0 && { cumulative }),
      ...(left !== undefined && { left }),
    };
  });
}
