import { isGap, STATUSES } from '../../base/status';
import { UNKNOWABLE } from './calendar';
import type { NodeTable, Tables } from './tables';

/** By status code. */
export const IS_GAP: readonly boolean[] = STATUSES.map(isGap);
const UNKNOWN = STATUSES.indexOf('unknown');

/** In place of a number of rows: the other node's date is a gap, so nobody can tell how many there should be. */
export const UNJUDGEABLE = -1;

/** Rows that a date must hold by its own `min_rows` and `rows_per_count`. */
export function ownRows({ node, calendar }: NodeTable, offset: number): number {
  const { minRows, rowsPerCount } = node.expect;
  if (rowsPerCount === undefined) return minRows;
  return Math.max(minRows, Math.ceil(rowsPerCount * Math.max(0, calendar.counts[offset] ?? 0) - 1e-9));
}

/** Rows that a date must hold by `ratio_of`: 0 where it asks for nothing, UNJUDGEABLE where the other node's date is a gap. */
export function ratioRows(t: Tables, { ratio }: NodeTable, offset: number): number {
  if (ratio === undefined) return 0;
  const cell = ratio.node * t.dayCount + offset;
  const rows = t.rows[cell] ?? -1;
  if (rows < 0) return 0;
  const off = (t.nodes[ratio.node]?.off[offset] ?? 0) < UNKNOWABLE;
  if (!off && ratio.ordered && t.held[cell] === UNKNOWN) return 0;
  const gap = !off && (ratio.ordered ? IS_GAP[t.held[cell] ?? 0] : rows === 0);
  return gap ? UNJUDGEABLE : Math.ceil(ratio.atLeast * rows - 1e-9);
}

/** A date with rows has fewer rows or entities than it should, or nobody can tell. */
export function isPartial(t: Tables, table: NodeTable, offset: number): boolean {
  const cell = table.base + offset;
  const rows = t.rows[cell] ?? 0;
  if (rows < ownRows(table, offset)) return true;
  const { entities } = table.node.expect;
  const found = t.entities[cell] ?? -1;
  if (entities !== undefined && found >= 0 && found < entities) return true;
  const wanted = ratioRows(t, table, offset);
  return wanted === UNJUDGEABLE || rows < wanted;
}
