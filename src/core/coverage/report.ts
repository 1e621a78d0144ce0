import { formatDay } from '../../base/day';
import { type DateStatus, isGap, type Mode, OFF_KINDS, STATUSES, type Status, statusCode } from '../../base/status';
import type { PipelineNode } from '../pipeline';
import { reasonText } from '../words';
import { tablesOf } from './classify';
import type { CoverageGrid, CoverageInput, Overlay, PartitionRef, Reason, Root } from './coverage';
import { dateCoverage } from './dates';
import { overlaysOf } from './explain';
import { reasonsOf, refOfCell } from './reasons';
import { rootDetails } from './rootDetails';
import { type Scope, scopeNodes, scopeOffsets } from './scope';
import type { NodeTable, Tables } from './tables';

/** What `backfill coverage --format json` prints: stable, documented in docs/commandLine.md. Dates are ISO text. */
export interface CoverageReport {
  /** ISO instant of the oldest read it rests on; null when nothing was ever read. */
  readonly asOf: string | null;
  readonly source: 'warehouse' | 'cache';
  readonly mode: Mode;
  /** Why what is told is not what the warehouse holds now; absent where all of it is. */
  readonly problem?: ProblemReport;
  readonly processors: readonly ProcessorReport[];
  readonly dates: readonly DateReport[];
  readonly partitions: readonly PartitionReport[];
}

export interface ProblemReport {
  readonly message: string;
  /** ISO instant of the first failure in a row. */
  readonly since: string;
}

export interface ProcessorReport {
  readonly id: string;
  /** `sources` for sources. */
  readonly phase: string;
  /** Tables, joined by a comma. */
  readonly table: string;
  /** Partitions that its calendar expects. */
  readonly expected: number;
  readonly complete: number;
  /** Expected partitions that somebody has to mend; waived ones are left out. */
  readonly gaps: number;
  readonly datesWithRows: number;
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  /** Every run of calendar dates without rows. */
  readonly absentRanges: readonly AbsentRange[];
}

export interface AbsentRange {
  readonly from: string;
  readonly to: string;
  readonly status: Status;
  /** The off kind, or the kind of the first reason; the status itself for running and queued ones. */
  readonly reason: string;
}

/** A root cause: `processor` or `source` names the node. */
export type RootReport = ({ readonly processor: string } | { readonly source: string }) & {
  readonly date: string;
  readonly have: string;
  readonly need: string;
};

export interface DateReport {
  readonly date: string;
  readonly status: DateStatus;
  readonly roots: readonly RootReport[];
  readonly summary: string;
}

export interface PartitionReport {
  readonly processor: string;
  readonly date: string;
  readonly status: Status;
  /** null when never read. */
  readonly rows: number | null;
  /** null when never read or not declared. */
  readonly entities: number | null;
  readonly roots: readonly RootReport[];
  readonly reason?: ReasonReport;
  readonly overlays?: readonly Overlay[];
}

/** A reason with its data; partitions have `date` in place of `day`. `text` is for people and may change. */
export type ReasonReport = { readonly kind: Reason['kind']; readonly text: string } & Readonly<Record<string, unknown>>;

/**
 * Coverage as data, for other tools.
 * @param trouble what goes wrong with reading; `stalled` where nothing could be read, and all is the last good answer.
 */
export function coverageReport(
  input: CoverageInput,
  grid: CoverageGrid,
  scope: Scope,
  source: CoverageReport['source'],
  trouble: { readonly problem?: ProblemReport; readonly stalled?: Overlay } = {},
): CoverageReport {
  const t = tablesOf(input, grid);
  const tables = scopeNodes(input.pipeline, scope).flatMap(({ index }) => t.nodes[index] ?? []);
  const { from, end } = scopeOffsets(grid, scope);
  return {
    asOf: isoInstant(grid.asOf),
    source,
    mode: grid.mode,
    ...(trouble.problem !== undefined && { problem: trouble.problem }),
    processors: processorReports(input, grid, scope),
    dates: dateCoverage(input, grid, scope).map(({ day, status, roots, summary }) => ({
      date: formatDay(day),
      status,
      roots: roots.map(rootReport),
      summary,
    })),
    partitions: tables.flatMap((table) =>
      Array.from({ length: end - from }, (_, i) => from + i)
        .filter((offset) => scope.holds?.(table.base + offset) !== false)
        .map((offset) => partitionReport(t, grid, table, offset, trouble.stalled)),
    ),
  };
}

