import { counted, formatSeconds } from '../../base/figures';
import type { PartitionKey } from '../coverage/coverage';
import type { BackfillEvent } from './backfill';
import type { BackfillProgress } from './progress';

/**
 * What somebody who does something else is told of a backfill: its end, or what needs a person before that. `stop`: a failure of a category that the
 * manifest says to stop at. `alarm`: a partition that had rows is empty. `pause`: it does not go on by itself. `silent`: a job may hang.
 */
export type NewsKind = 'ended' | 'alarm' | 'stop' | 'pause' | 'silent';

export interface News {
  readonly kind: NewsKind;
  /** Of one backfill: equal keys are the same news. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** A sentence or two, without the backfill's name; empty for an end. */
  readonly text: string;
  /** What it is about; absent where that is the whole backfill. */
  readonly partition?: { readonly processor: string; readonly date: string; readonly attempt?: string };
}

/** Trouble of the surroundings passes by itself; what has not within this time may need a person. */
export const PASSING_MS = 600_000;

/**
 * All news of a backfill, what matters most first; of what happens to many partitions the first one stands for all, so that nobody is told
 * of each.
 * @param now epoch milliseconds.
 * @param isStop whether the manifest says to stop at a category.
 */
export function newsOf(
  events: readonly BackfillEvent[],
  progress: BackfillProgress,
  now: number,
  isStop: (category: string) => boolean,
): readonly News[] {
  const { phase, pause, silent } = progress;
  const news: News[] = [];
  const last = events.at(-1);
  const isOver = phase === 'done' || phase === 'failed' || phase === 'cancelled' || phase === 'interrupted';
  if (isOver && last !== undefined) news.push({ kind: 'ended', key: `ended-${last.seq}`, at: Date.parse(last.at), text: '' });
  news.push(...alarmNews(events), ...stopNews(events, isStop));
  const needsPerson = pause?.cause === 'signature' || (pause?.cause === 'environment' && now - pause.since >= PASSING_MS);
  if (pause !== undefined && needsPerson)
    news.push({ kind: 'pause', key: `pause-${pause.cause}-${pause.since}`, at: pause.since, text: pause.message });
  const [first] = silent;
  if (first !== undefined) {
    const { attempt, processor, date, since, seconds, basis } = first;
    const others = silent.length === 1 ? '' : ` So have ${counted(silent.length - 1, 'more job')}.`;
    const text = `${processor} ${date} may hang: it has said nothing for ${formatSeconds(Math.round(seconds))}; ${basis}.${others}`;
    news.push({ kind: 'silent', key: `silent-${attempt}`, at: since, text, partition: { processor, date, attempt } });
  }
  return news;
}

/** How many partitions that were good are empty now. */
export function emptiedPartitions(events: readonly BackfillEvent[]): ReadonlyMap<PartitionKey, BackfillEvent & Emptied> {
  const emptied = new Map<PartitionKey, BackfillEvent & Emptied>();
  for (const event of events) {
    if (event.type === 'emptied') emptied.set(`${event.processor} ${event.date}`, event);
    else if (event.type !== 'attemptEnded') continue;
    else if (event.alarm === true) emptied.set(`${event.processor} ${event.date}`, event);
    else if (event.outcome === 'done' || event.outcome === 'partial') emptied.delete(`${event.processor} ${event.date}`);
  }
  return emptied;
}

type Emptied = { readonly type: 'emptied' | 'attemptEnded'; readonly processor: string; readonly date: string };

function alarmNews(events: readonly BackfillEvent[]): readonly News[] {
  const [first, ...others] = emptiedPartitions(events).values();
  if (first === undefined) return [];
  const { processor, date } = first;
  const more = others.length === 0 ? '' : ` and ${counted(others.length, 'more partition')}`;
  const text = `Good data became empty: ${processor} ${date}${more}.`;
  return [{ kind: 'alarm', key: 'alarm', at: Date.parse(first.at), text, partition: { processor, date } }];
}

/** The first failure of each category. */
function stopNews(events: readonly BackfillEvent[], isStop: (category: string) => boolean): readonly News[] {
  const news = new Map<string, News>();
  for (const event of events) {
    if (event.type !== 'attemptEnded' || event.category === undefined || event.outcome === 'done') continue;
    const key = `stop-${event.category.toLowerCase()}`;
    if (news.has(key) || !isStop(event.category)) continue;
    const { processor, date, category, message, at } = event;
    const text = `${processor} ${date} failed with ${category}${message === undefined ? '' : `: ${message}`}`;
    news.set(key, { kind: 'stop', key, at: Date.parse(at), text, partition: { processor, date } });
  }
  return [...news.values()];
}
