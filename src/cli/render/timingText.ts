import { formatDay } from '../../base/day';
import { formatCount } from '../../base/figures';
import type { ProcessorTimes, TimingView } from '../../core/timing/timingView';
import {
  COST_COLUMNS,
  costCells,
  slowestText,
  stageCostsText,
  stagesText,
  timingSentences,
  wholeSentence,
} from '../../core/timing/timingWords';
import { csv, markdownTable, tableLines } from '../table';
import type { Terminal } from '../terminal';
import { plain, wrapped } from '../textWidth';

/** A line a processor, with its stages and its slowest dates below it. */
export function timingText(
  { processors: timings, left }: Pick<TimingView, 'processors' | 'left'>,
  terminal: Pick<Terminal, 'width' | 'color'>,
): readonly string[] {
  if (timings.length === 0) return ['No run is known.'];
  const [titles = '', ...lines] = tableLines(terminal, COST_COLUMNS, timings.map(costCells));
  // What is left of a single processor stands beside it.
  const whole = left.filter(({ processors }) => processors.length > 1).map(wholeSentence);
  return [
    titles,
    ...lines.flatMap((line, index) => [line, ...detailLines(timings[index], terminal)]),
    ...(whole.length === 0 ? [] : ['', 'Left:', ...detailed(whole, terminal)]),
  ];
}

export function timingMarkdown(timings: readonly ProcessorTimes[]): string {
  const rows = timings.map((timing) => [
    ...costCells(timing),
    slowestText(timing),
    stagesText(timing),
    timingSentences(timing).join('; '),
  ]);
  return markdownTable([...COST_COLUMNS, { title: 'Slowest' }, { title: 'Stages (p50)' }, { title: 'What stands out' }], rows);
}

export function timingCsv(timings: readonly ProcessorTimes[]): string {
  return csv(
    ['processor', 'source', 'runs', 'failed', 'neverEnded', 'p50', 'p95', 'slowest', 'stages', 'total', 'share', 'findings'],
    timings.map((timing) => {
      const { name, source, runs, failed, neverEnded, p50 = '', p95 = '', slowest, stages, total, share } = timing;
      return [
        name,
        source,
        runs,
        failed,
        neverEnded,
        p50,
        p95,
        slowest.map(({ day, seconds }) => `${formatDay(day)} ${seconds}`).join('; '),
        stages.map((stage) => `${stage.name} ${stage.p50}`).join('; '),
        Math.round(total * 1000) / 1000,
        Math.round(share * 10_000) / 10_000,
        timingSentences(timing).join('; '),
      ];
    }),
  );
}

function detailLines(timing: ProcessorTimes | undefined, terminal: Pick<Terminal, 'width'>): readonly string[] {
  if (timing === undefined) return [];
  const { stages, slowest, neverEnded } = timing;
  const details = [
    ...timingSentences(timing),
    ...(stages.length === 0 ? [] : [`stages (p50, share): ${stageCostsText(timing)}`]),
    ...(slowest.length === 0 ? [] : [`slowest: ${slowestText(timing)}`]),
    ...(neverEnded === 0 ? [] : [`never ended: ${formatCount(neverEnded)}`]),
  ];
  return detailed(details, terminal);
}

function detailed(details: readonly string[], { width }: Pick<Terminal, 'width'>): readonly string[] {
  return details.flatMap((detail) =>
    wrapped(plain(detail), Math.max(20, width - 4)).map((line, at) => (at === 0 ? '  ' : '    ') + line),
  );
}