/** `processors` of the report: counts, first and last date, and where rows are absent. Those of which the scope holds nothing are left out. */
export function processorReports(input: CoverageInput, grid: CoverageGrid, scope: Scope): readonly ProcessorReport[] {
  const t = tablesOf(input, grid);
  const { from, end } = scopeOffsets(grid, scope);
  return scopeNodes(input.pipeline, scope).flatMap((node): ProcessorReport | [] => {
    const base = node.index * grid.dayCount;
    let held = 0;
    let expected = 0;
    let complete = 0;
    let gaps = 0;
    let datesWithRows = 0;
    let first: number | undefined;
    let last: number | undefined;
    for (let cell = base + from; cell < base + end; cell++) {
      if (scope.holds?.(cell) === false) continue;
      held++;
      const status = grid.status[cell] ?? OFF;
      if (status !== OFF) expected++;
      if (status === COMPLETE) complete++;
      if ((grid.rootSet[cell] ?? 0) !== 0) gaps++;
      if ((grid.rows[cell] ?? 0) > 0) {
        datesWithRows++;
        first ??= cell - base;
        last = cell - base;
      }
    }
    if (held === 0 && scope.holds !== undefined) return [];
    return {
      id: node.id,
      phase: phaseOf(input, node),
      table: node.tables.join(', '),
      expected,
      complete,
      gaps,
      datesWithRows,
      firstDate: first === undefined ? null : formatDay(grid.firstDay + first),
      lastDate: last === undefined ? null : formatDay(grid.firstDay + last),
      absentRanges: absentRanges(t, grid, base, scope),
    };
  });
}

const OFF = statusCode('off');
const COMPLETE = statusCode('complete');

function phaseOf({ pipeline }: CoverageInput, node: PipelineNode): string {
  return node.kind === 'source' ? 'sources' : (pipeline.phases[node.phase]?.id ?? '');
}

function absentRanges(t: Tables, grid: CoverageGrid, base: number, scope: Scope): AbsentRange[] {
  const { from, end } = scopeOffsets(grid, scope);
  const ranges: { from: string; to: string; status: Status; reason: string }[] = [];
  let open: { from: string; to: string; status: Status; reason: string } | undefined;
  for (let offset = from; offset < end; offset++) {
    const cell = base + offset;
    if ((grid.rows[cell] ?? 0) > 0 || scope.holds?.(cell) === false) {
      open = undefined;
      continue;
    }
    const status = STATUSES[grid.status[cell] ?? 0] ?? 'unknown';
    const reason = absenceWord(t, grid, cell, status);
    const date = formatDay(grid.firstDay + offset);
    if (open !== undefined && open.status === status && open.reason === reason) open.to = date;
    else {
      open = { from: date, to: date, status, reason };
      ranges.push(open);
    }
  }
  return ranges;
}

function absenceWord(t: Tables, grid: CoverageGrid, cell: number, status: Status): string {
  const off = OFF_KINDS[grid.off[cell] ?? OFF_KINDS.length];
  if (off !== undefined) return off;
  if (status === 'blocked') return 'upstream';
  if (!isGap(status) && status !== 'unknown') return status;
  return reasonsOf(t, cell)[0]?.kind ?? status;
}

function partitionReport(
  t: Tables,
  grid: CoverageGrid,
  table: NodeTable,
  offset: number,
  stalled: Overlay | undefined,
): PartitionReport {
  const cell = table.base + offset;
  const [reason] = reasonsOf(t, cell);
  const overlays = withStalled(overlaysOf(t, grid, table, offset), stalled);
  const { node, day } = refOfCell(t, cell);
  return {
    processor: node,
    date: formatDay(day),
    status: STATUSES[grid.status[cell] ?? 0] ?? 'unknown',
    rows: known(grid.rows[cell]),
    entities: known(grid.entities[cell]),
    roots: rootDetails(t, grid, [cell]).map(({ root }) => rootReport(root)),
    ...(reason !== undefined && { reason: reasonReport(reason) }),
    ...(overlays.length > 0 && { overlays }),
  };
}

/** The overlays with one that says that nothing could be read, unless they say so already. */
export function withStalled(overlays: readonly Overlay[], stalled: Overlay | undefined): readonly Overlay[] {
  return stalled === undefined || overlays.some(({ kind }) => kind === 'unknown') ? overlays : [...overlays, stalled];
}

export function rootReport(root: Root): RootReport {
  const { node, isSource, day, have, need } = root;
  return { ...(isSource ? { source: node } : { processor: node }), date: formatDay(day), have, need };
}

export function reasonReport(reason: Reason): ReasonReport {
  const text = reasonText(reason);
  if (reason.kind === 'upstream') return { ...reason, partition: refReport(reason.partition), text };
  if (reason.kind === 'inputsChanged') return { ...reason, upstream: reason.upstream.map(refReport), text };
  return { ...reason, text };
}

function refReport({ node, day }: PartitionRef): { readonly node: string; readonly date: string } {
  return { node, date: formatDay(day) };
}

function known(value: number | undefined): number | null {
  return value === undefined || value < 0 ? null : value;
}

function isoInstant(epochMs: number): string | null {
  return Number.isFinite(epochMs) ? new Date(epochMs).toISOString() : null;
}
