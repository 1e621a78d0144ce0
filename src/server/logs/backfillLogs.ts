import { basename } from 'node:path';
import type { BackfillRecord } from '../../app/journal';
import { counted } from '../../base/figures';
import type { BackfillEvent } from '../../core/backfill/backfill';

type Ended = Extract<BackfillEvent, { type: 'attemptEnded' }>;

/** The log of a call, by what the journal says of the attempts that wrote it. */
export interface BackfillLog {
  /** As events name it. */
  readonly log: string;
  /** Its file's name. */
  readonly name: string;
  readonly processor: string;
  /** ISO, in the order of the attempts. */
  readonly dates: readonly string[];
  /** `PDC 2021-11-05`, or `PDC 2021-11-05 to 2021-11-07, 3 dates`. */
  readonly title: string;
  /** Some attempt has no end, so that something may still be written. */
  readonly open: boolean;
  /** By date: how the attempt ended. */
  readonly endings: ReadonlyMap<string, Ended>;
}

/** The logs of a backfill, in the order in which they began. */
export function logsOf({ events, ownerAlive }: Pick<BackfillRecord, 'events' | 'ownerAlive'>): readonly BackfillLog[] {
  const logs = new Map<string, LogFacts>();
  const logOf = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'attemptStarted') {
      const known = logs.get(event.log) ?? factsOf(event.processor);
      logs.set(event.log, known);
      logOf.set(event.attempt, event.log);
      known.dates.push(event.date);
      known.open.add(event.attempt);
    } else if (event.type === 'attemptEnded' || event.type === 'notAttempted') {
      const known = logs.get(logOf.get(event.attempt) ?? '');
      known?.open.delete(event.attempt);
      if (event.type === 'attemptEnded') known?.endings.set(event.date, event);
    }
  }
  return [...logs].map(([log, { processor, dates, endings, open }]) => ({
    log,
    name: nameOf(log),
    processor,
    dates,
    title: titleOf(processor, dates),
    open: ownerAlive && open.size > 0,
    endings,
  }));
}

interface LogFacts {
  readonly processor: string;
  readonly dates: string[];
  readonly endings: Map<string, Ended>;
  /** Attempts without an end. */
  readonly open: Set<string>;
}

function factsOf(processor: string): LogFacts {
  return { processor, dates: [], endings: new Map(), open: new Set() };
}

/** Events of another system may have the other kind of slash. */
export function nameOf(log: string): string {
  return basename(log.replaceAll('\\', '/'));
}

function titleOf(processor: string, dates: readonly string[]): string {
  const sorted = dates.toSorted();
  const [first = ''] = sorted;
  return dates.length < 2
    ? `${processor} ${first}`
    : `${processor} ${first} to ${sorted.at(-1)}, ${counted(dates.length, 'date')}`;
}
