import { formatRange, parseDay, rangesOf } from '../../base/day';
import { counted, formatCount, formatSeconds } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { code, codeBlock, escaped, table } from '../../base/markdown';
import { isGap } from '../../base/status';
import type { Plan, PlannedJob, PlannedPartition, PlanOverride } from '../../core/backfill/backfill';
import { titleOf } from '../../core/backfill/progress';
import { runCommandLine, shellText } from '../../core/plan/commandLine';
import { confirmationOf } from '../../core/plan/confirmation';
import { bytesText, conflictWords, minutesText, verdictsText } from '../../core/plan/preflight';
import { listText } from '../../core/words';
import { commandLink } from '../commandLink';

/** A plan in full, to be read before it is confirmed: every date that runs by name and number, what is skipped and why, and how. */
export function planDocument(plan: Plan): string {
  const runs = plan.partitions.filter(({ action }) => action === 'run');
  const skips = plan.partitions.filter(({ action }) => action === 'skip');
  const confirmation = confirmationOf(plan);
  const sections = [
    `# ${escaped(titleOf(plan))}`,
    runs.length === 0 ? 'Nothing would run.' : '',
    `${escaped(verdictsText(plan.partitions))}.`,
    ...(runs.length === 0 ? [] : [escaped(minutesText(plan)), escaped(bytesText(plan) ?? '')]),
    selectionText(plan),
    runs.length === 0 ? '' : `**${commandLink('Run in a terminal', 'backfill.runPlan', {})}**`,
    confirmation === undefined ? '' : `**${escaped(confirmation.why)}** Its number of dates has to be typed before it starts.`,
    plan.warnings.map((warning) => `> ⚠ ${escaped(warning)}`).join('\n>\n'),
    ...conflictSection(plan),
  ];
  if (runs.length > 0) {
    sections.push(
      `## Runs ${counted(runs.length, 'partition')}`,
      table(['#', 'processor', 'date', 'now', 'why'], runs.map(runRow)),
    );
  }
  if (skips.length > 0) {
    const groups = groupBy(skips, ({ processor, why, preflight, override }) => [processor, why, preflight, override].join('\n'));
    // What somebody may have wanted comes before what needs nothing.
    const sorted = [...groups.values()].sort((a, b) => Number(isNeedless(a)) - Number(isNeedless(b)));
    sections.push(`## Skips ${counted(skips.length, 'partition')}`, sorted.map(skipText).join('\n'));
  }
  if (plan.jobs.length > 0) sections.push('## How', plan.jobs.map(jobText).join('\n'));
  if (plan.overrides !== undefined && plan.overrides.length > 0)
    sections.push('## Overrides', plan.overrides.map(overrideText).join('\n'));
  sections.push('## The same from a shell', codeBlock('sh', runCommandLine(plan.request, plan.mode)));
  sections.push(`Thresholds: ${plan.mode}. Manifest: ${code(plan.manifest)}`);
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** `6 partitions of MLFS, about 2 min`. */
export function planHeadline(plan: Plan): string {
  const runs = plan.partitions.filter(({ action }) => action === 'run').length;
  if (runs === 0) return `Nothing to run: ${counted(plan.partitions.length, 'partition')} skipped`;
  const estimate = plan.estimate === undefined ? '' : `, about ${formatSeconds(Math.max(1, Math.round(plan.estimate.p50)))}`;
  return `${titleOf(plan)}${estimate}`;
}

/** Who else has partitions of this, or may write them: before what runs, because it may change one's mind. */
function conflictSection({ conflicts = [] }: Plan): string[] {
  if (conflicts.length === 0) return [];
  const rows = conflicts
    .map(conflictWords)
    .map(({ who, which, effect, advice, command }) => [
      escaped(who),
      escaped(which),
      escaped(effect),
      `${escaped(advice)}${command === undefined ? '' : ` ${code(command)}`}`,
    ]);
  return [`## ${counted(conflicts.length, 'conflict')}`, table(['who', 'partitions', 'what it means', 'what to do'], rows)];
}

function selectionText({ request: { select, reason } }: Plan): string {
  const lines = [
    `Selected: ${select === '' ? 'every gap' : code(select)}`,
    ...(reason === undefined || reason === '' ? [] : [`Reason: ${escaped(reason)}`]),
  ];
  return lines.join('  \n');
}

function overrideText({ name, does, processors, chosen }: PlanOverride): string {
  const whose = processors.length === 0 ? '' : ` (${processors.join(', ')})`;
  return `- ${code(name)}${whose}: ${escaped(does)}${chosen ? '. **It was asked for.**' : '.'}`;
}

function runRow({ processor, date, status, why, preflight, override }: PlannedPartition, index: number): string[] {
  const needs = preflight === 'overrideNeeded' && override !== undefined ? ` (override ${override})` : '';
  return [formatCount(index + 1), processor, date, status, `${escaped(why)}${escaped(needs)}`];
}

function isNeedless([first]: readonly PlannedPartition[]): boolean {
  return first === undefined || (first.preflight === 'allowed' && !isGap(first.status));
}

function skipText(group: readonly PlannedPartition[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const { processor, why, preflight, override } = first;
  const days = group.flatMap(({ date }) => parseDay(date) ?? []).sort((a, b) => a - b);
  const ranges = rangesOf(days).map(formatRange);
  const allowed = { allowed: '', never: ' Nothing overrides that.', overrideNeeded: ` Needs the override ${override ?? ''}.` };
  const reason = `${escaped(why)}.${escaped(allowed[preflight])}`;
  if (ranges.length === 1) return `- **${processor}** ${ranges[0]}: ${reason}`;
  return `- **${processor}**, ${counted(group.length, 'date')}: ${reason} ${listText(ranges, isNeedless(group) ? 6 : ranges.length)}`;
}

const CALLS: Readonly<Record<PlannedJob['method'], string>> = {
  sql: 'one SELECT a date, replaced in one transaction',
  date: 'one call a date',
  range: 'one call a range of dates',
  list: 'one call a list of dates',
  clean: 'deleted a date at a time, each in one step',
};

function jobText({ processor, method, command, slots, sequential, maxDates }: PlannedJob): string {
  const most = maxDates === undefined ? '' : `, at most ${counted(maxDates, 'date')} each`;
  const pace =
    sequential === undefined ? (slots === 1 ? 'one at a time' : `${slots} at once`) : `one at a time: ${escaped(sequential)}`;
  return `- **${processor}**: ${CALLS[method]}${most}, ${pace}\n  ${code(shellText(command))}`;
}
