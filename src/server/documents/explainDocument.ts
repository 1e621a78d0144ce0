import { formatDay, formatRange, rangesOf } from '../../base/day';
import { counted, formatCount, formatInstant, formatSeconds, stagesText } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { code, escaped } from '../../base/markdown';
import { isGap } from '../../base/status';
import type { CoverageInput, Explanation, NeedResult, Root } from '../../core/coverage/coverage';
import type { Pipeline, PipelineNode } from '../../core/pipeline';
import type { FailureKind } from '../../core/records/failures';
import type { Noted } from '../../core/records/noted';
import { failureText, KIND_WORDS, outcomeText, runDetails } from '../../core/records/recordWords';
import { fixText, listText, overlayText, reasonText, rootText } from '../../core/words';
import { commandLink } from '../commandLink';

const WEEKDAY = new Intl.DateTimeFormat('en-US', { weekday: 'long', timeZone: 'UTC' });

/** What stands before a need: in a document as text, in a tooltip as an icon. */
type Marks = Readonly<Record<NeedResult['verdict'], string>>;

const VERDICTS: Marks = { met: '✓', unmet: '✗ **not met:**', unknown: '? unknown:' };
const ICONS: Marks = { met: '$(pass)', unmet: '$(error)', unknown: '$(question)' };

/** What an explanation is rendered with. */
export interface ExplainContext {
  readonly input: CoverageInput;
  readonly node: PipelineNode;
  /** What jobs noted of it; absent where the manifest names no table for that. `reading`: it is being read. */
  readonly noted?: Noted | 'reading';
}

/** Everything there is to say about a partition: why it is as it is, and what to do. */
export function explainDocument(explanation: Explanation, { input, node, noted }: ExplainContext): string {
  const { day, status, reasons, overlays, roots, needs } = explanation;
  const phase = node.kind === 'processor' ? input.pipeline.phases[node.phase]?.name : 'source';
  const sections = [
    `# ${node.id} ${formatDay(day)}: ${status}`,
    [escaped(node.name), WEEKDAY.format(day * 86_400_000), escaped(phase ?? ''), `${input.mode} thresholds`].join(' · '),
    bullets(reasons.map((reason) => escaped(sentence(reasonText(reason))))),
    overlays.length === 0 ? '' : bullets(overlays.map((overlay) => escaped(sentence(overlayText(overlay))))),
  ];
  if (roots.length > 0) {
    sections.push(
      '## What to do',
      fixLines(roots, explanation, input.pipeline)
        .map((line, index) => `${index + 1}. ${line}`)
        .join('\n'),
    );
  } else if (status === 'complete') sections.push('Nothing to do.');
  sections.push(repairLinks(explanation, node));
  sections.push('## What is there', bullets(factsOf(explanation, node)));
  if (needs.length > 0) sections.push('## What it needs', bullets(needs.map((need) => needText(need, VERDICTS))));
  const attempt = attemptText(explanation);
  if (attempt !== undefined) {
    const target = { nodes: [node.id], from: formatDay(day), to: formatDay(day) };
    sections.push('## Last attempt', attempt, commandLink('Open log', 'backfill.openLog', target));
  }
  sections.push(...notedSections(noted));
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** From a partition to what follows from its repair, and to accepting it as it is. */
function repairLinks({ day, status, overlays }: Explanation, node: PipelineNode): string {
  if (status === 'off') return '';
  const target = { nodes: [node.id], from: formatDay(day), to: formatDay(day) };
  const isWaived = overlays.some(({ kind }) => kind === 'waived');
  const links = [commandLink('Downstream impact', 'backfill.impact', target)];
  if (isGap(status) && !isWaived) links.push(commandLink('Waive this gap', 'backfill.waive', target));
  if (status === 'suspect' && node.kind === 'processor' && node.run.length > 0)
    links.push(commandLink('Delete for a clean re-run', 'backfill.clean', target));
  return links.join(' · ');
}

/** What jobs noted: failures, what stops first, and runs, the newest first. */
function notedSections(noted: ExplainContext['noted']): string[] {
  if (noted === undefined) return [];
  if (noted === 'reading') return ['## What jobs noted', 'Failure tables and run history are being read…'];
  const sections: string[] = [];
  if (noted.failures.length > 0) {
    const told = noted.failures.map((failure) => {
      const meaning = failure.table.meanings.get(failure.category.toLowerCase());
      const what = `**${escaped(failure.category)}**${meaning === undefined ? '' : ` (${escaped(meaning)})`}`;
      return `${KIND_MARKS[failure.kind]} ${what}, ${KIND_WORDS[failure.kind]}: ${escaped(failureText(failure))}`;
    });
    sections.push('## Failures that were noted', bullets(told));
  }
  if (noted.runs.length > 0) {
    const told = noted.runs.toReversed().map((run) => `**${escaped(outcomeText(run))}**, ${escaped(runDetails(run))}`);
    sections.push('## Runs that were noted', bullets(told));
  }
  if (noted.problems.length > 0) sections.push('## What could not be read', bullets(noted.problems.map((text) => escaped(text))));
  return sections;
}

const KIND_MARKS: Readonly<Record<FailureKind, string>> = { stop: '✗', attention: '!', expected: '·' };

/** The same in short, for a tooltip. */
export function explainTooltip(explanation: Explanation, { input, node }: ExplainContext): string {
  const { day, status, reasons, overlays, roots, needs } = explanation;
  const lines = [`**${node.id} ${formatDay(day)}** · ${WEEKDAY.format(day * 86_400_000)} · ${status}`];
  const said = [...reasons.map(reasonText), ...overlays.map(overlayText)];
  if (said.length > 0) lines.push(bullets(said.map((text) => escaped(text))));
  lines.push(amountText(explanation, node));
  if (needs.length > 0) {
    lines.push(needs.map((need) => needText(need, ICONS)).join('  \n'));
  }
  const elsewhere = roots.filter((root) => root.node !== node.id || root.day !== day);
  if (elsewhere.length > 0) lines.push(`Cause: ${shortened(elsewhere.map((root) => escaped(rootText(root))))}`);
  if (roots.length > 0) lines.push(shortened(roots.map((root) => escaped(fixText(root)))));
  const attempt = attemptText(explanation);
  if (attempt !== undefined) lines.push(`Last attempt: ${attempt}`);
  lines.push(`${input.mode} thresholds${explanation.readAt === undefined ? '' : ` · read ${formatInstant(explanation.readAt)}`}`);
  return lines.join('\n\n');
}

/** What to do about each root; the same about several dates of one node is said once. */
function fixLines(roots: readonly Root[], explained: Explanation, pipeline: Pipeline): string[] {
  const groups = groupBy(roots, ({ node, fix, status, consumer }) => [node, fix, status, consumer].join('\n'));
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const links = linksOf(same, explained, pipeline);
    if (same.length === 1) return [`**${escaped(fixText(first))}** ${escaped(sentence(rootText(first)))}${links}`];
    const dates = rangesOf(same.map(({ day }) => day).sort((a, b) => a - b)).map(formatRange);
    const what = FIXES[first.fix](first.node, first.consumer ?? first.node);
    return [`**${escaped(what)}** on ${counted(same.length, 'date')}, ${first.status}: ${listText(dates, 8)}.${links}`];
  });
}

