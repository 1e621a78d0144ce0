import { type Day, formatDay } from '../../base/day';
import { counted } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { DATE_STATUSES, type DateStatus, OFF_KINDS, statusCode } from '../../base/status';
import { listText, offText } from '../words';
import { offDetail, UNKNOWABLE } from './calendar';
import { tablesOf } from './classify';
import { type CoverageGrid, type CoverageInput, type DateCoverage, FLAG } from './coverage';
import { offReason } from './reasons';
import { type RootDetail, rootDetails } from './rootDetails';
import { type Scope, scopeNodes, scopeOffsets } from './scope';
import type { Tables } from './tables';

const OFF = statusCode('off');
const RUNNING = statusCode('running');
const QUEUED = statusCode('queued');
const STALE = statusCode('stale');
const UNKNOWN = statusCode('unknown');

const DATE_CODE = Object.fromEntries(DATE_STATUSES.map((status, code) => [status, code])) as Record<DateStatus, number>;

/** By date of the grid: index into DATE_STATUSES, over the scope's processors. Dates outside of the scope are judged too. */
export function dateStatuses(input: CoverageInput, grid: CoverageGrid, scope: Scope = {}): Uint8Array {
  const t = tablesOf(input, grid);
  const { dayCount } = grid;
  const [GAP, ACTIVE, NEVER_READ, WANTED] = [1, 2, 4, 8];
  const found = new Uint8Array(dayCount);
  for (const { index } of scopeNodes(input.pipeline, scope)) {
    for (let offset = 0; offset < dayCount; offset++) {
      const cell = index * dayCount + offset;
      const status = grid.status[cell] ?? OFF;
      if (status === OFF || scope.holds?.(cell) === false) continue;
      let bits = WANTED;
      if ((grid.rootSet[cell] ?? 0) !== 0) bits |= GAP;
      else if (status === RUNNING || status === QUEUED) bits |= ACTIVE;
      else if (status === UNKNOWN) bits |= NEVER_READ;
      found[offset] = (found[offset] ?? 0) | bits;
    }
  }
  return found.map((bits, offset) => {
    if ((bits & GAP) !== 0) return DATE_CODE.incomplete;
    if ((bits & ACTIVE) !== 0) return DATE_CODE.running;
    if ((bits & NEVER_READ) !== 0) return DATE_CODE.unknown;
    const off = (t.firstOff[offset] ?? UNKNOWABLE) < UNKNOWABLE || (bits & WANTED) === 0;
    return off ? DATE_CODE.off : DATE_CODE.complete;
  });
}

/** Each date of the scope over its processors, with the union of its root causes and one short line. */
export function dateCoverage(input: CoverageInput, grid: CoverageGrid, scope: Scope): readonly DateCoverage[] {
  const t = tablesOf(input, grid);
  const statuses = dateStatuses(input, grid, scope);
  const { from, end } = scopeOffsets(grid, scope);
  const nodes = scopeNodes(input.pipeline, scope).map(({ index }) => index);
  const dates: DateCoverage[] = [];
  for (let offset = from; offset < end; offset++) {
    const held = nodes.filter((index) => scope.holds?.(index * grid.dayCount + offset) !== false);
    if (held.length === 0 && scope.holds !== undefined) continue;
    const status = DATE_STATUSES[statuses[offset] ?? 0] ?? 'off';
    const day = grid.firstDay + offset;
    const details = status === 'incomplete' ? rootDetails(t, grid, cellsAt(held, grid, offset)) : [];
    const summary = status === 'incomplete' ? causeSummary(details, day) : plainSummary(t, grid, status, held, offset);
    dates.push({ day, status, roots: details.map(({ root }) => root), summary });
  }
  return dates;
}

function cellsAt(nodes: readonly number[], grid: CoverageGrid, offset: number): number[] {
  return nodes.map((index) => index * grid.dayCount + offset);
}

/** `PDC 81 < 100, PCF missing (also on 2 dates)`: each upstream once; dates are named where they are others than the date itself. */
function causeSummary(details: readonly RootDetail[], day: Day): string {
  const parts = [...groupBy(details, ({ root }) => root.node)].map(([node, of]) => {
    const briefs = of.filter(({ root }) => root.day === day).map(({ brief }) => brief);
    const elsewhere = of.filter(({ root }) => root.day !== day).map(({ root }) => root);
    const [first] = elsewhere;
    if (first === undefined) return briefs.join(', ');
    const dates = elsewhere.length === 1 ? formatDay(first.day) : counted(elsewhere.length, 'date');
    if (briefs.length > 0) return `${briefs.join(', ')} (also on ${dates})`;
    return `${node} ${[...new Set(elsewhere.map(({ status }) => status))].join(' or ')} on ${dates}`;
  });
  return listText(parts, 3);
}

function plainSummary(t: Tables, grid: CoverageGrid, status: DateStatus, nodes: readonly number[], offset: number): string {
  const cells = cellsAt(nodes, grid, offset);
  const withStatus = (code: number) => cells.filter((cell) => grid.status[cell] === code);
  switch (status) {
    case 'off':
      return offSummary(t, nodes, offset);
    case 'running': {
      const counts = [
        [withStatus(RUNNING).length, 'running'],
        [withStatus(QUEUED).length, 'queued'],
      ] as const;
      return counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
    }
    case 'unknown': {
      const ids = withStatus(UNKNOWN).map((cell) => t.nodes[Math.floor(cell / grid.dayCount)]?.node.id ?? '');
      return `Never read: ${listText(ids, 3)}`;
    }
    case 'incomplete':
    case 'complete': {
      const waived = cells.filter((cell) => ((grid.flags[cell] ?? 0) & FLAG.waived) !== 0).length;
      const stale = withStatus(STALE).length;
      return `Complete${waived > 0 ? `, ${waived} waived` : ''}${stale > 0 ? `, ${stale} stale` : ''}`;
    }
  }
}

function offSummary(t: Tables, nodes: readonly number[], offset: number): string {
  const kind = OFF_KINDS[t.firstOff[offset] ?? UNKNOWABLE];
  if (kind !== undefined) return offText(kind, offDetail(t.input, t.timeline, kind, t.timeline.firstDay + offset, 0, 0));
  for (const index of nodes) {
    const table = t.nodes[index];
    const reason = table === undefined ? undefined : offReason(t, table, offset);
    if (reason !== undefined) return offText(reason.off, reason.detail);
  }
  return 'No processor';
}
