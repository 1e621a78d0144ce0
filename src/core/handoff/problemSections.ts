import { formatDay } from '../../base/day';
import { counted, formatCount, formatSeconds } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { escaped, table } from '../../base/markdown';
import { fixesOf } from '../coverage/fixes';
import { countsText, FAILURE_COLUMNS, failureRows, failureText } from '../records/recordWords';
import { slowestText, stagesText, TIMING_COLUMNS, timingCells } from '../timing/timingWords';
import { listText, rangesText } from '../words';
import type { Handoff } from './handoff';
import { bullets, commandBlock, escapedRows, type HandoffLayout, instantText, leftOut } from './layout';

const MOST_GROUPS = 15;
const MOST_NODES = 10;
const MOST_RANGES = 6;
const MOST_FIXES = 4;
const MOST_FAILURES = 25;
const MOST_STOPS = 6;
const MOST_SLOW = 8;
const MOST_STAGES = 6;
const MOST_WAIVERS = 20;

/** Gaps by what causes them, what to mend first at the top, each with the command that does. */
export function gapsSection({ groups, mode, window }: Handoff, layout: HandoffLayout): string[] {
  if (window === null) return [];
  if (groups.length === 0) return ['## Gaps by cause', 'No gaps.'];
  const told = groups.slice(0, MOST_GROUPS).flatMap(({ headline, roots, gaps }, index) => {
    const byNode = [...groupBy(gaps, ({ node }) => node)].map(([node, refs]) => ({
      node,
      dates: rangesText(
        refs.map(({ day }) => day),
        MOST_RANGES,
      ),
    }));
    const nodes = [...groupBy(byNode, ({ dates }) => dates)].map(
      ([dates, same]) =>
        `**${listText(
          same.map(({ node }) => escaped(node)),
          MOST_NODES,
        )}** ${dates}`,
    );
    const fixes = fixesOf(roots, gaps, mode);
    const lines = [
      `### ${index + 1}. ${escaped(headline)}`,
      bullets(nodes, MOST_NODES, (count) => `and ${count} more`),
      ...fixes
        .slice(0, MOST_FIXES)
        .flatMap(({ text, command }) => [escaped(text), ...(command === undefined ? [] : [commandBlock([command], layout)])]),
    ];
    const rest = fixes.length - MOST_FIXES;
    return rest > 0 ? [...lines, leftOut(`${counted(rest, 'fix', 'fixes')} more: \`backfill gaps\` lists them.`)] : lines;
  });
  const rest = groups.slice(MOST_GROUPS);
  const gaps = rest.reduce((sum, group) => sum + group.gaps.length, 0);
  const note = leftOut(`${counted(gaps, 'gap')} in ${counted(rest.length, 'more group')}: \`backfill gaps\` lists them.`);
  return ['## Gaps by cause', 'What to mend first comes first.', ...told, ...(rest.length === 0 ? [] : [note])];
}

/** What jobs noted as failed: what stops, what needs a look, and what is expected. */
export function failuresSection({ failures }: Handoff): string[] {
  if (failures === undefined) return [];
  const { categories, readAt, problems } = failures;
  const told = problems.length === 0 ? '' : bullets(problems.map(escaped), MOST_NODES, (count) => `and ${count} more`);
  const read = readAt === undefined ? '' : `Read ${instantText(readAt)}.`;
  if (categories.length === 0)
    return [
      '## Failures',
      readAt === undefined ? '' : `No failures${problems.length > 0 ? ' in what could be read' : ''}. ${read}`,
      told,
    ];
  const rows = failureRows(categories);
  const hidden = rows.length - MOST_FAILURES;
  const stops = categories
    .filter(({ kind }) => kind === 'stop')
    .flatMap(({ failures: found }) => found.filter(({ stale }) => stale === undefined));
  const expected = categories.filter(({ kind }) => kind === 'expected');
  return [
    '## Failures',
    `${categories.map(({ name, kind, counts }) => `${escaped(name)} (${kind === 'attention' ? 'needs a look' : kind}): ${countsText(counts)}`).join('; ')}. ${read}`,
    table(FAILURE_COLUMNS, escapedRows(rows.slice(0, MOST_FAILURES))),
    hidden > 0 ? leftOut(`${counted(hidden, 'more row')}: \`backfill failures\` shows all.`) : '',
    stops.length === 0 ? '' : '**Look at these before anything else runs**',
    stops.length === 0
      ? ''
      : bullets(
          stops.map((one) => `**${escaped(one.name)}** ${formatDay(one.day)}: ${escaped(failureText(one))}`),
          MOST_STOPS,
          (count) => `and ${count} more: \`backfill failures --stop\` shows all`,
        ),
    expected.length === 0
      ? ''
      : `Expected ones are no fault: ${listText(
          expected.map(({ name }) => escaped(name)),
          MOST_RANGES,
        )}.`,
    told,
  ];
}

/** The processors that take longest a date, and the stages in which they do. */
export function timingSection({ timing }: Handoff): string[] {
  const { processors, problems } = timing;
  const told = problems.length === 0 ? '' : bullets(problems.map(escaped), MOST_NODES, (count) => `and ${count} more`);
  const timed = processors.filter(({ p50 }) => p50 !== undefined).toSorted((a, b) => (b.p50 ?? 0) - (a.p50 ?? 0));
  if (timed.length === 0) return ['## Slowest', 'No run is known whose time was noted.', told];
  const rows = timed.slice(0, MOST_SLOW).map((one) => [...timingCells(one), slowestText(one), stagesText(one)]);
  const stages = timed
    .flatMap(({ name, stages: all }) => all.map((stage) => ({ name, stage: stage.name, p50: stage.p50 })))
    .sort((a, b) => b.p50 - a.p50)
    .slice(0, MOST_STAGES);
  const hidden = timed.length - MOST_SLOW;
  return [
    '## Slowest',
    'Seconds a date, of runs that ended well.',
    table([...TIMING_COLUMNS, 'Slowest dates', 'Stages (p50)'], escapedRows(rows)),
    hidden > 0 ? leftOut(`${counted(hidden, 'faster processor')} left out: \`backfill timing\` shows all.`) : '',
    stages.length === 0
      ? ''
      : `Slowest stages: ${stages.map(({ name, stage, p50 }) => `${escaped(name)} ${escaped(stage)} ${formatSeconds(p50)}`).join(', ')}.`,
    told,
  ];
}

/** Gaps that are accepted on purpose, those whose time ends first at the top. */
export function waiversSection({ waivers }: Handoff, { link }: HandoffLayout): string[] {
  if (waivers.length === 0) return [];
  const file = '.backfill/waivers.yaml';
  const rows = waivers
    .slice(0, MOST_WAIVERS)
    .map(({ processor, from, to, gaps, reason, author, until, state }) => [
      escaped(processor),
      from === to ? from : `${from} to ${to}`,
      formatCount(gaps),
      state === 'expired' ? `**expired ${until}**` : state === 'soon' ? `**${until}, soon**` : (until ?? 'for good'),
      escaped(reason),
      escaped(author),
    ]);
  const columns = ['Processor', 'Dates', { title: 'Gaps', align: 'right' as const }, 'Until', 'Reason', 'Author'];
  const hidden = waivers.length - MOST_WAIVERS;
  return [
    '## Waivers',
    `They stand in ${link === undefined ? `\`${file}\`` : `[${file}](${link(file)})`}.`,
    table(columns, rows),
    hidden > 0 ? leftOut(`${counted(hidden, 'more waiver')} that expire later.`) : '',
  ];
}
