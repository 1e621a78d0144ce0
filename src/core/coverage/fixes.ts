import { type Day, formatDay } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import type { FixKind, Mode } from '../../base/status';
import { runCommandLine, shellText } from '../plan/commandLine';
import { fixText, rangesText } from '../words';
import type { GapGroup, PartitionRef, Root } from './coverage';
import { type RootReport, rootReport } from './report';

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
    const text = more.length === 0 ? fixText(root) : `${fixText(root)} Likewise on ${rangesText(more, MOST_RANGES)}.`;
    const command = commandFor(root, days, gaps, mode);
    return [{ kind: root.fix, text, ...(command !== undefined && { command }) }];
  });
}

function commandFor(root: Root, days: readonly Day[], gaps: readonly PartitionRef[], mode: Mode): string | undefined {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (root.fix === 'look') return `backfill explain ${root.node} ${formatDay(root.day)}`;
  if (root.fix === 'lowerOrWaive') return waiveCommand(root, gaps);
  if (root.fix !== 'run') return undefined;
  const dates = days.length <= MOST_DATES ? { dates: days.map(formatDay) } : { from: formatDay(first), to: formatDay(last) };
  const withDownstream = gaps.some(({ node }) => node !== root.node);
  return runCommandLine({ processors: [root.node], ...dates, withDownstream }, mode);
}

/** Waives what is too little for its consumer. Its reason and its end are for a person to write: as it stands it is refused. */
function waiveCommand({ node, consumer = node }: Root, gaps: readonly PartitionRef[]): string | undefined {
  const days = gaps.flatMap((gap) => (gap.node === consumer ? gap.day : [])).sort((a, b) => a - b);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const dates = days.length <= MOST_DATES ? days.map(formatDay).join(',') : `${formatDay(first)}..${formatDay(last)}`;
  return shellText(['backfill', 'waive', consumer, dates, '--reason', 'WHY', '--until', 'YYYY-MM-DD']);
}

/** What to do about root causes in a few words, without dates: `run PDC`, `mend the source BOX; wait for PSZA`. */
export function fixWords(roots: readonly Root[]): string {
  const words = [...new Set(roots.map(wordsFor))];
  return words.length > 2 ? `${words.slice(0, 2).join('; ')}; ${words.length - 2} more` : words.join('; ');
}

function wordsFor({ fix, node, consumer, status }: Root): string {
  switch (fix) {
    case 'run':
      return `run ${node}`;
    case 'wait':
      return `wait for ${node}`;
    case 'mendSource':
      return `mend the source ${node}`;
    case 'lowerOrWaive':
      return `lower what ${consumer ?? node} needs, or waive`;
    case 'look':
      return `look at why ${node} ${status === 'unknown' ? 'cannot be read' : 'failed'}`;
  }
}

/** Gaps by cause, as data for other tools. */
export interface GapsReport {
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
