import { counted } from '../../base/figures';
import { statusCode } from '../../base/status';
import { blockersOf } from '../coverage/blockers';
import type { AttemptFact, AttemptInput, PartitionRef } from '../coverage/coverage';
import { inputCells } from '../coverage/dependencies';
import { IS_GAP } from '../coverage/expectations';
import { refOfCell, tableOfCell } from '../coverage/reasons';
import { builderAt, type Tables } from '../coverage/tables';
import { parseFingerprint, sameFingerprint } from '../observation/fingerprint';
import { fingerprintOf } from '../observation/observation';
import { refText } from '../words';

const STALE = statusCode('stale');

/** Why a partition is to be done again because of one of its inputs, the most telling kind first. */
const CAUSE_KINDS = [
  /** The input is not what the attempt recorded. */
  'inputChanged',
  /** The input was built again after the attempt. */
  'rebuilt',
  /** It is suspect because of the input: that was too little when it was built, or is now. */
  'suspect',
  /** Built from the input, of which nothing tells whether it is still the same. */
  'untold',
  /** It has no rows yet, and needs the input. */
  'waiting',
  /** It needs the input, and what it was built from is not recorded. */
  'need',
  /** The input is itself done again, or yet to be repaired. */
  'redone',
] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

export interface Cause {
  readonly kind: CauseKind;
  readonly upstream: PartitionRef;
  /** By what it depends on the input: what its attempt recorded, or what its processor needs. */
  readonly by: 'record' | 'need';
  /** `inputChanged`: fingerprints as recorded and as they are now. */
  readonly recorded?: string;
  readonly now?: string;
  /** `rebuilt`: by which backfill. */
  readonly backfill?: string;
}

/** Judges single partitions: which of their inputs make them something to do again. */
export class ImpactCauses {
  readonly #t: Tables;
  readonly #given: ReadonlySet<number>;
  readonly #isToChange: boolean;
  /** Dates before it need nothing of the given ones, nor of what follows from them. */
  #firstOffset: number;
  readonly #recordedNodes = new Map<number, Set<number>>();
  readonly #inputs = new Map<number, readonly number[]>();

  constructor(t: Tables, given: ReadonlySet<number>, isToChange: boolean) {
    this.#t = t;
    this.#given = given;
    this.#isToChange = isToChange;
    this.#firstOffset = [...given].reduce((first, cell) => Math.min(first, cell % t.dayCount), t.dayCount);
    for (const cell of t.attempts.keys()) {
      const node = Math.floor(cell / t.dayCount);
      const known = this.#recordedNodes.get(node) ?? new Set();
      this.#recordedNodes.set(node, known);
      for (const input of this.#recorded(cell).keys()) {
        known.add(Math.floor(input / t.dayCount));
        // No need looks ahead, but what a journal holds may.
        if (input % t.dayCount > cell % t.dayCount) this.#firstOffset = 0;
      }
    }
  }

  /** The nodes from which partitions of a node were built, as attempts recorded it. */
  recordedNodes(node: number): Iterable<number> {
    return this.#recordedNodes.get(node) ?? [];
  }

