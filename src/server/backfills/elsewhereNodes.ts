import { formatDay } from '../../base/day';
import { counted, formatInstant, formatSeconds } from '../../base/figures';
import { code, codeBlock, escaped } from '../../base/markdown';
import type { ElsewhereReport } from '../../core/checkpoints/elsewhere';
import { type ElsewhereJob, type ElsewhereState, type Finding, isLive, lastSign } from '../../core/checkpoints/elsewhereJob';
import {
  ago,
  elsewhereLine,
  findingAdvice,
  findingText,
  findingTitle,
  isWarning,
  resumeText,
} from '../../core/checkpoints/elsewhereWords';
import type { Pipeline, Processor } from '../../core/pipeline';
import { shellText } from '../../core/plan/commandLine';
import { listText } from '../../core/words';
import type { TreeNode } from '../../protocol/messages';
import { commandLink } from '../commandLink';
import { messageNode } from '../trees/messageNode';
import { type Look, ORANGE, STATUS_LOOKS } from '../trees/statusLooks';

/** Below it are the jobs that ended long ago; the ids of all jobs elsewhere begin with it. */
export const ELSEWHERE = 'backfills/@elsewhere';
/** What ended well, and longer ago than this, is one node for all. */
const RECENT_MS = 86_400_000;
/** More failed dates of one job would be a list that nobody reads. */
const MOST_DATES = 100;

