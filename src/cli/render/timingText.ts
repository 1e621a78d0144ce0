import { formatDay } from '../../base/day';
import { formatCount, formatSeconds } from '../../base/figures';
import type { ProcessorTiming } from '../../core/timing';
import { type Column, csv, markdownTable, tableLines } from '../table';
import type { Terminal } from '../terminal';
import { plain, wrapped } from '../textWidth';

const COLUMNS: readonly Column[] = [
  { title: 'Processor' },
  { title: 'Runs', align: 'right' },
  { title: 'Failed', align: 'right' },
  { title: 'p50', align: 'right' },
  { title: 'p95', align: 'right' },
  { title: 'From' },
];

/** A line a processor, with its stages and its slowest dates below it. */
export function timingText(timings: readonly ProcessorTiming[], terminal: Pick<Terminal, 'width' | 'color'>): readonly string[] {
  if (timings.length === 0) return ['No run is known.'];
  const [titles = '', ...lines] = tableLines(terminal, COLUMNS, timings.map(cells));
  return [titles, ...lines.flatMap((line, index) => [line, ...detailLines(timings[index], terminal)])];
}

export function timingMarkdown(timings: readonly ProcessorTiming[]): string {
  const rows = timings.map((timing) => [...cells(timing), slowestText(timing), stagesText(timing)]);
  return markdownTable([...COLUMNS, { title: 'Slowest' }, { title: 'Stages (p50)' }], rows);
}

export function timingCsv(timings: readonly ProcessorTiming[]): string {
  return csv(
    ['processor', 'source', 'runs', 'failed', 'neverEnded', 'p50', 'p95', 'slowest', 'stages'],
    timings.map(({ name, source, runs, failed, neverEnded, p50 = '', p95 = '', slowest, stages }) => [
      name,
      source,
      runs,
      failed,
      neverEnded,
      p50,
      p95,
      slowest.map(({ day, seconds }) => `${formatDay(day)} ${seconds}`).join('; '),
      stages.map((stage) => `${stage.name} ${stage.p50}`).join('; '),
    ]),
  );
}

/** What `--format json` prints: seconds, and dates as ISO. */
export function timingReport(timings: readonly ProcessorTiming[]): readonly Readonly<Record<string, unknown>>[] {
  return timings.map(({ name, slowest, stages, ...rest }) => ({
    processor: name,
    ...rest,
    slowest: slowest.map(({ day, seconds }) => ({ date: formatDay(day), seconds })),
    stages: Object.fromEntries(stages.map((stage) => [stage.name, stage.p50])),
  }));
}

function cells({ name, source, runs, failed, p50, p95 }: ProcessorTiming): readonly string[] {
  const seconds = (value: number | undefined): string => (value === undefined ? '' : formatSeconds(value));
  return [
    plain(name),
    formatCount(runs),
    formatCount(failed),
    seconds(p50),
    seconds(p95),
    source === 'history' ? 'run history' : 'journal',
  ];
}

function detailLines(timing: ProcessorTiming | undefined, { width }: Pick<Terminal, 'width'>): readonly string[] {
  if (timing === undefined) return [];
  const { stages, slowest, neverEnded } = timing;
  const details = [
    ...(stages.length === 0 ? [] : [`stages (p50): ${stagesText(timing)}`]),
    ...(slowest.length === 0 ? [] : [`slowest: ${slowestText(timing)}`]),
    ...(neverEnded === 0 ? [] : [`never ended: ${formatCount(neverEnded)}`]),
  ];
  return details.flatMap((detail) =>
    wrapped(detail, Math.max(20, width - 4)).map((line, at) => (at === 0 ? '  ' : '    ') + line),
  );
}

function slowestText({ slowest }: ProcessorTiming): string {
  return slowest.map(({ day, seconds }) => `${formatDay(day)} ${formatSeconds(seconds)}`).join(', ');
}

function stagesText({ stages }: ProcessorTiming): string {
  return stages.map(({ name, p50 }) => `${plain(name)} ${formatSeconds(p50)}`).join(', ');
}
