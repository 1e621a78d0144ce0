import { type Day, type DayRange, formatDay, formatRange, parseDay } from '../../base/day';
import type { Plan, PlanConflict, PlannedJob } from '../backfill/backfill';
import type { Processor } from '../pipeline';
import { nextCall } from '../plan/runMethod';
import type { ElsewhereReport } from './elsewhere';
import { type ElsewhereJob, isLive } from './elsewhereJob';
import { datesText } from './elsewhereWords';
import { datesOf, type KnownCoverage } from './partitionFacts';

/** A plan with what gets into its way of jobs that were started elsewhere, and of the checkpoints that its own jobs will find. */
export function withConflicts(plan: Plan, report: ElsewhereReport, coverage: KnownCoverage): Plan {
  const found = planConflicts(plan, report, coverage);
  return found.length === 0 ? plan : { ...plan, conflicts: [...(plan.conflicts ?? []), ...found] };
}

export function planConflicts(plan: Plan, report: ElsewhereReport, coverage: KnownCoverage): readonly PlanConflict[] {
  return [
    ...report.jobs.filter(isLive).flatMap((job) => sameDates(plan, job) ?? []),
    ...coverage.input.pipeline.processors.flatMap((processor) => leftOut(plan, processor, report, coverage)),
  ];
}

function sameDates(plan: Plan, job: ElsewhereJob): PlanConflict | undefined {
  const days = daysOf(plan, job.processor).filter((day) => worksOn(job, day));
  if (days.length === 0) return undefined;
  const pids = job.processes.map(({ pid }) => pid).join(', ');
  const its = datesText(job);
  return {
    kind: 'elsewhere',
    who: `${pids === '' ? 'a job' : `process ${pids}`}${its === '' ? '' : ` (${its})`}`,
    partitions: [{ processor: job.processor, dates: days.map(formatDay) }],
    effect: `${job.state === 'running' ? 'It runs' : 'It may run'} outside of any backfill: both would write the same partitions.`,
    advice: 'Wait for it, or end it first.',
    command: 'backfill runs --elsewhere',
  };
}

/** Whether it may come to a date: of one whose dates are not known, any. */
function worksOn({ range, dates }: ElsewhereJob, day: Day): boolean {
  if (dates !== undefined) return dates.includes(day);
  return range === undefined || (range.from <= day && day <= range.to);
}

/** Names or words of overrides with which jobs ignore what they have noted. */
const IGNORES = /resume|fresh|restart|ignore|force|from.?scratch/i;

/** A call whose range has a checkpoint goes on from it, and leaves out what the plan has before that. */
function leftOut(
  plan: Plan,
  processor: Processor,
  { checkpoints }: ElsewhereReport,
  coverage: KnownCoverage,
): readonly PlanConflict[] {
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
      {
        kind: 'checkpoint' as const,
        who: `the checkpoint of ${formatRange(range)}`,
        partitions: [{ processor: processor.id, dates: skipped.map(formatDay) }],
        effect: `The job would resume at ${formatDay(resume.at)} and leave these dates out.`,
        advice: mend,
        command: 'backfill runs --elsewhere',
      },
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