  /** What a partition was built from, and what it needs, from the first of the given dates on. */
  inputsOf(cell: number): readonly number[] {
    const known = this.#inputs.get(cell);
    if (known !== undefined) return known;
    const table = tableOfCell(this.#t, cell);
    const offset = cell % this.#t.dayCount;
    const needed = table === undefined || offset < this.#firstOffset ? [] : inputCells(this.#t, table, offset);
    const inputs = [...new Set([...this.#recorded(cell).keys(), ...needed])];
    this.#inputs.set(cell, inputs);
    return inputs;
  }

  isAffected(cell: number, redo: ReadonlySet<number>): boolean {
    return this.#causes(cell, redo).next().done !== true;
  }

  /** All causes, the most telling first. */
  of(cell: number, redo: ReadonlySet<number>): readonly Cause[] {
    const rank = ({ kind }: Cause) => CAUSE_KINDS.indexOf(kind);
    return [...this.#causes(cell, redo)].sort((a, b) => rank(a) - rank(b));
  }

  *#causes(cell: number, redo: ReadonlySet<number>): Generator<Cause> {
    const t = this.#t;
    const inputs = this.inputsOf(cell).filter((one) => this.#given.has(one) || redo.has(one));
    if (inputs.length === 0) return;
    const recorded = this.#recorded(cell);
    const built = builderAt(t, cell)?.attempt;
    const blockers = this.#blockersOf(cell);
    for (const one of inputs) {
      const input = recorded.get(one);
      const of = { upstream: refOfCell(t, one), by: input === undefined ? ('need' as const) : ('record' as const) };
      if ((t.rows[cell] ?? 0) === 0) yield { kind: 'waiting', ...of };
      else if (blockers.has(one) || input?.unmet === true) yield { kind: 'suspect', ...of };
      else
        yield* this.#changes(one, of, { input, built, isRedone: redo.has(one) || this.#isToChange || this.isYetToChange(one) });
    }
  }

  /** Why the input of a partition with rows makes it something to do again. */
  *#changes(
    one: number,
    of: Pick<Cause, 'upstream' | 'by'>,
    { input, built, isRedone }: { input: AttemptInput | undefined; built: AttemptFact | undefined; isRedone: boolean },
  ): Generator<Cause> {
    const t = this.#t;
    const measures = t.measures(one);
    if (input !== undefined && measures !== undefined && this.#isChanged(one, input)) {
      yield { kind: 'inputChanged', ...of, recorded: input.fingerprint, now: fingerprintOf(measures) };
    } else if (isRedone) yield { kind: 'redone', ...of };
    else if (built === undefined) yield { kind: 'need', ...of };
    else {
      const builder = builderAt(t, one)?.attempt;
      // What is recorded was looked at when the attempt began; what is not was built by the same call, or is needed only since.
      const since = built.endedAt - (input === undefined ? 0 : (built.seconds ?? 0) * 1000);
      if (builder !== undefined && builder.endedAt > since) yield { kind: 'rebuilt', ...of, backfill: builder.backfill };
      else if (builder === undefined && measures?.written === undefined) yield { kind: 'untold', ...of };
      else if (builder === undefined && input === undefined) yield { kind: 'need', ...of };
    }
  }

  #isChanged(one: number, { fingerprint }: AttemptInput): boolean {
    const measures = this.#t.measures(one);
    return measures !== undefined && !sameFingerprint(fingerprint, fingerprintOf(measures));
  }

  /** A given partition that is not as it should be: repairing it will change it. */
  isYetToChange(cell: number): boolean {
    const held = this.#t.held[cell] ?? 0;
    return IS_GAP[held] === true || held === STALE;
  }

  #recorded(cell: number): ReadonlyMap<number, AttemptInput> {
    const inputs = (this.#t.rows[cell] ?? 0) === 0 ? [] : (builderAt(this.#t, cell)?.attempt.inputs ?? []);
    const found = new Map<number, AttemptInput>();
    for (const input of inputs) {
      const at = this.#t.cellOf(input.node, input.day);
      if (at < 0 || at === cell) continue;
      // One that is recorded twice counts by what is worse.
      if (!found.has(at) || input.unmet || this.#isChanged(at, input)) found.set(at, input);
    }
    return found;
  }

  #blockersOf(cell: number): ReadonlySet<number> {
    const table = tableOfCell(this.#t, cell);
    if (table === undefined || IS_GAP[this.#t.held[cell] ?? 0] !== true) return new Set();
    const blockers = blockersOf(this.#t, table, cell % this.#t.dayCount);
    return new Set(blockers.filter(({ rule }) => rule !== undefined).map((blocker) => blocker.cell));
  }
}

/** One line: `built before PDC 2021-11-05 changed from 81 rows to 240 rows`. */
export function causeText({ kind, upstream, by, recorded, now, backfill }: Cause): string {
  const input = refText(upstream);
  switch (kind) {
    case 'inputChanged':
      return `built before ${input} changed${changeText(recorded, now)}`;
    case 'rebuilt':
      return `built before backfill ${backfill} built ${input} again`;
    case 'suspect':
      return `suspect because of ${input}`;
    case 'untold':
      return `built from ${input}, of which nothing tells whether it was rewritten`;
    case 'waiting':
      return `has no rows yet, and needs ${input}`;
    case 'need':
      return `needs ${input}, and what it was built from is not recorded`;
    case 'redone':
      return `${by === 'record' ? 'built from' : 'needs'} ${input}, which is done again`;
  }
}

/** The causes of a partition in one line. */
export function causesText(causes: readonly Cause[]): string {
  const [first, second] = causes;
  if (first === undefined) return '';
  if (second === undefined) return causeText(first);
  const more = causes.length > 2 ? `; and ${causes.length - 2} more` : '';
  return `${causeText(first)}; ${causeText(second)}${more}`;
}

function changeText(recorded = '', now = ''): string {
  const before = parseFingerprint(recorded)?.rows;
  const after = parseFingerprint(now)?.rows;
  if (before === undefined || after === undefined) return '';
  return before === after
    ? `, with ${counted(after, 'row')} as before`
    : ` from ${counted(before, 'row')} to ${counted(after, 'row')}`;
}
