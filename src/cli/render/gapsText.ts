import { type Day, formatDay, formatRange, rangesOf } from '../../base/day';
import { counted } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import type { FixKind, Mode } from '../../base/status';
import { runCommandLine } from '../../core/commandLine';
import type { GapGroup, PartitionRef, Root } from '../../core/coverage';
import { type RootReport, rootReport } from '../../core/report';
import { fixText, listText } from '../../core/words';
import { csv, markdownTable } from '../table';
import { type Terminal, toned } from '../terminal';
import { plain, wrapped } from '../textWidth';

/** What mends a root cause: a sentence, and the command where there is one. */
export interface Fix {
  readonly kind: FixKind;
  readonly text: string;
  readonly command?: string;
}

/** Most dates that a command names one by one. */
const MOST_DATES = 4;
const MOST_RANGES = 6;

/**
 * What to do about root causes, in the order in which to do it; the same on several dates is one.
 * @param gaps the partitions that wait for the roots: where there are others than the roots themselves, a run takes them along.
 */
export function fixesOf(roots: readonly Root[], gaps: readonly PartitionRef[], mode: Mode): readonly Fix[] {
  return [...groupBy(roots, ({ node, fix, consumer = '' }) => `${node} ${fix} ${consumer}`).values()].flatMap((same): Fix[] => {
    const [root] = same;
    if (root === undefined) return [];
    const days = [...new Set(same.map(({ day }) => day))].sort((a, b) => a - b);
    const more = days.filter((day) => day !== root.day);
    const text = more.length === 0 ? fixText(root) : `${fixText(root)} Likewise on ${datesText(more)}.`;
    const command = commandFor(root, days, gaps, mode);
    return [{ kind: root.fix, text, ...(command !== undefined && { command }) }];
  });
}

function commandFor(root: Root, days: readonly Day[], gaps: readonly PartitionRef[], mode: Mode): string | undefined {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (root.fix === 'look') return `backfill explain ${root.node} ${formatDay(root.day)}`;
  if (root.fix !== 'run') return undefined;
  const dates = days.length <= MOST_DATES ? { dates: days.map(formatDay) } : { from: formatDay(first), to: formatDay(last) };
  const withDownstream = gaps.some(({ node }) => node !== root.node);
  return runCommandLine({ processors: [root.node], ...dates, withDownstream }, mode);
}

/** The gaps by what causes them, what to mend first at the top, each with what to do. */
export function gapsText(
  groups: readonly GapGroup[],
  mode: Mode,
  terminal: Pick<Terminal, 'width' | 'color'>,
): readonly string[] {
  const total = groups.reduce((sum, { gaps }) => sum + gaps.length, 0);
  if (total === 0) return ['No gaps.'];
  const title = `${counted(total, 'gap')} in ${counted(groups.length, 'group')}, what to mend first at the top.`;
  const lines = [toned(terminal, 'strong', title)];
  for (const [index, { headline, roots, gaps }] of groups.entries()) {
    const number = `${index + 1}. `;
    const indent = ' '.repeat(number.length);
    const room = Math.max(20, terminal.width - number.length);
    const [head = '', ...rest] = wrapped(plain(headline), room);
    lines.push('', number + toned(terminal, 'bad', head), ...rest.map((line) => indent + toned(terminal, 'bad', line)));
    for (const [node, refs] of groupBy(gaps, (gap) => gap.node)) {
      lines.push(
        ...wrapped(`${node}: ${datesText(refs.map(({ day }) => day))}`, room - 2).map(
          (line, at) => `${indent}${at === 0 ? '' : '  '}${line}`,
        ),
      );
    }
    for (const { text, command } of fixesOf(roots, gaps, mode)) {
      lines.push(...wrapped(plain(text), room - 2).map((line, at) => `${indent}${at === 0 ? '→ ' : '  '}${line}`));
      if (command !== undefined) lines.push(`${indent}  ${command}`);
    }
  }
  return lines;
}

/** `2021-11-05, 2021-11-07 to 2021-11-09 and 12 more`. */
function datesText(days: readonly Day[]): string {
  return listText(rangesOf([...days].sort((a, b) => a - b)).map(formatRange), MOST_RANGES);
}

interface GapsReport {
  readonly gaps: number;
  readonly groups: readonly {
    readonly headline: string;
    readonly roots: readonly (RootReport & { readonly status: string; readonly fix: FixKind })[];
    readonly gaps: readonly { readonly processor: string; readonly date: string }[];
    readonly fixes: readonly Fix[];
  }[];
}

/** What `--format json` adds to `asOf`, `source` and `mode`. */
export function gapsReport(groups: readonly GapGroup[], mode: Mode): GapsReport {
  return {
    gaps: groups.reduce((sum, { gaps }) => sum + gaps.length, 0),
    groups: groups.map(({ headline, roots, gaps }) => ({
      headline,
      roots: roots.map((root) => ({ ...rootReport(root), status: root.status, fix: root.fix })),
      gaps: gaps.map(({ node, day }) => ({ processor: node, date: formatDay(day) })),
      fixes: fixesOf(roots, gaps, mode),
    })),
  };
}

/** A row a gap. */
export function gapsCsv(groups: readonly GapGroup[], mode: Mode): string {
  return csv(
    ['processor', 'date', 'cause', 'fix', 'command'],
    groups.flatMap(({ headline, roots, gaps }) => {
      const fixes = fixesOf(roots, gaps, mode);
      const texts = fixes.map(({ text }) => text).join(' ');
      const commands = fixes.flatMap(({ command }) => command ?? []).join(' && ');
      return gaps.map(({ node, day }) => [node, formatDay(day), headline, texts, commands]);
    }),
  );
}

/** A row a group of gaps. */
export function gapsMarkdown(groups: readonly GapGroup[], mode: Mode): string {
  return markdownTable(
    [{ title: 'Gaps' }, { title: 'Cause' }, { title: 'Fix' }],
    groups.map(({ headline, roots, gaps }) => [
      [...groupBy(gaps, ({ node }) => node)].map(([node, refs]) => `${node} ${datesText(refs.map(({ day }) => day))}`).join('; '),
      headline,
      fixesOf(roots, gaps, mode)
        .map(({ text, command }) => (command === undefined ? text : `${text} \`${command}\``))
        .join(' '),
    ]),
  );
}
