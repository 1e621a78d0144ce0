import { type Day, formatDay, formatRange } from '../../base/day';
import { counted, formatCount, formatSeconds } from '../../base/figures';
import type { Processor } from '../pipeline';
import { runCommandLine, shellText } from '../plan/commandLine';
import { argvOf } from '../plan/runMethod';
import { listText } from '../words';
import { type ElsewhereFacts, type ElsewhereJob, type Finding, isLive, lastSign } from './elsewhereJob';
import type { Resume, StartOver } from './resume';

/** More dates than these stand in a command as a range: a run of gaps leaves out what is complete. */
const MOST_DATES_IN_COMMAND = 40;
const MOST_DATES_NAMED = 5;

/** `12/58, 1 failed`; undefined where no checkpoint says how far it is. */
function elsewhereCounts({ checkpoint, resume, done, total, failed }: ElsewhereFacts): string | undefined {
  if (checkpoint === undefined || resume === undefined) return undefined;
  const count = total === undefined ? counted(done, 'date') : `${formatCount(done)}/${formatCount(total)}`;
  return failed.length === 0 ? count : `${count}, ${formatCount(failed.length)} failed`;
}

/** `running · 12/58 · at 2021-11-14 · ~40 min left`, `stopped after 2021-11-13 · 12/58 · 3 h ago · would start over from 2021-11-01`. */
export function elsewhereLine(job: ElsewhereJob, now: number): string {
  const { state, at, etaSeconds, processes, checkpoint, resume, findings } = job;
  const counts = elsewhereCounts(job);
  const parts: (string | undefined)[] = [];
  if (isLive(job)) {
    const again = findings.find((finding) => finding.kind === 'runsAgain');
    const since = Math.min(...processes.map(({ startedAt }) => startedAt));
    const word = state === 'running' ? 'running' : 'perhaps running';
    if (again?.kind === 'runsAgain') parts.push(`${word} again from ${formatDay(again.from)}`);
    else if (counts !== undefined) parts.push(word, counts, at === undefined ? undefined : `at ${formatDay(at)}`);
    else parts.push(processes.length === 0 ? word : `${word} for ${roughly(now - since)}`, datesText(job));
    const quiet = findings.find((finding) => finding.kind === 'quiet');
    if (quiet?.kind === 'quiet') parts.push(`quiet for ${roughly(quiet.seconds * 1000)}`);
    else if (etaSeconds !== undefined) parts.push(`~${roughly(Math.max(1, etaSeconds) * 1000)} left`);
    if (state === 'perhapsRunning') parts.push(`wrote ${ago(now - lastSign(job))}`);
  } else {
    const word = state === 'stopped' && at !== undefined ? `stopped after ${formatDay(at)}` : state;
    parts.push(word, counts, state === 'stopped' && at !== undefined ? undefined : datesText(job));
    if (checkpoint !== undefined) parts.push(ago(now - checkpoint.writtenAt));
    if (state === 'stopped' && resume !== undefined) parts.push(resumeText(resume));
  }
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

/** How far one is that runs, in a few words: `12/58 · ~40 min left`, `for 3 min`. */
export function elsewhereProgress(job: ElsewhereJob, now: number): string {
  const since = Math.min(...job.processes.map(({ startedAt }) => startedAt));
  const counts = elsewhereCounts(job) ?? (job.processes.length === 0 ? '' : `for ${roughly(now - since)}`);
  return job.etaSeconds === undefined ? counts : `${counts} · ~${roughly(Math.max(1, job.etaSeconds) * 1000)} left`;
}

/** The dates that it was told: `2021-11-01 to 2021-11-14`, `3 dates`. */
export function datesText({ range, dates }: Pick<ElsewhereFacts, 'range' | 'dates'>): string {
  if (range !== undefined) return formatRange(range);
  if (dates === undefined) return '';
  return dates.length <= 2 ? dates.map(formatDay).join(', ') : counted(dates.length, 'date');
}

const START_OVER: Readonly<Record<StartOver, string>> = {
  complete: 'it takes a finished range for one that was never begun',
  offDaysLeft: 'after its last success there are only off-days',
  nothingSucceeded: 'so far dates were only skipped or failed',
  contradiction: 'its checkpoint contradicts itself',
};

/** `would resume at 2021-11-14`, `would start over from 2021-11-01 (after its last success there are only off-days)`. */
export function resumeText(resume: Resume): string {
  switch (resume.kind) {
    case 'first':
      return `would start at ${formatDay(resume.at)}`;
    case 'goesOn':
      return `would resume at ${formatDay(resume.at)}`;
    case 'startsOver':
      return `would start over from ${formatDay(resume.at)} (${START_OVER[resume.why]})`;
  }
}

/** Whether somebody has to act, or only to know. */
export function isWarning(finding: Finding): boolean {
  return finding.kind !== 'startsOver' && finding.kind !== 'doneElsewhere' && finding.kind !== 'runsPastItsEnd';
}

/** A few words that stand alone; `findingText` has the rest. */
export function findingTitle(finding: Finding): string {
  switch (finding.kind) {
    case 'failedBehind':
      return `${counted(finding.days.length, 'failed date')} left behind`;
    case 'passedOver':
      return `${counted(finding.days.length, 'date')} without a note`;
    case 'startsOver':
      return 'Starts over when it is run again';
    case 'runsAgain':
      return 'Goes through everything again';
    case 'runsPastItsEnd':
      return 'All dates are noted, and it runs';
    case 'forgotten':
      return 'Its progress will be forgotten';
    case 'manyWriters':
      return `${counted(finding.pids.length, 'process', 'processes')} on one checkpoint`;
    case 'doneElsewhere':
      return `${counted(finding.days.length, 'date')} done in another checkpoint`;
    case 'overlapsRunning':
      return `Overlaps process ${finding.pids.join(', ')}`;
    case 'overlapsBackfill':
      return 'Overlaps a backfill';
    case 'noRows':
      return `${counted(finding.days.length, 'date')} done without rows`;
    case 'quiet':
      return `Quiet for ${roughly(finding.seconds * 1000)}`;
    case 'unreadable':
      return 'Its checkpoint cannot be read';
  }
}

/** One sentence. */
export function findingText(finding: Finding): string {
  switch (finding.kind) {
    case 'failedBehind':
      return `${counted(finding.days.length, 'failed date')} before its last success: going on never comes back to them (${named(finding.days)}).`;
    case 'passedOver':
      return `${counted(finding.days.length, 'date')} before its last success in none of its lists: it noted no end of them (${named(finding.days)}).`;
    case 'startsOver':
      return `Run again over the same dates, it starts over from ${formatDay(finding.from)}: ${START_OVER[finding.why]}.`;
    case 'runsAgain':
      return `It goes through everything again from ${formatDay(finding.from)}, even if it says that it resumes: ${START_OVER[finding.why]}.`;
    case 'runsPastItsEnd':
      return 'Every date of its range is noted, and it still runs: it is ending, or it goes through all of them again.';
    case 'forgotten':
      return `Noted both as successful and as failed: ${named(finding.days)}. When it is loaded next, the whole checkpoint is thrown away.`;
    case 'manyWriters':
      return `Processes ${finding.pids.join(' and ')} run the same dates: each overwrites what the others note.`;
    case 'doneElsewhere':
      return `${counted(finding.days.length, 'date')} still to come ${finding.days.length === 1 ? 'is' : 'are'} done in another checkpoint (${formatRange(finding.other)}): ranges share no progress.`;
    case 'overlapsRunning':
      return `Process ${finding.pids.join(' and ')} works on ${formatRange(finding.other)} at the same time.`;
    case 'overlapsBackfill':
      return `Backfill ${finding.backfill} holds ${counted(finding.days.length, 'date')} of it: both write the same partitions (${named(finding.days)}).`;
    case 'noRows':
      return `${counted(finding.days.length, 'date')} noted as successful without rows in the table (${named(finding.days)}).`;
    case 'quiet':
      return `No date has ended for ${roughly(finding.seconds * 1000)}.`;
    case 'unreadable':
      return `Its checkpoint cannot be read. ${finding.problem}`;
  }
}

/** What to do, in a sentence or two, and a command where one does it. */
export function findingAdvice(
  finding: Finding,
  job: ElsewhereFacts,
  processor: Processor,
): { readonly text: string; readonly command?: string; readonly own?: string } {
  switch (finding.kind) {
    case 'failedBehind':
    case 'passedOver':
    case 'noRows':
      return retry(finding.days, processor);
    case 'startsOver':
      if (finding.why === 'nothingSucceeded') return { text: 'Nothing is lost by that.' };
      return { text: 'Run what is missing as a backfill: it runs gaps only.', ...gaps(job, processor) };
    case 'runsAgain':
    case 'runsPastItsEnd':
      return { text: 'Unless that is meant, end it and run what is missing as a backfill.', ...gaps(job, processor) };
    case 'forgotten':
      return { text: 'A backfill looks at the warehouse instead, and runs gaps only.', ...gaps(job, processor) };
    case 'manyWriters':
      return { text: 'End all of them but one.' };
    case 'overlapsRunning':
      return { text: 'Both write the same partitions: end one of them.' };
    case 'overlapsBackfill':
      return { text: 'End the job, or cancel the backfill.', command: shellText(['backfill', 'cancel', finding.backfill]) };
    case 'doneElsewhere':
      return { text: 'It runs them once more. A backfill leaves out what is complete.', ...gaps(job, processor) };
    case 'quiet':
      return {
        text: `Look at its output. If it hangs, end process ${job.processes.map(({ pid }) => pid).join(', ')}: it goes on from its last success when it is started again.`,
      };
    case 'unreadable':
      return { text: 'The job would start over from its first date. A backfill runs gaps only.', ...gaps(job, processor) };
  }
}

function retry(
  days: readonly Day[],
  processor: Processor,
): { readonly text: string; readonly command?: string; readonly own?: string } {
  if (processor.run.length === 0) return { text: 'Run them by name; the manifest says no way to.' };
  const lists = processor.run.find((method) => method.kind === 'command' && method.each === 'list');
  const own = lists?.kind === 'command' ? shellText(argvOf(lists.argv, days.map(formatDay))) : undefined;
  return { text: 'Run them by name.', command: runOf(processor, days), ...(own !== undefined && { own }) };
}

function gaps({ range }: ElsewhereFacts, processor: Processor): { readonly command?: string } {
  if (range === undefined || processor.run.length === 0) return {};
  return { command: runCommandLine({ processors: [processor.id], from: formatDay(range.from), to: formatDay(range.to) }) };
}

function runOf({ id }: Processor, days: readonly Day[]): string {
  const [first, last] = [days[0], days.at(-1)];
  if (days.length <= MOST_DATES_IN_COMMAND || first === undefined || last === undefined)
    return runCommandLine({ processors: [id], dates: days.map(formatDay) });
  return runCommandLine({ processors: [id], from: formatDay(first), to: formatDay(last) });
}

function named(days: readonly Day[]): string {
  return listText(days.map(formatDay), MOST_DATES_NAMED);
}

/** `3 h ago`: in one unit, because nobody needs more of an age. */
export function ago(ms: number): string {
  return ms < 60_000 ? 'just now' : `${roughly(ms)} ago`;
}

/** A duration in its largest unit: `40 min`, `3 h`, `2 d`. */
function roughly(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  for (const unit of [86_400, 3600, 60]) if (seconds >= unit) return formatSeconds(Math.floor(seconds / unit) * unit);
  return formatSeconds(seconds);
}
