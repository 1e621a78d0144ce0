import { growthOf } from '../../app/backfillRuns';
import type { BackfillRecord } from '../../app/journal';
import type { CallLog } from '../../app/logs/callLogs';
import { parseDay } from '../../base/day';
import { formatCount, formatLeft } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { type BackfillEvent, isActivePhase, type Plan } from '../../core/backfill/backfill';
import { type Forecast, forecastOf } from '../../core/backfill/forecast';
import { type News, newsOf } from '../../core/backfill/news';
import { type BackfillProgress, progressOf } from '../../core/backfill/progress';
import { cleanedSelection, isClean } from '../../core/clean/cleanPlan';
import { saidText } from '../../core/logs/explainVerdict';
import { lastOf } from '../../core/logs/logDigest';
import type { BackfillSummary, RunningJob } from '../../protocol/messages';
import type { NodeTarget } from '../../protocol/targets';

/** A backfill as the views know it. */
export interface BackfillView {
  readonly record: BackfillRecord;
  readonly progress: BackfillProgress;
  readonly forecast: Forecast;
  /** Calls for many dates that run, by what their logs say; absent where there are none, or nobody has looked. */
  readonly calls?: readonly CallLog[];
  /** Attempts whose jobs may hang, and that somebody has said to wait for. */
  readonly waitedFor?: ReadonlySet<string>;
}

/** Whether the manifest says to stop at a category of failures. */
export type IsStop = (category: string) => boolean;

/** @param now epoch milliseconds: how long is left is told from then. */
export function viewOf(record: BackfillRecord, now: number): BackfillView {
  const progress = progressOf(record.plan, record.events, record.ownerAlive, record.jobsLeft);
  return { record, progress, forecast: forecastOf(record, progress, now) };
}

/** @param now epoch milliseconds. */
export function summaryOf(view: BackfillView, now: number, isStop: IsStop = () => false): BackfillSummary {
  const { record, progress, forecast, calls } = view;
  const { id, title, phase, done, failed, interrupted, skipped, running, total, startedAt } = progress;
  const current = inHandText(calls) ?? progress.current;
  const growth = isActivePhase(phase) ? growthOf(view, now) : [];
  const endedAt = progress.endedAt ?? (phase === 'interrupted' ? lastSign(record.events) : undefined);
  return {
    id,
    title,
    processors: processorsOf(record.plan),
    phase,
    done,
    failed,
    interrupted,
    skipped,
    running,
    total,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(forecast.left !== undefined && { etaSeconds: forecast.left.p50, etaHighSeconds: forecast.left.p90 }),
    ...(current !== undefined && { current }),
    ...(progress.pause !== undefined && { pause: { cause: progress.pause.cause, message: progress.pause.message } }),
    ...(phase === 'interrupted' && { left: leftWords(view) }),
    ...(endedAt !== undefined && done > 0 && isClean(record.plan) && { deleted: cleanedSelection(record.plan, parseDay) }),
    ...(growth.length > 0 && { growth }),
    jobs: jobsOf(view),
    news: newsOf(record.events, progress, now, isStop).map(({ partition, ...news }) => ({
      ...news,
      target: partition === undefined ? { backfill: id } : { backfill: id, ...targetOf(partition) },
    })),
  };
}

/** `10 left: 3 cut off, 7 not begun · 12–18 min`. */
export function leftWords({ progress, forecast }: BackfillView): string {
  const { interrupted: cutOff } = progress;
  const parts = [
    ...(cutOff > 0 ? [`${formatCount(cutOff)} cut off`] : []),
    ...(progress.waiting > 0 ? [`${formatCount(progress.waiting)} not begun`] : []),
  ];
  const time = forecast.left === undefined ? '' : ` · ${formatLeft(forecast.left.p50, forecast.left.p90)}`;
  if (parts.length === 0) return 'nothing left but to look at what it did';
  return `${formatCount(cutOff + progress.waiting)} left: ${parts.join(', ')}${time}`;
}

function targetOf({ processor, date, attempt }: NonNullable<News['partition']>): NodeTarget {
  return { nodes: [processor], from: date, to: date, ...(attempt !== undefined && { attempt }) };
}

/** The calls that run: their attempts share a log. */
function jobsOf({ record, progress, waitedFor }: BackfillView): readonly RunningJob[] {
  if (!isActivePhase(progress.phase)) return [];
  const open = new Map<string, Extract<BackfillEvent, { type: 'attemptStarted' }>>();
  for (const event of record.events) {
    if (event.type === 'started') open.clear();
    else if (event.type === 'attemptStarted') open.set(event.attempt, event);
    else if (event.type === 'attemptEnded' || event.type === 'notAttempted') open.delete(event.attempt);
  }
  return [...groupBy(open.values(), ({ log }) => log).values()].flatMap((attempts) => {
    const [first] = attempts;
    if (first === undefined) return [];
    const found = progress.silent.find(({ attempt }) => attempts.some((one) => one.attempt === attempt));
    const silent = found === undefined || waitedFor?.has(found.attempt) === true ? undefined : found;
    const attempt = found?.attempt ?? first.attempt;
    const name = `${first.processor} ${first.date}${attempts.length === 1 ? '' : ` and ${attempts.length - 1} more`}`;
    return [{ attempt, name, ...(silent !== undefined && { silent: silent.basis }) }];
  });
}

/** `MLFS 2021-11-14, 12 of 30 by its log`; undefined where no log tells which date is in hand. */
function inHandText(calls: readonly CallLog[] = []): string | undefined {
  const told = calls.flatMap(({ processor, digest: { current, progress } }) => {
    if (current === undefined) return [];
    const which =
      progress === undefined ? '' : `, ${formatCount(progress.done + 1)} of ${formatCount(progress.total)} by its log`;
    return [`${processor} ${current}${which}`];
  });
  return told.length > 1 ? `${told[0]} and ${told.length - 1} more` : told[0];
}

/** What the log of a call says of one of its dates; undefined where no call that runs has it, or its log tells of no dates. */
export function logText(calls: readonly CallLog[] | undefined, processor: string, date: string): string | undefined {
  const call = calls?.find((one) => one.processor === processor && one.digest.dates.length > 0);
  if (call === undefined) return undefined;
  const said = lastOf(call.digest, date);
  if (said === undefined) return 'not begun';
  return said.outcome === 'started' && call.digest.current === date ? 'in hand' : saidText(said);
}

export function isActive({ progress }: BackfillView): boolean {
  return isActivePhase(progress.phase);
}

/** Ids of what it runs, in the order of the plan. */
export function processorsOf(plan: Plan): readonly string[] {
  const runs = plan.partitions.filter(({ action }) => action === 'run');
  return [...new Set((runs.length > 0 ? runs : plan.partitions).map(({ processor }) => processor))];
}

function lastSign(events: readonly BackfillEvent[]): number | undefined {
  const last = events.at(-1);
  return last === undefined ? undefined : Date.parse(last.at);
}
