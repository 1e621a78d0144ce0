import { counted, formatCount, formatLeft } from '../../base/figures';
import { escaped } from '../../base/markdown';
import type { ElsewhereJob } from '../checkpoints/elsewhereJob';
import { datesText, elsewhereLine, findingText, isWarning } from '../checkpoints/elsewhereWords';
import type { Handoff } from './handoff';
import { bullets, commandBlock, type HandoffLayout, instantText, leftOut } from './layout';
import type { WorkReport } from './work';

const MOST_BACKFILLS = 10;
const MOST_JOBS = 10;
const MOST_FINDINGS = 4;
const MOST_DAMAGE = 5;

/** What runs, what was interrupted, what was started elsewhere and what has ended, with the commands that go on with it. */
export function workSection(handoff: Handoff, layout: HandoffLayout): string[] {
  const { open, ended, elsewhere, damage, writtenAt, changes } = handoff;
  // What nothing is left of needs nobody.
  const going = open.filter(({ phase, left }) => phase !== 'interrupted' || left > 0);
  const settled = open.length - going.length;
  const jobs = elsewhere.filter((job) => job.state !== 'complete' || job.findings.some(isWarning));
  const sections = ['## Running and interrupted work'];
  if (going.length === 0 && jobs.length === 0)
    sections.push('Nothing runs, and nothing is left of a backfill that was interrupted.');
  for (const work of going.slice(0, MOST_BACKFILLS)) {
    sections.push(workText(work, layout));
    if (work.command !== undefined) sections.push(commandBlock([work.command], layout));
  }
  if (going.length > MOST_BACKFILLS)
    sections.push(leftOut(`${counted(going.length - MOST_BACKFILLS, 'more backfill')}: \`backfill runs\` lists them.`));
  if (settled > 0) sections.push(leftOut(`${counted(settled, 'interrupted backfill')} of which no gap is left.`));
  if (jobs.length > 0) {
    sections.push('### Started elsewhere', ...jobs.slice(0, MOST_JOBS).map((job) => jobText(job, Date.parse(writtenAt))));
    if (jobs.length > MOST_JOBS)
      sections.push(leftOut(`${counted(jobs.length - MOST_JOBS, 'more job')}: \`backfill runs --elsewhere\` lists them.`));
    sections.push(commandBlock(['backfill runs --elsewhere'], layout));
  }
  if (ended.length > 0) {
    sections.push(
      changes.since === undefined ? '### Ended last' : '### Ended since the last report',
      ended.map((work) => `- ${lineOf(work)}`).join('\n'),
    );
  }
  if (damage.length > 0)
    sections.push(
      '### What cannot be read of the journal',
      bullets(damage.map(escaped), MOST_DAMAGE, (count) => `and ${count} more`),
    );
  return sections;
}

function workText(work: WorkReport, { link }: HandoffLayout): string {
  const plan = `.backfill/runs/${work.id}/plan.json`;
  const files = link === undefined ? '' : ` · [plan](${link(plan)})`;
  return `${lineOf(work)}${files}`;
}

/** `**interrupted** MLFS, 2021-11-05 to 2021-11-09: 5 partitions: 2/5 done, 1 failed, 3 left`. */
function lineOf({
  id,
  title,
  phase,
  done,
  failed,
  interrupted,
  skipped,
  total,
  left,
  reason,
  current,
  etaSeconds,
  etaHighSeconds,
  paused,
  startedAt,
  endedAt,
}: WorkReport): string {
  const parts = [`${formatCount(done)}/${formatCount(total)} done`];
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  if (interrupted > 0) parts.push(`${formatCount(interrupted)} interrupted`);
  if (skipped > 0) parts.push(`${formatCount(skipped)} skipped`);
  if (left > 0) parts.push(`${formatCount(left)} still ${left === 1 ? 'a gap' : 'gaps'}`);
  if (current !== undefined) parts.push(`now ${current}`);
  if (etaSeconds !== undefined) parts.push(`${formatLeft(etaSeconds, etaHighSeconds ?? etaSeconds)} left`);
  if (startedAt !== undefined) parts.push(`started ${instantText(startedAt)}`);
  if (endedAt !== undefined) parts.push(`ended ${instantText(endedAt)}`);
  const why = [paused, reason].map((text) => (text === undefined ? '' : ` · ${escaped(text)}`)).join('');
  return `**${phase}** ${escaped(title)} · ${escaped(parts.join(', '))}${why} · \`${id}\``;
}

function jobText(job: ElsewhereJob, now: number): string {
  const lines = [`**${escaped(job.processor)}** ${escaped(datesText(job))} · ${escaped(elsewhereLine(job, now))}`];
  const findings = job.findings.filter(isWarning).map((finding) => `⚠ ${escaped(findingText(finding))}`);
  if (findings.length === 0) return lines.join('\n');
  return [...lines, '', bullets(findings, MOST_FINDINGS, (count) => `and ${count} more`)].join('\n');
}
