import { counted } from '../../base/figures';
import { type FixKind, STATUSES, type Status } from '../../base/status';
import { percent } from '../words';
import { blockersOf } from './blockers';
import type { CoverageGrid, Reason, Root } from './coverage';
import { IS_GAP } from './expectations';
import { judge, type SingleRule, UNMET } from './needs';
import { dayOfCell, haveText, heldOf, needText, offReason, reasonsOf, tableOfCell } from './reasons';
import { MARK, type NodeTable, type Tables } from './tables';

/** A root cause with what sums it up without its date: `PDC 36 < 100`, `PCF missing`. */
export interface RootDetail {
  readonly root: Root;
  readonly cell: number;
  readonly brief: string;
}

interface Demand {
  readonly consumer: NodeTable;
  readonly rule: SingleRule;
}

/**
 * The root causes of gaps, each with what it has and what is asked of it: by the strongest need on the way from the gaps to it, else by
 * its own expectation. By phase, file order and date.
 */
export function rootDetails(t: Tables, grid: CoverageGrid, gaps: Iterable<number>): RootDetail[] {
  const demands = demandsOnRoots(t, grid, gaps);
  return [...demands.keys()].sort((a, b) => a - b).map((cell) => detail(t, grid, cell, demands.get(cell)));
}

/** A root without its date, as a key: the node, its status and what mends it. */
export function rootCause(t: Tables, grid: CoverageGrid, cell: number): string {
  const status = STATUSES[grid.status[cell] ?? 0] ?? 'unknown';
  // What is queued runs soon: while a backfill goes through its dates their cause stays one.
  const standing = status === 'queued' ? 'running' : status;
  return `${tableOfCell(t, cell)?.node.id} ${standing} ${fixOf(t, cell, status)}`;
}

/** The roots that are reached from gaps through what each partition lacks, with the strongest demand on each. */
function demandsOnRoots(t: Tables, grid: CoverageGrid, gaps: Iterable<number>): Map<number, Demand | undefined> {
  const found = new Map<number, Demand | undefined>();
  const seen = new Set<number>();
  const open: number[] = [];
  for (const gap of gaps) {
    if ((grid.rootSet[gap] ?? 0) === 0) continue;
    if ((t.through[gap] ?? 0) !== 0) open.push(gap);
    else found.set(gap, found.get(gap));
  }
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    const consumer = tableOfCell(t, cell);
    if (consumer === undefined || seen.has(cell)) continue;
    seen.add(cell);
    for (const { cell: upstream, rule } of blockersOf(t, consumer, cell % t.dayCount)) {
      if ((t.through[upstream] ?? 0) !== 0) open.push(upstream);
      else found.set(upstream, stronger(found.get(upstream), rule === undefined ? undefined : { consumer, rule }));
    }
  }
  return found;
}

function stronger(left: Demand | undefined, right: Demand | undefined): Demand | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  const by =
    left.rule.minRows - right.rule.minRows ||
    left.rule.minEntities - right.rule.minEntities ||
    right.consumer.node.index - left.consumer.node.index;
  return by >= 0 ? left : right;
}

function detail(t: Tables, grid: CoverageGrid, cell: number, demand: Demand | undefined): RootDetail {
  const table = tableOfCell(t, cell);
  const status = STATUSES[grid.status[cell] ?? 0] ?? 'unknown';
  const id = table?.node.id ?? '';
  const base = {
    node: id,
    isSource: table?.node.kind === 'source',
    day: dayOfCell(t, cell),
    status,
    fix: fixOf(t, cell, status),
  };
  const held = heldOf(t, cell);
  const waived = isWaived(t, cell);
  if (demand !== undefined && (waived || !isOwnFault(t, cell, held, demand.rule))) {
    const { rule, consumer } = demand;
    const root: Root = { ...base, have: haveText(t, cell, rule), need: needText(rule), consumer: consumer.node.id };
    return { root, cell, brief: waived ? `${id} ${held} (waived)` : (comparison(t, cell, rule, id) ?? `${id} ${status}`) };
  }
  const [reason] = reasonsOf(t, cell);
  const root: Root = { ...base, ...ownFault(t, grid, cell, reason) };
  return { root, cell, brief: `${id} ${status}` };
}

/** Whether the partition itself is the trouble, and not only too little for a consumer. */
function isOwnFault(t: Tables, cell: number, held: Status, rule: SingleRule): boolean {
  if (!(IS_GAP[t.held[cell] ?? 0] ?? false)) return false;
  // A partial date that a consumer could use, were it not for the numbers, is told by those numbers.
  return held !== 'partial' || comparison(t, cell, rule, '') === undefined;
}

/** `PDC 36 < 100` where a number is what is missing. */
function comparison(t: Tables, cell: number, { minRows, minEntities, past }: SingleRule, id: string): string | undefined {
  const rows = t.rows[cell] ?? 0;
  const entities = t.entities[cell] ?? -1;
  if (past !== undefined || rows <= 0) return undefined;
  if (rows < minRows) return `${id} ${rows} < ${minRows}`;
  return entities >= 0 && entities < minEntities ? `${id} ${entities} < ${minEntities}` : undefined;
}

function ownFault(t: Tables, grid: CoverageGrid, cell: number, reason: Reason | undefined): Pick<Root, 'have' | 'need'> {
  if (reason?.kind === 'upstream' || reason?.kind === 'belowExpectation') return { have: reason.have, need: reason.need };
  if (reason?.kind === 'checkFailed') return { have: `${reason.name} ${percent(reason.ratio)}`, need: percent(reason.need) };
  if (reason?.kind === 'duplicates') {
    return { have: `${counted(reason.rows, 'row')} for ${counted(reason.keys, 'key')}`, need: 'one row a key' };
  }
  if (reason?.kind === 'torn') return { have: 'an attempt that died on the way', need: 'a new run' };
  const need = counted(Math.max(1, grid.expectedRows[cell] ?? 0), 'row');
  return { have: counted(Math.max(0, t.rows[cell] ?? 0), 'row'), need };
}

function isWaived(t: Tables, cell: number): boolean {
  return ((t.marks[cell] ?? 0) & MARK.waived) !== 0 && IS_GAP[t.held[cell] ?? 0] === true;
}

/** It is its own root although a need is unmet: of a window without dates, which no run brings. */
function lacksEarlierDates(t: Tables, cell: number): boolean {
  const needs = tableOfCell(t, cell)?.needs ?? [];
  return (t.through[cell] ?? 0) === 0 && needs.some((need) => need.critical && judge(t, need, cell % t.dayCount) === UNMET);
}

/** What mends a root cause. */
function fixOf(t: Tables, cell: number, status: Status): FixKind {
  const table = tableOfCell(t, cell);
  if (table?.node.kind === 'source') return 'mendSource';
  if (status === 'running' || status === 'queued') return 'wait';
  if (status === 'off' && table !== undefined) {
    const off = offReason(t, table, cell % t.dayCount)?.off;
    return off === 'future' || off === 'notDue' ? 'wait' : 'lowerOrWaive';
  }
  if (status === 'complete' || status === 'stale' || isWaived(t, cell) || lacksEarlierDates(t, cell)) return 'lowerOrWaive';
  if (status === 'unknown') return 'look';
  if (status === 'failed') {
    const outcome = t.attempts.get(cell)?.outcome;
    return outcome === 'interrupted' || outcome === 'torn' ? 'run' : 'look';
  }
  return 'run';
}
