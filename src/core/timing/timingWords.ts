import { formatDay } from '../../base/day';
import { formatCount, formatSeconds } from '../../base/figures';
import type { MarkdownColumn } from '../../base/markdown';
import type { ProcessorTiming } from './processorTiming';

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

/** As data for other tools: seconds, and dates as ISO. */
export function timingReport(timings: readonly ProcessorTiming[]): readonly Readonly<Record<string, unknown>>[] {
  return timings.map(({ name, slowest, stages, ...rest }) => ({
    processor: name,
    ...rest,
    slowest: slowest.map(({ day, seconds }) => ({ date: formatDay(day), seconds })),
    stages: Object.fromEntries(stages.map((stage) => [stage.name, stage.p50])),
  }));
}
