import { counted, formatCount } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { type DateStatus, isGap } from '../../base/status';
import { absenceWords, daysIn, OFF_WORDS, rangeText } from '../../core/coverage/absenceWords';
import { dateColumns, dateRows } from '../../core/coverage/dateRows';
import type { AbsentRange, CoverageReport, PartitionReport, ProcessorReport } from '../../core/coverage/report';
import { listText } from '../../core/words';
import { type Column, csv, markdownTable, tableLines } from '../table';
import { type Terminal, type Tone, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';

const COLUMNS: readonly Column[] = [
  { title: 'Processor', shrinks: true },
  { title: 'Phase', shrinks: true },
  { title: 'Expected', align: 'right' },
  { title: 'Complete', align: 'right' },
  { title: 'Gaps', align: 'right' },
  { title: 'With rows', align: 'right' },
  { title: 'First' },
  { title: 'Last' },
];

/** Ranges of one kind that are listed before they are only counted. */
const MOST_RANGES = 5;

/** A line a processor, and below it every run of dates without rows with its status. */
export function coverageTable(
  { processors, dates, partitions }: Pick<CoverageReport, 'processors' | 'dates' | 'partitions'>,
  all: boolean,
  terminal: Pick<Terminal, 'width' | 'color'>,
): readonly string[] {
  const [head = '', ...rows] = tableLines(
    terminal,
    COLUMNS,
    processors.map((processor) => [
      processor.id,
      processor.phase,
      formatCount(processor.expected),
      formatCount(processor.complete),
      { text: formatCount(processor.gaps), ...(processor.gaps > 0 && { tone: 'bad' as const }) },
      formatCount(processor.datesWithRows),
      processor.firstDate ?? '-',
      processor.lastDate ?? '-',
    ]),
  );
  if (processors.length === 0 && dates.length === 0) return ['Nothing matches the selection.'];
  return [
    head,
    ...processors.flatMap((processor, index) => [rows[index] ?? '', ...absentLines(processor, all, terminal)]),
    '',
    ...datesLines(dates, processors),
    ...unexpectedLines(partitions, terminal),
  ];
}

/** What is off on purpose is the same for most processors: it is only summed up, but for the bootstrap, which each has of its own. */
function absentLines({ absentRanges }: ProcessorReport, all: boolean, terminal: Pick<Terminal, 'color'>): string[] {
  const isListed = ({ status, reason }: AbsentRange) => all || status !== 'off' || reason === 'bootstrap';
  const lines = rangeLines(absentRanges.filter(isListed), all, terminal);
  const sums = [
    ...groupBy(
      absentRanges.filter((range) => !isListed(range)),
      absenceWords,
    ),
  ].map(([words, ranges]) => {
    const count = ranges.reduce((sum, range) => sum + daysIn(range), 0);
    return words === OFF_WORDS.offDay ? counted(count, words) : `${formatCount(count)} ${words}`;
  });
  return sums.length === 0 ? lines : [...lines, toned(terminal, 'quiet', `  ${plain(`off: ${sums.join(', ')}`)}`)];
}

function rangeLines(absentRanges: readonly AbsentRange[], all: boolean, terminal: Pick<Terminal, 'color'>): string[] {
  const lines: { from: string; tone: Tone; text: string }[] = [];
  for (const [words, ranges] of groupBy(absentRanges, absenceWords)) {
    const [first] = ranges;
    if (first === undefined) continue;
    const tone = isGap(first.status) ? 'bad' : 'quiet';
    if (all || ranges.length <= MOST_RANGES) {
      lines.push(...ranges.map((range) => ({ from: range.from, tone, text: `${rangeText(range)}: ${words}` }) as const));
    } else {
      const count = ranges.reduce((sum, range) => sum + daysIn(range), 0);
      const text = `${counted(count, 'date')} from ${first.from} on, in ${formatCount(ranges.length)} ranges: ${words} (--all lists them)`;
      lines.push({ from: first.from, tone, text });
    }
  }
  return lines.sort((a, b) => (a.from < b.from ? -1 : 1)).map(({ tone, text }) => toned(terminal, tone, `  ${plain(text)}`));
}

function datesLines(dates: CoverageReport['dates'], processors: readonly ProcessorReport[]): string[] {
  const counts = groupBy(dates, ({ status }) => status);
  const order: readonly DateStatus[] = ['complete', 'incomplete', 'running', 'unknown', 'off'];
  const words = order.flatMap((status) => {
    const count = counts.get(status)?.length ?? 0;
    return count === 0 ? [] : [`${formatCount(count)} ${status}`];
  });
  const gaps = processors.reduce((sum, processor) => sum + processor.gaps, 0);
  return [
    `${counted(dates.length, 'date')}: ${words.join(', ') || 'none'}.`,
    gaps === 0 ? 'No gaps.' : `${counted(gaps, 'gap')}: 'backfill gaps' groups them by cause.`,
  ];
}

function unexpectedLines(partitions: readonly PartitionReport[], terminal: Pick<Terminal, 'width'>): string[] {
  const found = partitions.filter(({ overlays }) => overlays?.some(({ kind }) => kind === 'unexpectedRows') === true);
  if (found.length === 0) return [];
  const keys = found.map(({ processor, date }) => `${processor} ${date}`);
  return wrapped(`Rows where nothing is expected: ${listText(keys, MOST_RANGES)}.`, terminal.width);
}

/** The grid as operators draw it. */
export function coverageMarkdown(report: CoverageReport): string {
  return markdownTable(dateColumns(report), dateRows(report));
}

/** A row a partition. */
export function coverageCsv({ partitions }: Pick<CoverageReport, 'partitions'>): string {
  return csv(
    ['processor', 'date', 'status', 'rows', 'entities', 'reason', 'roots', 'overlays'],
    partitions.map(({ processor, date, status, rows, entities, reason, roots, overlays = [] }) => [
      processor,
      date,
      status,
      rows ?? '',
      entities ?? '',
      reason?.text ?? '',
      roots.map((root) => `${'processor' in root ? root.processor : root.source} ${root.date}`).join('; '),
      overlays.map(({ kind }) => kind).join('; '),
    ]),
  );
}

/** `2021-11-01 to 2021-11-30`, as far as there are dates. */
export function datesText(dates: CoverageReport['dates']): string {
  const [first, last] = [dates[0], dates.at(-1)];
  return first === undefined || last === undefined ? 'no dates' : first === last ? first.date : `${first.date} to ${last.date}`;
}
