import { join } from 'node:path';
import { formatDay } from '../../base/day';
import type { BackfillEventBody } from '../../core/backfill/backfill';
import type { WorkItem } from '../../core/backfill/workSet';
import type { AttemptFact, AttemptInput } from '../../core/coverage/coverage';
import { fingerprintOf, type PartitionObservation } from '../../core/observation/observation';

/** One try at a partition. */
export interface Attempt {
  readonly id: string;
  readonly item: WorkItem;
  readonly before: PartitionObservation;
  readonly inputs: readonly AttemptInput[];
}

/** What all events of an attempt carry. */
export function nameOf({ id, item }: Attempt): { readonly attempt: string; readonly processor: string; readonly date: string } {
  return { attempt: id, processor: item.processor, date: formatDay(item.day) };
}

/** One file a call: `logs/PDC-2021-11-05-1.log`, `logs/MLFS-2021-11-05-1+29.log`. */
export function logName(attempts: readonly Attempt[]): string {
  const name = (attempts[0]?.id ?? 'none').replace(/[^\w.-]/g, '_');
  return join('logs', attempts.length > 1 ? `${name}+${attempts.length - 1}.log` : `${name}.log`);
}

/** To be written before anything is changed. */
export function startedEvent({ id, item, before, inputs }: Attempt, log: string): BackfillEventBody {
  return {
    type: 'attemptStarted',
    attempt: id,
    processor: item.processor,
    date: formatDay(item.day),
    before: fingerprintOf(before),
    rowsBefore: before.rows,
    ...(before.content !== undefined && { content: before.content }),
    inputs,
    log,
  };
}

/** What became of it. */
export function endedEvent(
  of: { readonly attempt: string; readonly processor: string; readonly date: string },
  { outcome, after, category, message, signature, stages, longestSilence }: AttemptFact,
  rowsAfter: number,
  seconds: number,
  alarm: boolean | undefined,
): BackfillEventBody {
  return {
    type: 'attemptEnded',
    ...of,
    outcome,
    ...(after !== undefined && { after }),
    rowsAfter,
    seconds: Math.round(seconds * 1000) / 1000,
    ...(stages !== undefined && { stages }),
    ...(category !== undefined && { category }),
    ...(message !== undefined && { message }),
    ...(signature !== undefined && { signature }),
    ...(alarm === true && { alarm }),
    ...(longestSilence !== undefined && { longestSilence }),
  };
}
