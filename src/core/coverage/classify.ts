import { statusCode } from '../../base/status';
import { blockersOf } from './blockers';
import { EXPECTED, NOT_DUE, UNKNOWABLE } from './calendar';
import { type CoverageGrid, type CoverageInput, FLAG } from './coverage';
import { IS_GAP, isPartial, ownRows, ratioRows } from './expectations';
import { judge, MET, UNDECIDED, UNMET } from './needs';
import { buildTables, MARK, type NodeTable, type Tables } from './tables';

const OFF = statusCode('off');
const RUNNING = statusCode('running');
const QUEUED = statusCode('queued');
const BLOCKED = statusCode('blocked');
const FAILED = statusCode('failed');
const MISSING = statusCode('missing');
const SUSPECT = statusCode('suspect');
const PARTIAL = statusCode('partial');
const STALE = statusCode('stale');
const COMPLETE = statusCode('complete');
const UNKNOWN = statusCode('unknown');

/** What a grid was made from, for those who ask for details. */
const tablesByGrid = new WeakMap<CoverageGrid, Tables>();

/**
 * The status of every partition, in one pass over the dates: needs point to the same date, in topological order, or to earlier dates.
 * Never throws; what the input does not tell is `unknown`. The rules are the table of docs/statuses.md.
 */
export function classify(input: CoverageInput): CoverageGrid {
  const t = buildTables(input);
  const { dayCount, nodes, timeline } = t;
  const cells = nodes.length * dayCount;
  const grid: CoverageGrid = {
    firstDay: timeline.firstDay,
    dayCount,
    nodeCount: nodes.length,
    mode: input.mode,
    asOf: t.asOf,
    status: new Uint8Array(cells),
    off: new Uint8Array(cells).fill(EXPECTED),
    rows: t.rows,
    entities: t.entities,
    expectedRows: new Int32Array(cells),
    flags: new Uint8Array(cells),
    rootSet: new Int32Array(cells),
    rootSets: t.roots.sets,
    counts: t.counts,
  };
  const ordered = t.order.flatMap((index) => nodes[index] ?? []);
  for (let offset = 0; offset < dayCount; offset++) {
    for (const table of ordered) classifyCell(t, grid, table, offset);
  }
  tablesByGrid.set(grid, t);
  return grid;
}

/** The tables behind a grid; made again for a grid that `classify` did not make in this process. */
export function tablesOf(input: CoverageInput, grid: CoverageGrid): Tables {
  const known = tablesByGrid.get(grid) ?? tablesByGrid.get(classify(input)) ?? buildTables(input);
  tablesByGrid.set(grid, known);
  return known;
}

function classifyCell(t: Tables, grid: CoverageGrid, table: NodeTable, offset: number): void {
  const cell = table.base + offset;
  const off = table.off[offset] ?? UNKNOWABLE;
  const rows = t.rows[cell] ?? -1;
  if (off < UNKNOWABLE) {
    grid.off[cell] = off;
    t.held[cell] = OFF;
    t.bare[cell] = rows > 0 ? MET : rows < 0 ? UNDECIDED : UNMET;
    // Rows that come before they are due are on time, not unexpected.
    if (rows > 0 && off !== NOT_DUE) grid.flags[cell] = FLAG.unexpectedRows;
    return;
  }
  const held = heldStatus(t, table, offset, off, rows);
  const marks = t.marks[cell] ?? 0;
  t.held[cell] = held;
  t.bare[cell] = held === UNKNOWN ? UNDECIDED : held === COMPLETE || held === STALE ? MET : UNMET;
  grid.expectedRows[cell] = Math.max(ownRows(table, offset), ratioRows(t, table, offset));
  if (table.stalled && held !== UNKNOWN) grid.flags[cell] = (grid.flags[cell] ?? 0) | FLAG.unknown;
  const waived = IS_GAP[held] === true && (marks & MARK.waived) !== 0;
  if (waived) grid.flags[cell] = (grid.flags[cell] ?? 0) | FLAG.waived;
  if (IS_GAP[held] === true && (table.needs.length > 0 || table.ratio !== undefined)) trace(t, grid, table, offset, waived);

  const active = (marks & MARK.running) !== 0 ? RUNNING : (marks & MARK.queued) !== 0 ? QUEUED : 0;
  grid.status[cell] = active !== 0 ? active : held;
  if (active === 0 && IS_GAP[held] === true && !waived) {
    const through = t.through[cell] ?? 0;
    grid.rootSet[cell] = through !== 0 ? through : t.roots.single(cell);
  }
}

/** The status by data, journal and needs, whatever holds the partition now. */
function heldStatus(t: Tables, table: NodeTable, offset: number, off: number, rows: number): number {
  if (off === UNKNOWABLE || rows < 0) return UNKNOWN;
  const cell = table.base + offset;
  const marks = t.marks[cell] ?? 0;
  let unmet = false;
  let contaminated = false;
  for (const rule of table.needs) {
    if (rule.critical) unmet = unmet || judge(t, rule, offset) === UNMET;
    else if (rule.kind === 'single' && rule.past === undefined && t.held[rule.node * t.dayCount + offset] === SUSPECT)
      contaminated = true;
  }
  if (rows === 0) return unmet ? BLOCKED : (marks & MARK.failed) !== 0 ? FAILED : MISSING;
  if (unmet || contaminated || t.quality[cell] !== 0 || (marks & (MARK.torn | MARK.builtUnmet)) !== 0) return SUSPECT;
  if (isPartial(t, table, offset)) return PARTIAL;
  return (marks & MARK.inputsChanged) !== 0 ? STALE : COMPLETE;
}

/** Notes the root causes that a partition reaches through what it lacks, and which upstream is too little for it. */
function trace(t: Tables, grid: CoverageGrid, table: NodeTable, offset: number, waived: boolean): void {
  const numbers: number[] = [];
  for (const { cell, rule } of blockersOf(t, table, offset)) {
    const through = t.through[cell] ?? 0;
    numbers.push(through !== 0 ? through : t.roots.single(cell));
    const whole = t.held[cell] === COMPLETE || t.held[cell] === STALE;
    if (whole && rule !== undefined && rule.past === undefined) grid.flags[cell] = (grid.flags[cell] ?? 0) | FLAG.shortFor;
  }
  // A waiver ends the chain: whoever needs this partition finds the waived one as its root.
  if (!waived) t.through[table.base + offset] = t.roots.union(numbers);
}
