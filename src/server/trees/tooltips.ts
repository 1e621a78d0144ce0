import { growthOf } from '../../app/backfillRuns';
import { parseDay } from '../../base/day';
import { counted, formatCount, formatInstant, formatLeft, formatRate } from '../../base/figures';
import { code, escaped } from '../../base/markdown';
import { notDoneParts } from '../../base/partitionCounts';
import type { CoverageGrid, CoverageInput } from '../../core/coverage/coverage';
import { explain } from '../../core/coverage/explain';
import { fixesOf } from '../../core/coverage/fixes';
import { gapsByRoot } from '../../core/coverage/gaps';
import { type Scope, scopeOffsets } from '../../core/coverage/scope';
import type { PipelineNode } from '../../core/pipeline';
import { runCommandLine } from '../../core/plan/commandLine';
import type { Grouping } from '../../protocol/messages';
import { silentFor } from '../backfills/backfillNotes';
import { type BackfillView, leftWords, summaryOf } from '../backfills/backfillViews';
import { commandLink } from '../commandLink';
import { type CoverageGroup, groupsOf, SOURCES } from '../coverage/coverageGroups';
import { tallyOf, tallySentence } from '../coverage/tally';
import { explainTooltip } from '../documents/explainDocument';

/** The tooltip of a node of the Coverage tree as Markdown, by the node's id; empty for a node that is gone. It tells of what a filter hides, too. */
export function coverageTooltip(id: string, input: CoverageInput, grid: CoverageGrid, grouping: Grouping = 'phase'): string {
  const [, groupId, nodeId, ...dates] = id.split('/');
  const group = groupsOf(grouping, input, grid).find((candidate) => candidate.id === groupId);
  if (group === undefined) return '';
  if (nodeId === undefined) return groupTooltip(group, input, grid);
  const node = group.nodes.find((candidate) => candidate.id === nodeId);
  if (node === undefined) return '';
  const last = dates.at(-1);
  const day = last === undefined ? undefined : parseDay(last);
  if (day !== undefined) return dateTooltip(input, grid, node, day);
  if (last !== undefined) {
    const from = parseDay(`${last}-01`);
    if (from === undefined) return '';
    const to = lastOfMonth(from);
    const within = scopeOf(group, grid);
    const month = { ...within, from: Math.max(from, within.from), to: Math.min(to, within.to) };
    return [`**${node.id} ${last}**`, ...standing(input, grid, [node], month)].join('\n\n');
  }
  return nodeTooltip(input, grid, node, scopeOf(group, grid));
}

function groupTooltip(group: CoverageGroup, input: CoverageInput, grid: CoverageGrid): string {
  const { id, kind, label, nodes, gaps } = group;
  if (gaps !== undefined) {
    const fixes = fixesOf(gaps.roots, gaps.gaps, input.mode).slice(0, 4);
    return [`**${escaped(label)}**`, fixes.map(({ text }) => `- ${escaped(text)}`).join('\n')].join('\n\n');
  }
  const what = id === SOURCES ? counted(nodes.length, 'source') : counted(nodes.length, 'processor');
  return [
    `**${escaped(label)}**${kind === 'phase' ? ` · ${what}` : ''}`,
    ...standing(input, grid, nodes, scopeOf(group, grid)),
  ].join('\n\n');
}

/** What a group has of its nodes. */
function scopeOf({ from, end, holds }: CoverageGroup, { firstDay }: CoverageGrid) {
  return { from: firstDay + from, to: firstDay + end - 1, ...(holds !== undefined && { holds }) };
}

