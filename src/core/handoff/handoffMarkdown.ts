import { counted, formatCount, formatSeconds } from '../../base/figures';
import { escaped } from '../../base/markdown';
import { changesSection } from './changesSection';
import { changeLines } from './changeText';
import { coverageSection, datesSection, periodsSection } from './coverageSections';
import type { Handoff } from './handoff';
import { type HandoffLayout, instantText } from './layout';
import { failuresSection, gapsSection, timingSection, waiversSection } from './problemSections';
import { workSection } from './workSection';

/**
 * A handoff as a Markdown document: the most urgent first, commands in blocks that can be pasted as they are. Its length is bounded whatever
 * the pipeline's size; what is left out is said where it is, with the command that shows it.
 */
export function handoffMarkdown(handoff: Handoff, layout: HandoffLayout): string {
  const sections = [
    `# Handoff: ${escaped(handoff.pipeline)}`,
    header(handoff, layout),
    problemText(handoff),
    '## At a glance',
    glance(handoff)
      .map((line) => `- ${line}`)
      .join('\n'),
    ...changesSection(handoff),
    ...coverageSection(handoff),
    ...periodsSection(handoff),
    ...datesSection(handoff),
    ...gapsSection(handoff, layout),
    ...workSection(handoff, layout),
    ...failuresSection(handoff),
    ...timingSection(handoff),
    ...waiversSection(handoff, layout),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function header({ audience, writtenAt, asOf, source, mode, window }: Handoff, { manifest, link }: HandoffLayout): string {
  const age = asOf === null ? '' : `, ${ageText(Date.parse(writtenAt) - Date.parse(asOf))} before this was written`;
  const name = link === undefined ? escaped(manifest) : `[${escaped(manifest)}](${link(manifest)})`;
  const read = asOf === null ? 'never' : `${instantText(asOf)} from the ${source}${age}`;
  const dates = window === null ? 'none yet' : `${window.from} to ${window.to} (${counted(window.dates, 'date')})`;
  return [
    `- For ${escaped(audience)}, written ${instantText(writtenAt)}`,
    `- Dates: ${dates}`,
    `- Read: ${read}; thresholds of mode ${mode}`,
    `- Manifest: ${name}; commands are for a shell in its folder`,
  ].join('\n');
}

function ageText(ms: number): string {
  return ms < 1000 ? 'right' : formatSeconds(Math.round(ms / 1000));
}

function problemText({ problem, asOf }: Handoff): string {
  if (problem === undefined) return '';
  const what =
    asOf === null ? 'Nothing was ever read.' : 'What follows is the last good answer where nothing newer could be read.';
  return `> ⚠ **Not all could be read** since ${instantText(problem.since)}: ${escaped(problem.message)}\n>\n> ${what}`;
}

function glance(handoff: Handoff): string[] {
  const { coverage, groups, open, elsewhere, failures, waivers, changes, window } = handoff;
  if (window === null) return ['The pipeline has no dates yet: nothing is expected, and nothing is there.'];
  const sum = (of: (one: Handoff['coverage'][number]) => number) => coverage.reduce((total, one) => total + of(one), 0);
  const [expected, complete, gaps] = [sum((one) => one.expected), sum((one) => one.complete), sum((one) => one.gaps)];
  const lines = [
    `**${formatCount(complete)} of ${counted(expected, 'expected partition')}** ${complete === 1 ? 'is' : 'are'} complete.`,
    gaps === 0 ? 'No gaps.' : `**${counted(gaps, 'gap')}** in ${counted(groups.length, 'group')} of causes.`,
  ];
  const lost = changes.ranges.filter(({ kind }) => kind === 'lost');
  if (lost.length > 0) {
    const dates = lost.reduce((total, { from, to }) => total + to - from + 1, 0);
    lines.unshift(`⚠ **Data is gone** from ${counted(dates, 'partition')} since the last report.`);
  }
  const told = [...changeLines(changes.ranges)].map(
    ([kind, found]) => `${formatCount(found.reduce((total, { dates }) => total + dates, 0))} ${KIND_NOUNS[kind]}`,
  );
  if (changes.since !== undefined)
    lines.push(
      `Since the last report (${instantText(changes.since)}): ${told.length === 0 ? 'nothing changed' : told.join(', ')}.`,
    );
  const interrupted = open.filter(({ phase, left }) => phase === 'interrupted' && left > 0);
  const active = open.filter(({ phase }) => phase !== 'interrupted');
  if (active.length > 0) lines.push(`${counted(active.length, 'backfill')} not ended.`);
  if (interrupted.length > 0) {
    const left = interrupted.reduce((total, one) => total + one.left, 0);
    lines.push(`**${counted(interrupted.length, 'backfill')} interrupted**, with ${counted(left, 'partition')} left.`);
  }
  const running = elsewhere.filter(({ state }) => state === 'running' || state === 'perhapsRunning').length;
  if (running > 0) lines.push(`${counted(running, 'job')} started elsewhere.`);
  const stop = (failures?.categories ?? []).filter(({ kind }) => kind === 'stop');
  const stopping = stop.reduce((total, { counts }) => total + counts.partitions - counts.stale, 0);
  if (stopping > 0) lines.push(`**${counted(stopping, 'partition')}** with failures to look at before anything else runs.`);
  const soon = waivers.filter(({ state }) => state === 'soon').length;
  if (soon > 0) lines.push(`${counted(soon, 'waiver')} will expire within two weeks.`);
  const expired = waivers.filter(({ state }) => state === 'expired').length;
  if (expired > 0) lines.push(`${counted(expired, 'waiver')} lately expired: what it covered counts again.`);
  return lines;
}

const KIND_NOUNS = {
  lost: 'lost',
  gap: 'new gaps',
  complete: 'complete now',
  reason: 'with another reason',
  other: 'changed otherwise',
} as const;