/** What the nodes of jobs elsewhere are made of. */
export interface ElsewhereView {
  readonly report: ElsewhereReport;
  readonly pipeline: Pipeline | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

const LOOKS: Readonly<Record<ElsewhereState, Look>> = {
  running: STATUS_LOOKS.running,
  perhapsRunning: { icon: 'question', color: ORANGE },
  stopped: { icon: 'debug-disconnect', color: ORANGE },
  failed: STATUS_LOOKS.failed,
  complete: STATUS_LOOKS.complete,
  unreadable: { icon: 'warning', color: ORANGE },
};
const WARNING: Look = { icon: 'warning', color: ORANGE };
const INFORMATION: Look = { icon: 'info', color: 'descriptionForeground' };

/** Jobs that run, to be shown beside the backfills that do. */
export function runningElsewhere({ report, now }: ElsewhereView): readonly TreeNode[] {
  return report.jobs.filter(isLive).map((job) => jobNode(job, now));
}

/** Jobs that do not run, and what could not be told whose it is. */
export function endedElsewhere({ report, now }: ElsewhereView): readonly TreeNode[] {
  const ended = report.jobs.filter((job) => !isLive(job));
  const old = ended.filter((job) => isOld(job, now));
  const { unknownJobs } = report;
  return [
    ...ended.filter((job) => !isOld(job, now)).map((job) => jobNode(job, now)),
    ...(old.length > 0
      ? [
          messageNode(ELSEWHERE, 'Finished elsewhere', {
            icon: 'archive',
            description: counted(old.length, 'job'),
            children: true,
          }),
        ]
      : []),
    ...(unknownJobs.length > 0
      ? [
          messageNode(`${ELSEWHERE}/@unknown`, 'Checkpoints of unknown jobs', {
            icon: 'question',
            description: listText(unknownJobs, 4),
            action: 'openManifest',
            accessibilityLabel: `Checkpoints of jobs that no processor is known by: ${listText(unknownJobs, 4)}. Name them in aliases.`,
          }),
        ]
      : []),
  ];
}

/** The children of a node whose id begins with `ELSEWHERE`. */
export function elsewhereChildren(view: ElsewhereView, parent: string): readonly TreeNode[] {
  if (parent === ELSEWHERE) return view.report.jobs.filter((job) => isOld(job, view.now)).map((job) => jobNode(job, view.now));
  const found = findJob(view, parent);
  return found === undefined ? [] : detailNodes(found.job, found.processor, view.now);
}

/** Everything there is to say about a job, as Markdown; empty for a node that is gone. */
export function elsewhereTooltip(view: ElsewhereView, id: string): string {
  const found = findJob(view, id);
  if (found === undefined) return findingTooltip(view, id);
  const { job, processor } = found;
  const { checkpoint, processes, secondsPerDate, findings } = job;
  const lines = [`**${escaped(job.processor)}** · started elsewhere`, escaped(elsewhereLine(job, view.now))];
  for (const { pid, startedAt, argv } of processes)
    lines.push(`Process ${pid}, since ${formatInstant(startedAt)}: ${code(shellText(argv))}`);
  if (checkpoint !== undefined) {
    const begun = checkpoint.madeAt === undefined ? '' : `begun ${formatInstant(checkpoint.madeAt)}, `;
    lines.push(`Checkpoint ${code(checkpoint.path)}, ${begun}last written ${formatInstant(checkpoint.writtenAt)}`);
  }
  if (secondsPerDate !== undefined) lines.push(`About ${formatSeconds(Math.max(1, Math.round(secondsPerDate)))} a date`);
  for (const finding of findings) lines.push(findingMarkdown(finding, job, processor));
  return lines.join('\n\n');
}

function findingTooltip(view: ElsewhereView, id: string): string {
  const found = findJob(view, id.slice(0, id.lastIndexOf('/')));
  const finding = found?.job.findings.find((one, index) => findingId(found.job, one, index) === id);
  return found === undefined || finding === undefined ? '' : findingMarkdown(finding, found.job, found.processor);
}

function findingId(job: ElsewhereJob, { kind }: Finding, index: number): string {
  return `${nodeId(job)}/@${kind}${index}`;
}

function findingMarkdown(finding: Finding, job: ElsewhereJob, processor: Processor): string {
  const { text, command, own } = findingAdvice(finding, job, processor);
  const icon = isWarning(finding) ? '$(warning)' : '$(info)';
  const blocks = [`${icon} ${escaped(findingText(finding))} ${escaped(text)}`];
  if (command !== undefined) blocks.push(codeBlock('sh', command));
  if (own !== undefined) blocks.push(`By its own command: ${code(own)}`);
  const dates = daysOf(finding).map(formatDay);
  if (dates.length > 0 && processor.run.length > 0)
    blocks.push(commandLink('Launch', 'backfill.launch', { nodes: [processor.id], dates }));
  return blocks.join('\n\n');
}

function findJob({ report, pipeline }: ElsewhereView, id: string): { job: ElsewhereJob; processor: Processor } | undefined {
  const job = report.jobs.find((one) => nodeId(one) === id);
  const processor = pipeline?.processors.find((one) => one.id === job?.processor);
  return job === undefined || processor === undefined ? undefined : { job, processor };
}

function nodeId({ id }: ElsewhereJob): string {
  return `${ELSEWHERE}/${id}`;
}

function isOld(job: ElsewhereJob, now: number): boolean {
  return job.state === 'complete' && now - lastSign(job) > RECENT_MS;
}

function jobNode(job: ElsewhereJob, now: number): TreeNode {
  const warnings = job.findings.filter(isWarning).length;
  const whole = [elsewhereLine(job, now), warnings === 0 ? '' : counted(warnings, 'warning')]
    .filter((part) => part !== '')
    .join(' · ');
  // That it runs is in its icon, and how far it is has to be seen in a narrow view.
  const description = whole.replace(/^running · /, '');
  return {
    id: nodeId(job),
    label: `${job.processor} elsewhere`,
    description,
    ...LOOKS[job.state],
    children: true,
    context: `elsewhere${isLive(job) ? '+active' : ''}`,
    accessibilityLabel: `${job.processor}, started elsewhere, ${whole}`,
    hasTooltip: true,
    target: { nodes: [job.processor] },
  };
}

function detailNodes(job: ElsewhereJob, processor: Processor, now: number): readonly TreeNode[] {
  const parent = nodeId(job);
  const runnable = processor.run.length > 0 ? '+runnable' : '';
  const findings = job.findings.map((finding, index): TreeNode => {
    const dates = daysOf(finding).map(formatDay);
    const label = findingTitle(finding);
    const description = findingText(finding);
    return {
      id: findingId(job, finding, index),
      label,
      description,
      ...(isWarning(finding) ? WARNING : INFORMATION),
      children: false,
      context: dates.length > 0 ? `finding${runnable}` : 'message',
      accessibilityLabel: `${isWarning(finding) ? 'Warning' : 'Note'}: ${description}`,
      hasTooltip: true,
      ...(dates.length > 0 && { target: { nodes: [job.processor], dates } }),
    };
  });
  const { resume } = job;
  const next = isLive(job) || resume === undefined || resume.kind === 'startsOver' ? [] : [`Run again, it ${resumeText(resume)}`];
  const failed = job.failed.slice(0, MOST_DATES).map((day): TreeNode => {
    const date = formatDay(day);
    return {
      id: `${parent}/${date}`,
      label: `${job.processor} ${date}`,
      description: 'noted as failed',
      ...STATUS_LOOKS.failed,
      children: false,
      context: `partition${runnable}`,
      accessibilityLabel: `${job.processor} ${date}, noted as failed`,
      action: 'explain',
      target: { nodes: [job.processor], from: date, to: date },
    };
  });
  const rest = job.failed.length - failed.length;
  return [
    ...findings,
    ...next.map((label) => messageNode(`${parent}/@next`, label, { icon: 'debug-continue' })),
    ...failed,
    ...(rest > 0 ? [messageNode(`${parent}/@rest`, counted(rest, 'more failed date'), { icon: 'ellipsis' })] : []),
    ...job.processes.map(({ pid, startedAt }) =>
      messageNode(`${parent}/@pid${pid}`, `Process ${pid}`, {
        icon: 'server-process',
        description: `started ${ago(now - startedAt)}`,
      }),
    ),
  ];
}

/** What running by name mends. */
function daysOf(finding: Finding): readonly number[] {
  return finding.kind === 'failedBehind' || finding.kind === 'passedOver' || finding.kind === 'noRows' ? finding.days : [];
}
