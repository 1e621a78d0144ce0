import { type Day, parseDay } from '../../base/day';
import { isGap, type Status } from '../../base/status';
import { type CoverageMemory, type RememberedState, stateKey } from './memory';

/**
 * `lost`: rows were there, and are gone. `gap`: it is one now and was none. `complete`: it is now. `reason`: a gap for another reason than before.
 * `other`: all else, such as what runs now, is waived, or is no date of the pipeline any more. In the order in which they are told.
 */
export const CHANGE_KINDS = ['lost', 'gap', 'complete', 'reason', 'other'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The same change on dates in a row; `null` where the pipeline has no such partition. */
export interface StatusChange {
  readonly processor: string;
  /** Inclusive at both ends. */
  readonly from: Day;
  readonly to: Day;
  readonly kind: ChangeKind;
  readonly before: RememberedState | null;
  readonly after: RememberedState | null;
}

/**
 * Every difference between two reports, by processor and date: processors in the order of the later one, those that it lacks last. What is
 * changed nowhere is not among them, so that they turn the earlier one into the later one.
 */
export function changesBetween(before: CoverageMemory, after: CoverageMemory): readonly StatusChange[] {
  const states: RememberedState[] = [];
  const numbers = new Map<string, number>();
  const numbersOf = (memory: CoverageMemory): readonly number[] =>
    memory.states.map((state) => {
      const key = stateKey(state);
      const known = numbers.get(key) ?? states.push(state) - 1;
      numbers.set(key, known);
      return known;
    });
  const [beforeNumbers, afterNumbers] = [numbersOf(before), numbersOf(after)];
  const [beforeFirst, afterFirst] = [firstDay(before), firstDay(after)];
  const beforeRuns = new Map(before.processors.map(({ id, runs }) => [id, runs]));
  const ids = new Set([...after.processors.map(({ id }) => id), ...beforeRuns.keys()]);
  const afterRuns = new Map(after.processors.map(({ id, runs }) => [id, runs]));
  const changes: StatusChange[] = [];
  for (const processor of ids) {
    const was = column(beforeRuns.get(processor), beforeNumbers);
    const is = column(afterRuns.get(processor), afterNumbers);
    const from = Math.min(was.length > 0 ? beforeFirst : Infinity, is.length > 0 ? afterFirst : Infinity);
    const end = Math.max(was.length > 0 ? beforeFirst + was.length : 0, is.length > 0 ? afterFirst + is.length : 0);
    let open: { from: Day; b: number; a: number } | undefined;
    const close = (to: Day): void => {
      if (open === undefined) return;
      const [b, a] = [states[open.b] ?? null, states[open.a] ?? null];
      changes.push({ processor, from: open.from, to, kind: kindOf(b, a), before: b, after: a });
      open = undefined;
    };
    for (let day = from; day < end; day++) {
      const [b, a] = [was[day - beforeFirst] ?? NONE, is[day - afterFirst] ?? NONE];
      if (open?.b === b && open.a === a) continue;
      close(day - 1);
      if (b !== a) open = { from: day, b, a };
    }
    close(end - 1);
  }
  return changes;
}

const NONE = -1;
const WITH_ROWS: readonly Status[] = ['suspect', 'partial', 'stale', 'complete'];
const WITHOUT_ROWS: readonly Status[] = ['missing', 'failed', 'blocked'];

function kindOf(before: RememberedState | null, after: RememberedState | null): ChangeKind {
  if (after === null) return 'other';
  if (before !== null && WITH_ROWS.includes(before.status) && WITHOUT_ROWS.includes(after.status)) return 'lost';
  if (after.status === 'complete') return 'complete';
  if (!isOpenGap(after)) return 'other';
  return before !== null && isOpenGap(before) ? 'reason' : 'gap';
}

function isOpenGap({ status, waived }: RememberedState): boolean {
  return isGap(status) && waived !== true;
}

function firstDay({ firstDate }: CoverageMemory): Day {
  return (firstDate === null ? undefined : parseDay(firstDate)) ?? 0;
}

function column(runs: readonly number[] = [], numbers: readonly number[]): Int32Array {
  let length = 0;
  for (let index = 1; index < runs.length; index += 2) length += runs[index] ?? 0;
  const cells = new Int32Array(length);
  let at = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const count = runs[index + 1] ?? 0;
    cells.fill(numbers[runs[index] ?? 0] ?? NONE, at, at + count);
    at += count;
  }
  return cells;
}
