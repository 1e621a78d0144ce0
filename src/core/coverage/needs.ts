import { type Mode, statusCode } from '../../base/status';
import type { Need, NeedWindow, SingleNeed } from '../pipeline';
import { type Timeline, UNKNOWABLE } from './calendar';

export const UNMET = 0;
export const MET = 1;
export const UNDECIDED = 2;
export type Verdict = typeof UNMET | typeof MET | typeof UNDECIDED;

const SUSPECT = statusCode('suspect');
const OFF = statusCode('off');
const UNKNOWN = statusCode('unknown');

/** What verdicts rest on, by cell. */
export interface Ground {
  readonly dayCount: number;
  readonly rows: Int32Array;
  readonly entities: Int32Array;
  readonly held: Uint8Array;
  readonly bare: Uint8Array;
}

/** A need with the mode's thresholds; -1 for those it does not have. */
export interface SingleRule {
  readonly kind: 'single';
  readonly node: number;
  readonly critical: boolean;
  readonly minRows: number;
  readonly minEntities: number;
  /** Share of the window's dates; -1 when only the sum of rows counts. */
  readonly atLeast: number;
  readonly window: NeedWindow;
  /** Absent for needs of the same date. */
  readonly past?: PastDates;
}

export interface AnyOfRule {
  readonly kind: 'anyOf';
  readonly critical: boolean;
  readonly alternatives: readonly SingleRule[];
}

export type NeedRule = SingleRule | AnyOfRule;

export interface CompileContext {
  readonly mode: Mode;
  readonly timeline: Timeline;
  /** By node, by date: off codes. */
  readonly offs: readonly Uint8Array[];
  readonly rows: Int32Array;
}

export function compileNeeds(needs: readonly Need[], context: CompileContext): NeedRule[] {
  const counts = ({ mode = context.mode }: Need): boolean => mode === context.mode;
  return needs.filter(counts).flatMap((need): NeedRule[] => {
    if (need.kind === 'single') return [compileSingle(need, context)];
    const alternatives = need.alternatives.filter(counts).map((alternative) => compileSingle(alternative, context));
    return alternatives.length === 0 ? [] : [{ kind: 'anyOf', critical: need.critical, alternatives }];
  });
}

function compileSingle(need: SingleNeed, context: CompileContext): SingleRule {
  const backfill = context.mode === 'backfill';
  const minRows = (backfill ? need.backfillMinRows : undefined) ?? need.minRows ?? -1;
  const minEntities = (backfill ? need.backfillMinEntities : undefined) ?? need.minEntities ?? -1;
  const onlySum = minRows >= 0 && minEntities < 0 && need.atLeast === undefined;
  const rule = {
    kind: 'single',
    node: need.node,
    critical: need.critical,
    minRows,
    minEntities,
    atLeast: onlySum ? -1 : (need.atLeast ?? 1),
    window: need.window,
  } as const;
  return need.window.kind === 'same' ? rule : { ...rule, past: new PastDates(need.node, minEntities, need.window, context) };
}

/**
 * The dates of one window need: the upstream's expected dates (and off dates that have rows) before a date, within its season.
 * Sums grow with the pass, so that a window of any length is judged in constant time.
 */
export class PastDates {
  readonly #node: number;
  readonly #minEntities: number;
  readonly #window: Exclude<NeedWindow, { kind: 'same' }>;
  readonly #timeline: Timeline;
  /** Offsets of the upstream's dates, ascending. */
  readonly #members: Int32Array;
  /** By offset: how many of the dates before it are members, met, undecided; and their rows. */
  readonly #before: Int32Array;
  readonly #met: Int32Array;
  readonly #undecided: Int32Array;
  readonly #rows: Float64Array;
  #filled = 0;

  constructor(node: number, minEntities: number, window: Exclude<NeedWindow, { kind: 'same' }>, context: CompileContext) {
    const { dayCount } = context.timeline;
    this.#node = node;
    this.#minEntities = minEntities;
    this.#window = window;
    this.#timeline = context.timeline;
    this.#before = new Int32Array(dayCount + 1);
    this.#met = new Int32Array(dayCount + 1);
    this.#undecided = new Int32Array(dayCount + 1);
    this.#rows = new Float64Array(dayCount + 1);
    const members: number[] = [];
    const off = context.offs[node];
    for (let offset = 0; offset < dayCount; offset++) {
      if ((off?.[offset] ?? 0) >= UNKNOWABLE || (context.rows[node * dayCount + offset] ?? 0) > 0) members.push(offset);
      this.#before[offset + 1] = members.length;
    }
    this.#members = Int32Array.from(members);
  }

