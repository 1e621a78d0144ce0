import { formatDay } from '../../base/day';
import { formatCount } from '../../base/figures';
import type { ProcessorTiming } from '../../core/timing/processorTiming';
import { slowestText, stagesText, TIMING_COLUMNS, timingCells } from '../../core/timing/timingWords';
import { csv, markdownTable, tableLines } from '../table';
import type { Terminal } from '../terminal';
import { plain, wrapped } from '../textWidth';

/** A line a processor, with its stages and its slowest dates below it. */
export function timingText(timings: readonly ProcessorTiming[], terminal: Pick<Terminal, 'width' | 'color'>): readonly string[] {
  if (timings.length === 0) return ['No run is known.'];
  const [titles = '', ...lines] = tableLines(terminal, TIMING_COLUMNS, timings.map(timingCells));
  return [titles, ...lines.flatMap((line, index) => [line, ...detailLines(timings[index], terminal)])];
}

export function timingMarkdown(timings: readonly ProcessorTiming[]): string {
  const rows = timings.map((timing) => [...timingCells(timing), slowestText(timing), stagesText(timing)]);
  return markdownTable([...TIMING_COLUMNS, { title: 'Slowest' }, { title: 'Stages (p50)' }], rows);
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

function detailLines(timing: ProcessorTiming | undefined, { width }: Pick<Terminal, 'width'>): readonly string[] {
  if (timing === undefined) return [];
  const { stages, slowest, neverEnded } = timing;
  const details = [
    ...(stages.length === 0 ? [] : [`stages (p50): ${stagesText(timing)}`]),
    ...(slowest.length === 0 ? [] : [`slowest: ${slowestText(timing)}`]),
    ...(neverEnded === 0 ? [] : [`never ended: ${formatCount(neverEnded)}`]),
  ];
  return details.flatMap((detail) =>
    wrapped(plain(detail), Math.max(20, width - 4)).map((line, at) => (at === 0 ? '  ' : '    ') + line),
  );
}
