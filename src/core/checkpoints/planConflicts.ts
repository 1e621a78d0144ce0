import { type Day, type DayRange, formatDay, formatRange, parseDay } from '../../base/day';
import { counted } from '../../base/figures';
import type { Plan, PlannedJob } from '../backfill';
import type { Processor } from '../pipeline';
import { nextCall } from '../runMethod';
import type { ElsewhereReport } from './elsewhere';
import { type ElsewhereJob, isLive } from './elsewhereJob';
import { datesText } from './elsewhereWords';
import { datesOf, type KnownCoverage } from './partitionFacts';

/**
 * What of a plan gets into the way of jobs that were started elsewhere, or of the checkpoints that its own jobs will find: a sentence each, for
 * the plan's warnings.
 */
export function planConflicts(plan: Plan, report: ElsewhereReport, coverage: KnownCoverage): readonly string[] {
  return [
    ...report.jobs.filter(isLive).flatMap((job) => sameDates(plan, job) ?? []),
    ...coverage.input.pipeline.processors.flatMap((processor) => leftOut(plan, processor, report, coverage)),
  ];
}

function sameDates(plan: Plan, job: ElsewhereJob): string | undefined {
  const days = daysOf(plan, job.processor).filter((day) => worksOn(job, day));
  const [first] = days;
  if (first === undefined) return undefined;
  const pids = job.processes.map(({ pid }) => pid).join(', ');
  const who = [pids === '' ? '' : `process ${pids}`, datesText(job)].filter((part) => part !== '').join(', ');
  const what = days.length === 1 ? formatDay(first) : counted(days.length, 'date');
  return `${job.processor} ${job.state === 'running' ? 'runs' : 'may run'} elsewhere (${who}), with ${what} of this plan: both would write the same partitions. Wait for it, or end it first.`;
}

/** Whether it may come to a date: of one whose dates are not known, any. */
function worksOn({ range, dates }: ElsewhereJob, day: Day): boolean {
  if (dates !== undefined) return dates.includes(day);
  return range === undefined || (range.from <= day && day <= range.to);
}

/** Names or words of overrides with which jobs ignore what they have noted. */
const IGNORES = /resume|fresh|restart|ignore|force|from.?scratch/i;

/** A call whose range has a checkpoint goes on from it, and leaves out what the plan has before that. */
function leftOut(plan: Plan, processor: Processor, { checkpoints }: ElsewhereReport, coverage: KnownCoverage): readonly string[] {
  const job = plan.jobs.find((one) => one.processor === processor.id);
  const own = checkpoints.filter((one) => one.processor === processor.id);
  if (job?.method !== 'range' || own.length === 0) return [];
  const method = processor.run.find((one) => one.kind === 'command' && one.each === 'range');
  const overrides = method?.kind === 'command' ? Object.entries(method.overrides) : [];
  const fresh = overrides.filter(([name, words]) => [name, ...words].some((word) => IGNORES.test(word))).map(([name]) => name);
  if (fresh.some((name) => plan.request.overrides.includes(name))) return [];
  return callsOf(plan, job, processor, coverage).flatMap(({ days, range }) => {
    const resume = own.find(({ range: its }) => its.from === range.from && its.to === range.to)?.resume;
    const skipped = resume?.kind === 'goesOn' ? days.filter((day) => day < resume.at) : [];
    if (resume === undefined || skipped.length === 0) return [];
    const mend =
      fresh[0] === undefined ? 'Run them by other dates, or move its checkpoint away.' : `The override ${fresh[0]} runs them.`;
    return [
      `${processor.id} keeps a checkpoint of ${formatRange(range)} and would resume at ${formatDay(resume.at)}: its job would leave out ${counted(skipped.length, 'date')} of this plan. ${mend}`,
    ];
  });
}

/** The calls that the plan's dates make, as far as they are not kept waiting. */
function callsOf(
  plan: Plan,
  { maxDates }: PlannedJob,
  processor: Processor,
  coverage: KnownCoverage,
): readonly { readonly days: readonly Day[]; readonly range: DayRange }[] {
  const left = new Set(daysOf(plan, processor.id));
  const whole = { from: Math.min(...left), to: Math.max(...left) };
  const expected = new Set(left.size === 0 ? [] : datesOf(coverage, processor, whole).expected);
  const calls: { days: readonly Day[]; range: DayRange }[] = [];
  while (left.size > 0) {
    const days = nextCall('range', [...left], maxDates, (day) => expected.has(day));
    for (const day of days) left.delete(day);
    const [from, to] = [days[0], days.at(-1)];
    if (from === undefined || to === undefined) break;
    calls.push({ days, range: { from, to } });
  }
  return calls;
}

/** Those that it runs, in its order. */
function daysOf({ partitions }: Plan, processor: string): readonly Day[] {
  return partitions.flatMap((one) => (one.action === 'run' && one.processor === processor ? (parseDay(one.date) ?? []) : []));
}
