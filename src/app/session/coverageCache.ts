import type { CalendarObservations, NodeObservations, Unavailable } from '../../core/observation/observation';

/** What is known of one node or calendar of a manifest, and of exactly which part of the manifest. */
export interface Known<T> {
  /** `nodeKey` or `calendarTableKey` when it was read. */
  readonly key: string;
  /** The last good answer. */
  readonly observations?: T;
  /** Since when there is none newer, and why. */
  readonly unavailable?: Unavailable;
  /** Of a calendar that was read and lost dates, which still count: what it lost, and since when. */
  readonly alarm?: Unavailable;
}

/** All that is known of a warehouse. */
export interface KnownCoverage {
  /** The warehouse's fingerprint just before the newest read of everything. */
  readonly probe?: string;
  /** What that read left for the next one. */
  readonly memo?: string;
  readonly nodes: ReadonlyMap<string, Known<NodeObservations>>;
  readonly calendars: ReadonlyMap<string, Known<CalendarObservations>>;
}

/** Keeps what was read for the next process. It is only a shortcut: neither call ever rejects. */
export interface CoverageCache {
  /** Undefined when there is none that can be used. */
  load(): Promise<KnownCoverage | undefined>;
  save(known: KnownCoverage): Promise<void>;
}
