/** Extension to timing webview. */
export type ToTiming =
  | { readonly type: 'timing'; readonly timing: TimingSnapshot }
  | { readonly type: 'empty'; readonly message: string }
  | { readonly type: 'reveal'; readonly processor: string; readonly date?: string };

/** Timing webview to extension. */
export type FromTiming =
  /** It can take messages, and shows this processor. */
  | { readonly type: 'ready'; readonly processor?: string }
  | { readonly type: 'select'; readonly processor: string }
  | { readonly type: 'explain' | 'openLog'; readonly processor: string; readonly date: string };

/** How long things take, as of one moment. Seconds throughout; dates are days since 1970-01-01. */
export interface TimingSnapshot {
  readonly pipeline: string;
  /** Epoch milliseconds. */
  readonly asOf: number;
  /** What is missing from it, such as a run history that could not be read. */
  readonly problem?: string;
  /** What costs most comes first. */
  readonly processors: readonly TimingRow[];
  /** Of several processors: of each backfill that is not over, newest first; of the gaps that can be filled where there is none. */
  readonly left: readonly TimingLeft[];
  /** Of the processor that was asked for, else of the first; absent where no run is known. */
  readonly chart?: TimingChart;
}

export interface TimingRow {
  readonly name: string;
  readonly runs: number;
  readonly total: number;
  /** Of what all processors took. */
  readonly share: number;
  /** In words: `34 %`. */
  readonly shareText: string;
  /** What stands out most of what there is. */
  readonly mark?: TimingMarkKind;
}

export type TimingMarkKind = 'growth' | 'slower' | 'faster' | 'spike';

/** A processor's last good run of each date, ascending; the columns are of the dates. */
export interface TimingChart {
  readonly processor: string;
  readonly days: Int32Array;
  readonly seconds: Float32Array;
  /** In the order in which they run, named for people, with their share of the time in words. */
  readonly stages: readonly { readonly name: string; readonly share: string; readonly seconds: Float32Array }[];
  /** NaN where nobody knows. */
  readonly queued: Float32Array;
  readonly p50: number;
  readonly p95: number;
  /** `12 runs · median 40 s · …`. */
  readonly summary: string;
  readonly marks: readonly TimingMark[];
  readonly lines: readonly TimingLine[];
  readonly sessions: readonly TimingSession[];
  readonly left?: TimingLeft;
}

/** What stands out, at its date. */
export interface TimingMark {
  readonly kind: TimingMarkKind;
  readonly day: number;
  /** What is drawn beside it, such as `2.1×` or `+25 s`. */
  readonly short: string;
  readonly text: string;
}

/** A growth: what the dates of one run take by the line that fits them. */
export interface TimingLine {
  readonly days: Int32Array;
  readonly seconds: Float32Array;
}

/** The runs of one session or process, to be compared with others. */
export interface TimingSession {
  readonly title: string;
  readonly dates: number;
  readonly p50: number;
  /** Medians, in the order of the stages. */
  readonly stages: readonly number[];
}

export interface TimingLeft {
  /** `15 dates left`. */
  readonly what: string;
  readonly slots: number;
  /** With 1, 2, 3 and so on at once. */
  readonly seconds: readonly number[];
  readonly limit?: string;
  /** A backfill has it; what is left are gaps otherwise. */
  readonly runs: boolean;
}
