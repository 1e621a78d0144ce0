import { parseDay } from '../../base/day';
import { isGap, STATUSES } from '../../base/status';
import type { BackfillPhase, Plan } from '../backfill/backfill';
import type { Forecast } from '../backfill/forecast';
import type { BackfillProgress } from '../backfill/progress';
import { tablesOf } from '../coverage/classify';
import type { CoverageGrid, CoverageInput } from '../coverage/coverage';
import { shellText } from '../plan/commandLine';

/** A backfill, as somebody who takes over has to know it. Instants are ISO. */
export interface WorkReport {
  readonly id: string;
  /** Such as `PDC, 2021-11-05 to 2021-11-09: 5 partitions`. */
  readonly title: string;
  readonly phase: BackfillPhase;
  /** Of the partitions that the plan runs. */
  readonly done: number;
  readonly failed: number;
  /** Cut off. */
  readonly interrupted: number;
  readonly skipped: number;
  readonly total: number;
  /** Partitions of its plan that did not end well and are gaps now, whoever ran them since. */
  readonly left: number;
  readonly reason?: string;
  readonly current?: string;
  /** How long is left: as likely more as less, and what is not exceeded nine times of ten. */
  readonly etaSeconds?: number;
  readonly etaHighSeconds?: number;
  /** Why nothing new starts. */
  readonly paused?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Shows it, or goes on with it; absent where nothing is left to do. */
  readonly command?: string;
}

export interface BackfillFacts {
  readonly plan: Plan;
  readonly progress: BackfillProgress;
  readonly forecast: Forecast;
}

const OVER: readonly BackfillPhase[] = ['done', 'failed', 'cancelled'];

/** Whether it has ended in a way that leaves nothing to go on with. */
export function isOver({ phase }: { readonly phase: BackfillPhase }): boolean {
  return OVER.includes(phase);
}

export function workReport({ plan, progress, forecast }: BackfillFacts, input: CoverageInput, grid: CoverageGrid): WorkReport {
  const { id, title, phase, done, failed, interrupted, skipped, total, current, pause, startedAt, endedAt } = progress;
  const { cellOf } = tablesOf(input, grid);
  const left = plan.partitions.filter(({ processor, date, action }) => {
    const state = progress.partitions.get(`${processor} ${date}`);
    if (action !== 'run' || state === 'done' || state === 'cleaned') return false;
    const day = parseDay(date);
    const cell = day === undefined ? -1 : cellOf(processor, day);
    return cell >= 0 && isGap(STATUSES[grid.status[cell] ?? 0] ?? 'off');
  }).length;
  const command = goOnCommand(id, phase, left);
  const { reason } = plan.request;
  return {
    id,
    title,
    phase,
    done,
    failed,
    interrupted,
    skipped,
    total,
    left,
    ...(reason !== undefined && reason !== '' && { reason }),
    ...(current !== undefined && { current }),
    ...(pause !== undefined && { paused: pause.message }),
    ...(forecast.left !== undefined && { etaSeconds: forecast.left.p50, etaHighSeconds: forecast.left.p90 }),
    ...(startedAt !== undefined && { startedAt: new Date(startedAt).toISOString() }),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
    ...(command !== undefined && { command }),
  };
}

/** What goes on with it where it stands still, else what shows it. */
function goOnCommand(id: string, phase: BackfillPhase, left: number): string | undefined {
  if (OVER.includes(phase) || (phase === 'interrupted' && left === 0)) return undefined;
  return shellText(['backfill', phase === 'interrupted' || phase === 'paused' ? 'resume' : 'attach', id]);
}