/** The tooltip of a node of the Backfills tree. */
export function backfillTooltip(view: BackfillView, now: number): string {
  const { plan, problems } = view.record;
  const { perMinute, left } = view.forecast;
  const { title, phase, startedAt, endedAt } = summaryOf(view, now);
  const { done, running, waiting, total, pause, silent } = view.progress;
  const counts = [
    `${formatCount(done)} of ${counted(total, 'partition')} done`,
    ...notDoneParts(view.progress),
    ...(running > 0 ? [`${formatCount(running)} running`] : []),
    ...(waiting > 0 ? [`${formatCount(waiting)} waiting`] : []),
  ];
  const times = [`planned ${formatInstant(Date.parse(plan.createdAt))}`];
  if (startedAt !== undefined) times.push(`started ${formatInstant(startedAt)}`);
  if (endedAt !== undefined) times.push(`ended ${formatInstant(endedAt)}`);
  if (left !== undefined) times.push(`${formatLeft(left.p50, left.p90)} left, from ${escaped(left.basis)}`);
  if (perMinute !== undefined) times.push(formatRate(perMinute));
  const lines = [`**${escaped(title)}** · ${phase}`, counts.join(', '), times.join(' · ')];
  if (pause !== undefined) lines.push(`$(debug-pause) Since ${formatInstant(pause.since)}: ${escaped(pause.message)}`);
  for (const job of silent)
    lines.push(`$(warning) ${job.processor} ${job.date} has said nothing for ${silentFor(job, now)}; ${escaped(job.basis)}`);
  for (const growth of growthOf(view, now)) lines.push(`$(graph) ${escaped(growth)}`);
  if (phase === 'interrupted') lines.push(`$(debug-continue) ${escaped(leftWords(view))}`);
  if (plan.request.reason !== undefined && plan.request.reason !== '') lines.push(`Reason: ${escaped(plan.request.reason)}`);
  lines.push(code(runCommandLine(plan.request, plan.mode)));
  for (const problem of problems) lines.push(`$(warning) ${escaped(problem)}`);
  const target = { backfill: plan.id };
  const links = [
    ...(phase === 'paused' || phase === 'interrupted' ? [commandLink('Resume', 'backfill.resume', target)] : []),
    ...(phase === 'running' ? [commandLink('Pause', 'backfill.pause', target)] : []),
    commandLink('Show in terminal', 'backfill.attach', target),
  ];
  lines.push(`${links.join(' · ')} · ${escaped(plan.id)}`);
  return lines.join('\n\n');
}

function dateTooltip(input: CoverageInput, grid: CoverageGrid, node: PipelineNode, day: number): string {
  const explanation = explain(input, grid, node.index, day);
  const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
  const target = { nodes: [node.id], from: date, to: date };
  const links = [commandLink('Explain', 'backfill.explain', target)];
  if (node.kind === 'processor' && node.run.length > 0) links.push(commandLink('Launch', 'backfill.launch', target));
  if (explanation.lastAttempt !== undefined) links.push(commandLink('Open log', 'backfill.openLog', target));
  return `${explainTooltip(explanation, { input, node })}\n\n${links.join(' · ')}`;
}

function nodeTooltip(input: CoverageInput, grid: CoverageGrid, node: PipelineNode, scope: Scope): string {
  const { pipeline, observations } = input;
  const calendar = pipeline.calendars[node.calendar]?.name ?? '';
  const lines = [
    `**${node.id}** ${escaped(node.name)}`,
    `${node.tables.map(code).join(', ')} by ${code(node.dateColumn)} · calendar ${escaped(calendar)}`,
    ...standing(input, grid, [node], scope),
  ];
  const unavailable = observations.unavailableNodes.get(node.id);
  if (unavailable !== undefined) lines.push(`$(warning) ${escaped(unavailable.error)}`);
  const readAt = observations.nodes.get(node.id)?.readAt;
  if (readAt !== undefined) lines.push(`Read ${formatInstant(readAt)}`);
  if (node.kind === 'processor' && node.run.length === 0) lines.push('The manifest does not say how it is run.');
  return lines.join('\n\n');
}

/** Counts, and the causes of the gaps: the first of them is what to mend first. */
function standing(input: CoverageInput, grid: CoverageGrid, nodes: readonly PipelineNode[], scope: Scope): string[] {
  const indexes = nodes.map(({ index }) => index);
  const { from, end } = scopeOffsets(grid, scope);
  const lines = [tallySentence(tallyOf(input.pipeline, grid, indexes, from, end, scope.holds))];
  const groups = gapsByRoot(input, grid, { ...scope, processors: indexes });
  if (groups.length > 0)
    lines.push(
      groups
        .slice(0, 4)
        .map(({ headline }) => `- ${escaped(headline)}`)
        .join('\n'),
    );
  if (groups.length > 4) lines.push(`and ${counted(groups.length - 4, 'more cause')}`);
  return lines;
}

function lastOfMonth(first: number): number {
  const date = new Date(first * 86_400_000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0) / 86_400_000;
}
