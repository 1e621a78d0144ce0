import { counted, formatCount } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { escaped, table } from '../../base/markdown';
import { absenceWords, daysIn, OFF_WORDS, rangeText } from '../coverage/absenceWords';
import type { AbsentRange, ProcessorReport } from '../coverage/report';
import { listText } from '../words';
import type { Handoff } from './handoff';
import { escapedRows, leftOut } from './layout';
import type { PeriodReport } from './periods';

const MOST_PROCESSORS = 60;
const MOST_COLUMNS = 10;
const MOST_MONTHS = 48;
const MOST_SEASONS = 20;
/** Ranges of one status that are told one by one. */
const MOST_RANGES = 4;
const MOST_NAMES = 20;

/** A row a processor: how much is there, from when to when, and where rows are absent. */
export function coverageSection({ coverage, window }: Handoff): string[] {
  if (window === null) return [];
  const { shown, note } = mostTelling(coverage, MOST_PROCESSORS, 'backfill coverage');
  const rows = shown.map((one) => [
    escaped(one.id),
    formatCount(one.expected),
    formatCount(one.complete),
    one.gaps === 0 ? '0' : `**${formatCount(one.gaps)}**`,
    one.firstDate ?? '-',
    one.lastDate ?? '-',
    absentText(one.absentRanges.filter(({ status }) => status !== 'off')),
    offText(one.absentRanges.filter(({ status }) => status === 'off')),
  ]);
  const columns = [
    'Processor',
    { title: 'Expected', align: 'right' as const },
    { title: 'Complete', align: 'right' as const },
    { title: 'Gaps', align: 'right' as const },
    'First',
    'Last',
    'Without rows',
    'Off',
  ];
  return ['## Coverage', table(columns, rows), note];
}

/** Those with gaps before those without where not all fit, in the order of the file. */
function mostTelling<T extends { readonly gaps: number }>(
  all: readonly T[],
  most: number,
  command: string,
): { readonly shown: readonly T[]; readonly note: string } {
  if (all.length <= most) return { shown: all, note: '' };
  const wanted = new Set(all.toSorted((a, b) => Number(b.gaps > 0) - Number(a.gaps > 0)).slice(0, most));
  const rest = all.filter((one) => !wanted.has(one));
  const withGaps = rest.filter(({ gaps }) => gaps > 0).length;
  const gaps = withGaps === 0 ? 'without gaps' : `${formatCount(withGaps)} of them with gaps`;
  return {
    shown: all.filter((one) => wanted.has(one)),
    note: leftOut(`${counted(rest.length, 'processor')} left out, ${gaps}: \`${command}\` shows all.`),
  };
}

/** `2021-11-05 to 2021-11-07 missing; 12 dates blocked from 2021-11-10 on, in 8 ranges`. */
function absentText(ranges: readonly AbsentRange[]): string {
  const parts = [...groupBy(ranges, absenceWords)].map(([words, same]) => {
    if (same.length <= MOST_RANGES) return `${same.map(rangeText).join(', ')} ${words}`;
    const days = same.reduce((sum, range) => sum + daysIn(range), 0);
    return `${counted(days, 'date')} ${words} from ${same[0]?.from} on, in ${formatCount(same.length)} ranges`;
  });
  return escaped(parts.join('; '));
}

/** `bootstrap 2021-10-19 to 2021-11-01; 12 off-days`. */
function offText(ranges: readonly AbsentRange[]): string {
  const parts = [...groupBy(ranges, absenceWords)].map(([words, same]) => {
    if (same[0]?.reason === 'bootstrap') return `${words} ${listText(same.map(rangeText), MOST_RANGES)}`;
    const days = same.reduce((sum, range) => sum + daysIn(range), 0);
    return words === OFF_WORDS.offDay ? counted(days, words) : `${formatCount(days)} ${words}`;
  });
  return escaped(parts.join('; '));
}

/** Complete of expected by season and by month, where there is more than one of them. */
export function periodsSection(handoff: Handoff): string[] {
  const { seasons, months } = handoff;
  const sections: string[] = [];
  if (months.length > 1 && seasons.length > 0) sections.push(...periodTable('Season', seasons.slice(-MOST_SEASONS), handoff));
  if (months.length > 1) sections.push(...periodTable('Month', months.slice(-MOST_MONTHS), handoff));
  const hidden = Math.max(0, months.length - MOST_MONTHS);
  if (hidden > 0) sections.push(leftOut(`${counted(hidden, 'earlier month')} left out: \`backfill report --to D\` shows them.`));
  return sections;
}

function periodTable(title: string, periods: readonly PeriodReport[], { coverage }: Handoff): string[] {
  const { shown, note } = mostTelling<ProcessorReport>(coverage, MOST_COLUMNS, `backfill report --processor A,B`);
  const rows = periods.map(({ name, dates, processors }) => {
    const counts = new Map(processors.map((one) => [one.id, one]));
    const cells = shown.map(({ id }) => {
      const { expected = 0, complete = 0, gaps = 0 } = counts.get(id) ?? {};
      if (expected === 0) return '-';
      const figure = `${formatCount(complete)}/${formatCount(expected)}`;
      return gaps === 0 ? figure : `**${figure}**`;
    });
    const words = (['complete', 'incomplete', 'running', 'unknown'] as const).flatMap((status) =>
      dates[status] === 0 ? [] : [`${formatCount(dates[status])} ${status}`],
    );
    return [escaped(name), ...cells, words.join(', ') || 'off'];
  });
  const columns = [title, ...shown.map(({ id }) => ({ title: escaped(id), align: 'right' as const })), 'Dates'];
  return [`## By ${title.toLowerCase()}`, 'Complete of expected; bold where there are gaps.', table(columns, rows), note];
}

/** A row a date, as operators draw it. */
export function datesSection({ grid, window }: Handoff): string[] {
  if (window === null) return [];
  if (grid === undefined) {
    const command = `backfill coverage --from ${window.from} --to ${window.to} --format md`;
    return [
      '## Dates',
      leftOut(`${counted(window.dates, 'date')} are too many to list: \`${command}\` does, or \`backfill report --month M\`.`),
    ];
  }
  const { whole, leftOut: others, columns, rows } = grid;
  const notes = [
    ...(whole.length === 0 ? [] : [`Without gaps: ${listText(whole.map(escaped), MOST_NAMES)}.`]),
    ...(others === 0 ? [] : [leftOut(`${counted(others, 'processor')} with gaps left out: \`--processor A,B\` chooses.`)]),
  ];
  const aligned = columns.map((title, index) =>
    index === 0 || index === columns.length - 1 ? escaped(title) : { title: escaped(title), align: 'right' as const },
  );
  return [
    '## Dates',
    'Rows, with the status where it is not complete; `-` where nothing is expected.',
    table(aligned, escapedRows(rows)),
    ...notes,
  ];
}
