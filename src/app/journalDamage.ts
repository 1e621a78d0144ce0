import type { BackfillEvent } from '../core/backfill/backfill';

/** What of a journal cannot be read. All else is there. */
export interface JournalDamage {
  /** The backfill; absent where the journal as a whole cannot be read. */
  readonly id?: string;
  /** `plan` and `events`: the whole file. `lines`: some lines of the events. */
  readonly what: 'journal' | 'plan' | 'events' | 'lines';
  /** One sentence for people, such as `2 lines of events of 20211105T101500-mlfs-ab12 cannot be read.` */
  readonly message: string;
  /** One sentence for each thing that is wrong. */
  readonly details: readonly string[];
  /** What could be read nevertheless: their attempts count. */
  readonly events: readonly BackfillEvent[];
}

/** A journal that tells what of it cannot be read. */
export interface DamageReporter {
  /** Newest first. Reads everything; never rejects. */
  damage(): Promise<readonly JournalDamage[]>;
}
