import { formatDay } from '../../base/day';
import type { Processor } from '../pipeline';
import type { ElsewhereJob } from './elsewhereJob';
import { findingAdvice, findingText, isWarning } from './elsewhereWords';

/** Jobs as data for other tools: instants are ISO, dates too. */
export function elsewhereReport(
  jobs: readonly ElsewhereJob[],
  processors: readonly Processor[],
): readonly Readonly<Record<string, unknown>>[] {
  const instant = (epochMs: number | undefined) => (epochMs === undefined ? undefined : new Date(epochMs).toISOString());
  return jobs.map((job) => {
    const { id, processor, state, range, dates, processes, checkpoint, done, total, failed, left, at, resume, findings } = job;
    const of = processors.find((one) => one.id === processor);
    return {
      id,
      processor,
      state,
      from: range && formatDay(range.from),
      to: range && formatDay(range.to),
      dates: dates?.map(formatDay),
      done,
      total,
      failed: failed.map(formatDay),
      left: left.map(formatDay),
      at: at === undefined ? undefined : formatDay(at),
      secondsPerDate: job.secondsPerDate,
      etaSeconds: job.etaSeconds,
      processes: processes.map(({ pid, startedAt, argv }) => ({ pid, startedAt: instant(startedAt), argv })),
      checkpoint: checkpoint && {
        path: checkpoint.path,
        madeAt: instant(checkpoint.madeAt),
        writtenAt: instant(checkpoint.writtenAt),
      },
      resume: resume && {
        kind: resume.kind,
        at: formatDay(resume.at),
        why: resume.kind === 'startsOver' ? resume.why : undefined,
      },
      findings: findings.map((finding) => {
        const advice = of === undefined ? undefined : findingAdvice(finding, job, of);
        const days = 'days' in finding ? finding.days.map(formatDay) : undefined;
        const { text, command, own } = advice ?? {};
        return {
          kind: finding.kind,
          warning: isWarning(finding),
          text: findingText(finding),
          dates: days,
          advice: text,
          command,
          ownCommand: own,
        };
      }),
    };
  });
}
