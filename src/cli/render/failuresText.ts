import { formatDay } from '../../base/day';
import { formatCount } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { FailureCategory, FailureKind } from '../../core/records/failures';
import { failureTableName } from '../../core/records/records';
import { countsText, FAILURE_COLUMNS, failureDates, failureRows, failureText, KIND_WORDS } from '../../core/records/recordWords';
import { csv, markdownTable } from '../table';
import { type Terminal, type Tone, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';

const TONES: Readonly<Record<FailureKind, Tone>> = { stop: 'bad', attention: 'warning', expected: 'quiet' };
/** Dates of a processor and category that are told in full, unless all are asked for. */
const MOST_DATES = 5;

/**
 * Failures by category, what stops first: the newest dates in full, but for what is expected.
 * @param isPart some tables could not be read.
 */
export function failuresText(
  categories: readonly FailureCategory[],
  all: boolean,
  terminal: Pick<Terminal, 'width' | 'color'>,
  isPart = false,
): readonly string[] {
  if (categories.length === 0) return [isPart ? 'No failures in what could be read.' : 'No failures.'];
  return categories.flatMap((category, index) => [...(index === 0 ? [] : ['']), ...categoryLines(category, all, terminal)]);
}

function categoryLines(category: FailureCategory, all: boolean, terminal: Pick<Terminal, 'width' | 'color'>): string[] {
  const { name, kind, meaning, failures, counts } = category;
  const title = `${plain(name)}: ${KIND_WORDS[kind]}${meaning === undefined ? '' : ` (${plain(meaning)})`}; ${countsText(counts)}`;
  const lines = wrapped(title, terminal.width).map((line) => toned(terminal, TONES[kind], line));
  for (const [who, found] of groupBy(failures, (failure) => failure.name)) {
    const unknown = found[0]?.processor === undefined ? ' (no processor of the manifest)' : '';
    const head = `${plain(who) === '' ? 'No name' : plain(who)}${unknown}: ${failureDates(found)}`;
    lines.push(...indented(head, 2, terminal));
    if (kind === 'expected' && !all) continue;
    const shown = all ? found : found.slice(0, MOST_DATES);
    for (const failure of shown)
      lines.push(...indented(`${formatDay(failure.day)}  ${plain(failureText(failure))}`, 4, terminal));
    const rest = found.length - shown.length;
    if (rest > 0) lines.push(`    and ${formatCount(rest)} more (--all lists them)`);
  }
  return lines;
}

function indented(text: string, by: number, { width }: Pick<Terminal, 'width'>): string[] {
  return wrapped(text, Math.max(20, width - by - 2)).map((line, index) => ' '.repeat(index === 0 ? by : by + 2) + line);
}

/** A row for each processor, date and category. */
export function failuresCsv(categories: readonly FailureCategory[]): string {
  return csv(
    ['processor', 'date', 'category', 'kind', 'stale', 'rows', 'entities', 'wholeDate', 'created', 'reason', 'samples', 'table'],
    categories.flatMap(({ failures }) =>
      failures.map(({ name, day, category, kind, stale = '', table, record }) => [
        name,
        formatDay(day),
        category,
        kind,
        stale,
        record.rows,
        record.entities,
        String(record.wholeDate),
        record.created === undefined ? '' : new Date(record.created).toISOString(),
        record.reason ?? '',
        record.samples.join('; '),
        failureTableName(table),
      ]),
    ),
  );
}

/** A row for each category and processor. */
export function failuresMarkdown(categories: readonly FailureCategory[]): string {
  return markdownTable(FAILURE_COLUMNS, failureRows(categories));
}