/** From a cause to what mends it, and to what is known of it. */
function linksOf(same: readonly Root[], explained: Explanation, pipeline: Pipeline): string {
  const [first] = same;
  if (first === undefined) return '';
  const node = pipeline.nodes.find(({ id }) => id === first.node);
  const dates = same.map(({ day }) => formatDay(day));
  const links: string[] = [];
  const canRun = node?.kind === 'processor' && node.run.length > 0;
  if (canRun && (first.fix === 'run' || first.fix === 'look')) {
    links.push(commandLink(`Launch ${first.node}`, 'backfill.launch', { nodes: [first.node], dates }));
  }
  if (same.length === 1 && (first.node !== explained.node || first.day !== explained.day)) {
    links.push(commandLink(`Explain ${first.node}`, 'backfill.explain', { nodes: [first.node], dates }));
  }
  return links.length === 0 ? '' : ` ${links.join(' · ')}`;
}

const FIXES: Readonly<Record<Root['fix'], (node: string, consumer: string) => string>> = {
  run: (node) => `Run ${node}`,
  wait: (node) => `Wait for ${node}`,
  mendSource: (node) => `Mend the source ${node}`,
  lowerOrWaive: (node, consumer) => `Lower what ${consumer} needs of ${node}, or waive the gaps,`,
  look: (node) => `Look at why ${node} fails`,
};

function factsOf(explanation: Explanation, node: PipelineNode): string[] {
  const { rows, entities, expectedRows, readAt } = explanation;
  const facts = [
    `Rows: **${rows < 0 ? 'never read' : formatCount(rows)}**${expectedRows > 0 ? `, expected at least ${formatCount(expectedRows)}` : ''}`,
  ];
  if (entities >= 0) facts.push(`Entities: **${formatCount(entities)}** distinct ${node.entity.map(code).join(', ')}`);
  const share = node.where === undefined ? '' : `, where ${code(node.where)}`;
  facts.push(`Table: ${node.tables.map(code).join(', ')} by ${code(node.dateColumn)}${share}`);
  if (readAt !== undefined) facts.push(`Read: ${formatInstant(readAt)}`);
  return facts;
}

function amountText({ rows, entities, expectedRows }: Explanation, node: PipelineNode): string {
  const parts = [rows < 0 ? 'never read' : counted(rows, 'row')];
  if (entities >= 0) parts.push(`${formatCount(entities)} distinct ${escaped(node.entity.join(', '))}`);
  if (expectedRows > 0) parts.push(`expects at least ${counted(expectedRows, 'row')}`);
  return parts.join(' · ');
}

function needText({ verdict, critical, text }: NeedResult, marks: Marks): string {
  return `${marks[verdict]} ${escaped(text)}${critical ? '' : ' (optional)'}`;
}

function attemptText({ lastAttempt }: Explanation): string | undefined {
  if (lastAttempt === undefined) return undefined;
  const { outcome, endedAt, seconds, stages, message, backfill } = lastAttempt;
  const parts = [`**${outcome}**`, formatInstant(endedAt)];
  if (seconds !== undefined) parts.push(`took ${formatSeconds(seconds)}`);
  const byStage = stagesText(stages);
  if (byStage !== '') parts.push(escaped(byStage));
  parts.push(`backfill ${escaped(backfill)}`);
  return `${parts.join(' · ')}${message === undefined || message === '' ? '' : `\n\n> ${escaped(message)}`}`;
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function shortened(items: readonly string[]): string {
  const shown = items.slice(0, 3).join('; ');
  return items.length > 3 ? `${shown}; and ${items.length - 3} more` : shown;
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
