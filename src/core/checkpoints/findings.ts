import type { Day, DayRange } from '../../base/day';
import type { Checkpoint } from './checkpointText';
import type { ElsewhereFacts, Finding } from './elsewhereJob';
import { type CheckpointDates, contradictions } from './resume';

/** What findings rest on. */
export interface FindingInput {
  readonly job: ElsewhereFacts;
  readonly checkpoint: Checkpoint | undefined;
  readonly problem: string | undefined;
  readonly dates: CheckpointDates;
  /** A process was started over the checkpoint and goes back to its first date, or was seen to work on dates that were noted before. */
  readonly startsAgain: boolean;
  /** It works on off-days, too. */
  readonly everyDay: boolean;
  /** Since its start, or since a date ended. */
  readonly sinceSign: number;
  readonly noRows: readonly Day[];
  /** By backfill that runs: the dates of the job that it holds. */
  readonly held: ReadonlyMap<string, readonly Day[]>;
  /** Of the same processor. */
  readonly others: readonly { readonly range: DayRange; readonly done: readonly Day[]; readonly pids: readonly number[] }[];
}

const LEAST_QUIET_SECONDS = 600;
const QUIET_WITHOUT_PACE_SECONDS = 3600;
const MOST_OTHERS = 3;

/** What is wrong or surprising about a job, the most pressing first. */
export function findingsOf(input: FindingInput): readonly Finding[] {
  const { job, checkpoint, problem, sinceSign, noRows, others } = input;
  const runs = job.processes.length > 0;
  const findings: Finding[] = [];
  if (job.processes.length > 1) findings.push({ kind: 'manyWriters', pids: job.processes.map(({ pid }) => pid) });
  for (const { range: other, pids } of others) {
    if (runs && pids.length > 0 && job.range !== undefined && overlap(job.range, other))
      findings.push({ kind: 'overlapsRunning', other, pids });
  }
  if (runs) for (const [backfill, days] of input.held) findings.push({ kind: 'overlapsBackfill', backfill, days });
  if (problem !== undefined) findings.push({ kind: 'unreadable', problem });
  if (checkpoint !== undefined) findings.push(...findingsOfCheckpoint(input, checkpoint, runs));
  if (noRows.length > 0) findings.push({ kind: 'noRows', days: noRows });
  const patience =
    job.secondsPerDate === undefined ? QUIET_WITHOUT_PACE_SECONDS : Math.max(LEAST_QUIET_SECONDS, 3 * job.secondsPerDate);
  // Without a checkpoint nobody expects a sign.
  if (runs && checkpoint !== undefined && sinceSign > patience) findings.push({ kind: 'quiet', seconds: sinceSign });
  if (job.left.length > 0) {
    const shared = others.flatMap(({ range: other, done }) => {
      const theirs = new Set(done);
      const days = job.left.filter((day) => theirs.has(day));
      return days.length === 0 ? [] : [{ kind: 'doneElsewhere', other, days } as const];
    });
    findings.push(...shared.sort((a, b) => b.days.length - a.days.length).slice(0, MOST_OTHERS));
  }
  return findings;
}

function findingsOfCheckpoint(
  { job, dates, startsAgain, everyDay }: FindingInput,
  checkpoint: Checkpoint,
  runs: boolean,
): Finding[] {
  const findings: Finding[] = [];
  const { resume } = job;
  const { lastSuccess } = checkpoint;
  const torn = contradictions(checkpoint);
  if (startsAgain && resume?.kind === 'startsOver') findings.push({ kind: 'runsAgain', why: resume.why, from: resume.at });
  else if (torn.length > 0) findings.push({ kind: 'forgotten', days: torn });
  // What starts over comes to all of them again.
  const goesOn = resume?.kind !== 'startsOver' || resume.why === 'complete' || runs;
  if (lastSuccess !== undefined && goesOn && !startsAgain) {
    const behind = job.failed.filter((day) => day < lastSuccess);
    if (behind.length > 0) findings.push({ kind: 'failedBehind', days: behind });
    const noted = new Set([...checkpoint.successful, ...checkpoint.failed, ...checkpoint.skipped]);
    const days = dates.expected.filter((day) => day < lastSuccess && !noted.has(day));
    if (days.length > 0 && noted.size > 0) findings.push({ kind: 'passedOver', days });
  }
  if (runs && !startsAgain && dates.known && !everyDay && job.left.length === 0) findings.push({ kind: 'runsPastItsEnd' });
  if (!runs && resume?.kind === 'startsOver' && resume.why !== 'contradiction')
    findings.push({ kind: 'startsOver', why: resume.why, from: resume.at });
  return findings;
}

function overlap(a: DayRange, b: DayRange): boolean {
  return a.from <= b.to && b.from <= a.to;
}
