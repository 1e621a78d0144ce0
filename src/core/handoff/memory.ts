import { formatDay } from '../../base/day';
import { isGap, type Mode, OFF_KINDS, STATUSES, type Status } from '../../base/status';
import { tablesOf } from '../coverage/classify';
import { type CoverageGrid, type CoverageInput, FLAG, type Reason } from '../coverage/coverage';
import { reasonsOf } from '../coverage/reasons';

/** What a report remembers of a partition. */
export interface RememberedState {
  readonly status: Status;
  /** Of gaps the kind of the first reason, with what it is about; of off dates their kind. */
  readonly reason?: string;
  readonly waived?: true;
}

/** The statuses of all partitions as a report found them, for the next report to compare with. */
export interface CoverageMemory {
  readonly version: 1;
  readonly pipeline: string;
  readonly mode: Mode;
  /** ISO instants: of the report, and of the oldest read it rests on. */
  readonly writtenAt: string;
  readonly asOf: string | null;
  /** The date of the first cell of each column; null without dates. */
  readonly firstDate: string | null;
  /** Each distinct state once. */
  readonly states: readonly RememberedState[];
  /** A column for each processor and source: pairs of an index into `states` and the number of dates in a row. */
  readonly processors: readonly { readonly id: string; readonly runs: readonly number[] }[];
}

/** @param now epoch milliseconds. */
export function rememberCoverage(input: CoverageInput, grid: CoverageGrid, now: number): CoverageMemory {
  const t = tablesOf(input, grid);
  const states: RememberedState[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (state: RememberedState): number => {
    const key = stateKey(state);
    const known = indexes.get(key) ?? states.push(state) - 1;
    indexes.set(key, known);
    return known;
  };
  const plain = new Map<number, number>();
  const stateAt = (cell: number): number => {
    const code = grid.status[cell] ?? 0;
    const off = grid.off[cell] ?? OFF_KINDS.length;
    const status = STATUSES[code] ?? 'unknown';
    if (isGap(status)) {
      const [first] = reasonsOf(t, cell);
      const waived = ((grid.flags[cell] ?? 0) & FLAG.waived) !== 0;
      return indexOf({ status, ...(first !== undefined && { reason: reasonWord(first) }), ...(waived && { waived }) });
    }
    const key = code * 256 + off;
    const reason = OFF_KINDS[off];
    const known = plain.get(key) ?? indexOf({ status, ...(reason !== undefined && { reason }) });
    plain.set(key, known);
    return known;
  };
  const processors = input.pipeline.nodes.map(({ id, index }) => {
    const runs: number[] = [];
    let [last, count] = [-1, 0];
    for (let offset = 0; offset < grid.dayCount; offset++) {
      const state = stateAt(index * grid.dayCount + offset);
      if (state === last) count++;
      else {
        if (count > 0) runs.push(last, count);
        [last, count] = [state, 1];
      }
    }
    if (count > 0) runs.push(last, count);
    return { id, runs };
  });
  return {
    version: 1,
    pipeline: input.pipeline.name,
    mode: grid.mode,
    writtenAt: new Date(now).toISOString(),
    asOf: Number.isFinite(grid.asOf) ? new Date(grid.asOf).toISOString() : null,
    firstDate: grid.dayCount === 0 ? null : formatDay(grid.firstDay),
    states,
    processors,
  };
}

/** Equal for equal states. */
export function stateKey({ status, reason = '', waived }: RememberedState): string {
  return [status, reason, waived === true].join('\n');
}

/** The kind, with what it is about where another one would be another cause: `upstream PDC`, `failed TIMEOUT`. */
function reasonWord(reason: Reason): string {
  if (reason.kind === 'upstream') return `upstream ${reason.partition.node}`;
  if (reason.kind === 'failed') return `failed ${reason.category}`.trim();
  if (reason.kind === 'checkFailed') return `checkFailed ${reason.name}`;
  if (reason.kind === 'shortFor') return `shortFor ${reason.consumer}`;
  return reason.kind;
}