  /** First offset of the window of a date. */
  start(offset: number): number {
    const { firstDay, season, seasons } = this.#timeline;
    const seasonStart = (seasons[season[offset] ?? -1]?.from ?? firstDay) - firstDay;
    const window = this.#window;
    let start = 0;
    if (window.kind === 'lastDays') start = offset - window.days;
    else {
      const index = (this.#before[offset] ?? 0) - (window.kind === 'previous' ? 1 : window.count);
      start = index < 0 ? 0 : (this.#members[index] ?? 0);
    }
    return Math.max(0, start, seasonStart);
  }

  /** Offsets of the window's dates, ascending. */
  dates(offset: number): Int32Array {
    return this.#members.subarray(this.#before[this.start(offset)], this.#before[offset]);
  }

  /** How many dates the window of a date has, how many are met or undecided, and their rows. All earlier dates must be judged. */
  count(
    ground: Ground,
    offset: number,
  ): { readonly total: number; readonly met: number; readonly undecided: number; readonly rows: number } {
    this.#fill(ground, offset);
    const start = this.start(offset);
    const over = (sums: Int32Array | Float64Array) => (sums[offset] ?? 0) - (sums[start] ?? 0);
    return { total: over(this.#before), met: over(this.#met), undecided: over(this.#undecided), rows: over(this.#rows) };
  }

  #fill(ground: Ground, offset: number): void {
    const base = this.#node * ground.dayCount;
    for (; this.#filled < offset; this.#filled++) {
      const at = this.#filled;
      const member = this.#before[at] !== this.#before[at + 1];
      const verdict = member ? judgeDate(ground, base + at, this.#minEntities) : UNMET;
      const counts = member && ground.held[base + at] !== SUSPECT;
      this.#met[at + 1] = (this.#met[at] ?? 0) + (verdict === MET ? 1 : 0);
      this.#undecided[at + 1] = (this.#undecided[at] ?? 0) + (verdict === UNDECIDED ? 1 : 0);
      this.#rows[at + 1] = (this.#rows[at] ?? 0) + (counts ? Math.max(0, ground.rows[base + at] ?? 0) : 0);
    }
  }
}

/** A date of a window is judged like a bare need, and by its entities where the need counts them. */
function judgeDate(ground: Ground, cell: number, minEntities: number): Verdict {
  const bare = ground.bare[cell];
  if (bare !== MET || minEntities < 0) return bare as Verdict;
  return judgeEntities(ground, cell, minEntities);
}

function judgeEntities(ground: Ground, cell: number, minEntities: number): Verdict {
  const entities = ground.entities[cell] ?? -1;
  if (entities < 0) return UNDECIDED;
  return entities >= minEntities ? MET : UNMET;
}

/** The verdict of a need at a date. All that it looks at must have been judged before. */
export function judge(ground: Ground, rule: NeedRule, offset: number): Verdict {
  if (rule.kind === 'single') return judgeSingle(ground, rule, offset);
  let verdict: Verdict = UNMET;
  for (const alternative of rule.alternatives) {
    const found = judgeSingle(ground, alternative, offset);
    if (found === MET) return MET;
    if (found === UNDECIDED) verdict = UNDECIDED;
  }
  return verdict;
}

export function judgeSingle(ground: Ground, rule: SingleRule, offset: number): Verdict {
  if (rule.past !== undefined) return judgePast(ground, rule, rule.past, offset);
  const cell = rule.node * ground.dayCount + offset;
  if (rule.minRows < 0 && rule.minEntities < 0) return ground.bare[cell] as Verdict;
  const held = ground.held[cell];
  const rows = ground.rows[cell] ?? -1;
  if (held === UNKNOWN || rows < 0) return UNDECIDED;
  if (held === SUSPECT || (held === OFF && rows === 0) || rows < rule.minRows) return UNMET;
  return rule.minEntities < 0 ? MET : judgeEntities(ground, cell, rule.minEntities);
}

function judgePast(ground: Ground, rule: SingleRule, past: PastDates, offset: number): Verdict {
  const { total, met, undecided, rows } = past.count(ground, offset);
  // A chain of dates has to begin somewhere.
  if (total === 0 && rule.window.kind === 'previous') return MET;
  let verdict: Verdict = MET;
  if (rule.atLeast >= 0) {
    const wanted = Math.ceil(rule.atLeast * total - 1e-9);
    if (met + undecided < wanted) return UNMET;
    if (met < wanted) verdict = UNDECIDED;
  }
  if (rule.minRows >= 0 && rows < rule.minRows) {
    if (undecided === 0) return UNMET;
    verdict = UNDECIDED;
  }
  return verdict;
}

/** The upstream cells that keep an unmet need from being met: every alternative's, every unmet date of a window. */
export function offending(ground: Ground, rule: NeedRule, offset: number): number[] {
  if (rule.kind === 'anyOf') return rule.alternatives.flatMap((alternative) => offending(ground, alternative, offset));
  const base = rule.node * ground.dayCount;
  if (rule.past === undefined) return [base + offset];
  const dates = [...rule.past.dates(offset)];
  const unmet = dates.filter((date) => judgeDate(ground, base + date, rule.minEntities) === UNMET);
  // All dates are fine by themselves, and too little together.
  return (unmet.length > 0 ? unmet : dates).map((date) => base + date);
}
