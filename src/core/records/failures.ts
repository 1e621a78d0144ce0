import type { Day } from '../../base/day';
import { groupBy } from '../../base/groupBy';
import { statusCode } from '../../base/status';
import type { CoverageGrid, CoverageInput } from '../coverage/coverage';
import { type Scope, scopeNodes } from '../coverage/scope';
import type { FailureTable, Processor } from '../pipeline';
import { processorNames } from './processorNames';
import type { FailureRecord } from './records';

/** `stop`: look before anything else runs. `attention`: needs a look. `expected`: no fault. In the order in which they are shown. */
export const FAILURE_KINDS = ['stop', 'attention', 'expected'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Why a failure says nothing about what is there now: the partition is complete, or it was written again since. */
export type Staleness = 'complete' | 'rewritten';

/** The failures of one processor and date in one category. */
export interface Failure {
  /** Undefined for a name that no processor has. */
  readonly processor?: Processor;
  /** The processor's id, or the name as it stands in the table. */
  readonly name: string;
  readonly day: Day;
  readonly category: string;
  readonly kind: FailureKind;
  readonly table: FailureTable;
  readonly record: FailureRecord;
  readonly stale?: Staleness;
}

export interface FailureCategory {
  readonly name: string;
  readonly kind: FailureKind;
  readonly meaning?: string;
  /** Known processors by phase and file order, then other names; the newest dates of each first. */
  readonly failures: readonly Failure[];
  readonly counts: FailureCounts;
}

export interface FailureCounts {
  readonly rows: number;
  /** Distinct pairs of processor and date: all, and those whose failures are all stale. */
  readonly partitions: number;
  readonly stale: number;
}

/** A run notes failures shortly before or after it writes: what was written within this time may be of the same run. */
const SAME_RUN_MS = 600_000;

const COMPLETE = statusCode('complete');

/** The kind of a category, whose names are compared without regard to case; one that the manifest does not name needs a look. */
export function failureKind({ stop, expected }: Pick<FailureTable, 'stop' | 'expected'>, category: string): FailureKind {
  const isNamed = (list: readonly string[]): boolean => list.some((one) => one.toLowerCase() === category.toLowerCase());
  if (isNamed(stop)) return 'stop';
  return isNamed(expected) ? 'expected' : 'attention';
}

/** Records with what the manifest and the coverage say about them; those of unknown tables are left out. */
export function failuresOf(records: readonly FailureRecord[], input: CoverageInput, grid: CoverageGrid): Failure[] {
  const { pipeline } = input;
  const find = processorNames(pipeline);
  const writtenAt = writtenTimes(input);
  return records.flatMap((record): Failure[] => {
    const table = pipeline.failures[record.table];
    if (table === undefined) return [];
    const processor = find(record.processor);
    const kind = failureKind(table, record.category);
    const stale = processor === undefined ? undefined : staleness(record, table, kind, processor, writtenAt, grid);
    return [
      {
        ...(processor !== undefined && { processor }),
        name: processor?.id ?? record.processor,
        day: record.day,
        category: record.category,
        kind,
        table,
        record,
        ...(stale !== undefined && { stale }),
      },
    ];
  });
}

/** Failures by category: what stops first, what is expected last, and the most partitions first among equals. */
export function failureCategories(failures: readonly Failure[]): FailureCategory[] {
  const groups = groupBy(failures, ({ kind, category }) => `${kind} ${category.toLowerCase()}`);
  return [...groups.values()]
    .map((found): FailureCategory => {
      const [first] = found;
      // Several spellings are one category: the first by the alphabet, in which capitals come first, stands for all.
      const [name = ''] = found.map(({ category }) => category).sort();
      const meaning = found
        .map(({ table, category }) => table.meanings.get(category.toLowerCase()))
        .find((text) => text !== undefined);
      return {
        name,
        kind: first?.kind ?? 'attention',
        ...(meaning !== undefined && { meaning }),
        failures: found.toSorted(inOrder),
        counts: countFailures(found),
      };
    })
    .sort((a, b) => rank(a) - rank(b) || b.counts.partitions - a.counts.partitions || (a.name < b.name ? -1 : 1));
}

export function countFailures(failures: readonly Failure[]): FailureCounts {
  const partitions = groupBy(failures, ({ name, day }) => `${name} ${day}`);
  const stale = [...partitions.values()].filter((found) => found.every((one) => one.stale !== undefined)).length;
  return { rows: failures.reduce((sum, { record }) => sum + record.rows, 0), partitions: partitions.size, stale };
}

/** The failures of a scope. Names that no processor has belong to a scope that names no processors. */
export function failuresIn(failures: readonly Failure[], input: CoverageInput, scope: Scope): Failure[] {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, processors } = scope;
  const wanted = processors === undefined ? undefined : new Set(scopeNodes(input.pipeline, scope).map(({ index }) => index));
  return failures.filter(
    ({ day, processor }) =>
      day >= from && day <= to && (wanted === undefined || (processor !== undefined && wanted.has(processor.index))),
  );
}

function staleness(
  { day, created, wholeDate, entities }: FailureRecord,
  table: FailureTable,
  kind: FailureKind,
  processor: Processor,
  writtenAt: (processor: Processor, day: Day) => number | undefined,
  grid: CoverageGrid,
): Staleness | undefined {
  // It says itself what is over.
  if (table.reprocessed !== undefined) return undefined;
  const offset = day - grid.firstDay;
  const inGrid = offset >= 0 && offset < grid.dayCount;
  const complete = inGrid && grid.status[processor.index * grid.dayCount + offset] === COMPLETE;
  // A run that could not even begin says nothing about a partition that is whole.
  if (complete && wholeDate && entities === 0) return 'complete';
  const written = writtenAt(processor, day);
  if (created === undefined || written === undefined || Number.isNaN(written)) {
    // What is expected to fail is missing from a complete partition as well.
    return complete && kind !== 'expected' ? 'complete' : undefined;
  }
  if (written <= created + SAME_RUN_MS) return undefined;
  return complete ? 'complete' : 'rewritten';
}

/** When partitions were last written, epoch milliseconds; the dates of a processor are gone through once. */
function writtenTimes({ observations }: CoverageInput): (processor: Processor, day: Day) => number | undefined {
  const known = new Map<string, ReadonlyMap<Day, number>>();
  return ({ id }, day) => {
    let times = known.get(id);
    if (times === undefined) {
      const { days = [], written = [] } = observations.nodes.get(id) ?? {};
      times = new Map(Array.from(written, (at, index) => [days[index] ?? Number.NaN, at]));
      known.set(id, times);
    }
    return times.get(day);
  };
}

function rank({ kind }: FailureCategory): number {
  return FAILURE_KINDS.indexOf(kind);
}

function inOrder(a: Failure, b: Failure): number {
  const place = ({ processor }: Failure): number => processor?.index ?? Number.MAX_SAFE_INTEGER;
  const names = a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
  return place(a) - place(b) || names || b.day - a.day || a.record.table - b.record.table;
}
