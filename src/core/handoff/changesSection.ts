import { counted } from '../../base/figures';
import { escaped } from '../../base/markdown';
import type { ChangeKind } from './changes';
import { changeLines } from './changeText';
import type { Handoff } from './handoff';
import { bullets, instantText } from './layout';

const MOST_LINES = 12;

const TITLES: Readonly<Record<ChangeKind, string>> = {
  lost: '⚠ Lost data',
  gap: 'Gaps now',
  complete: 'Complete now',
  reason: 'Gaps for another reason',
  other: 'Otherwise',
};

/** What is different from the last report. */
export function changesSection({ changes }: Handoff): string[] {
  const { since, sinceAsOf, problem, ranges } = changes;
  const told = problem === undefined ? '' : `> ${escaped(problem)}`;
  if (since === undefined)
    return ['## What changed', told, 'This is the first report: the next one tells what is different from it.'];
  const read = sinceAsOf === null || sinceAsOf === undefined ? '' : `, by what was read ${instantText(sinceAsOf)}`;
  const head = `## What changed since ${instantText(since)}`;
  const kinds = changeLines(ranges);
  if (kinds.size === 0) return [head, told, `Nothing: every partition is as the last report found it${read}.`];
  return [
    head,
    told,
    ...[...kinds].flatMap(([kind, lines]) => {
      const total = lines.reduce((sum, { dates }) => sum + dates, 0);
      const items = lines.map(
        ({ processor, when, what, dates }) =>
          `**${escaped(processor)}** ${when}${dates > 1 ? ` (${counted(dates, 'date')})` : ''}: ${escaped(what)}`,
      );
      return [
        `**${TITLES[kind]}** (${counted(total, 'partition')})`,
        bullets(items, MOST_LINES, (count) => `and ${count} more; \`backfill report --format json\` has all of them`),
      ];
    }),
  ];
}
