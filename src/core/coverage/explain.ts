import { type Day, formatDay } from '../../base/day';
import { counted } from '../../base/figures';
import { STATUSES } from '../../base/status';
import { percent } from '../words';
import { blockersOf } from './blockers';
import { todayOf } from './calendar';
import { tablesOf } from './classify';
import { type CoverageGrid, type CoverageInput, type Explanation, FLAG, type NeedResult, type Overlay } from './coverage';
import { IS_GAP } from './expectations';
import { judge, MET, type NeedRule, offending, type SingleRule, UNMET } from './needs';
import { dayOfCell, haveText, needText, offReason, reasonsOf, refOfCell, windowText } from './reasons';
import { rootDetails } from './rootDetails';
import type { NodeTable, Tables } from './tables';

/**
 * All there is to say about one partition. It reads the very tables that the grid was made from, so that it cannot disagree with it. A date
 * outside of the grid is off.
 */
export function explain(input: CoverageInput, grid: CoverageGrid, nodeIndex: number, day: Day): Explanation {
  const t = tablesOf(input, grid);
  const table = t.nodes[nodeIndex];
  const offset = day - grid.firstDay;
  if (table === undefined || !(offset >= 0 && offset < grid.dayCount)) return beyond(input, table?.node.id ?? '', day);
  const cell = table.base + offset;
  const isOff = offReason(t, table, offset) !== undefined;
  const lastAttempt = t.attempts.get(cell);
  const readAt = input.observations.nodes.get(table.node.id)?.readAt;
  return {
    node: table.node.id,
    day,
    status: STATUSES[grid.status[cell] ?? 0] ?? 'unknown',
    rows: grid.rows[cell] ?? -1,
    entities: grid.entities[cell] ?? -1,
    expectedRows: grid.expectedRows[cell] ?? 0,
    reasons: reasonsOf(t, cell),
    overlays: overlaysOf(t, grid, table, offset),
    needs: isOff ? [] : table.needs.map((rule) => needResult(t, rule, offset)),
    roots: rootDetails(t, grid, [cell]).map(({ root }) => root),
    ...(lastAttempt !== undefined && { lastAttempt }),
    ...(readAt !== undefined && { readAt }),
  };
}

function beyond(input: CoverageInput, node: string, day: Day): Explanation {
  const off = day > todayOf(input.pipeline.due, input.now) ? 'future' : 'outside';
  const reasons = [{ kind: 'off' as const, off, detail: '' } as const];
  return { node, day, status: 'off', rows: -1, entities: -1, expectedRows: 0, reasons, overlays: [], needs: [], roots: [] };
}

function needResult(t: Tables, rule: NeedRule, offset: number): NeedResult {
  const verdict = judge(t, rule, offset);
  return {
    verdict: verdict === MET ? 'met' : verdict === UNMET ? 'unmet' : 'unknown',
    critical: rule.critical,
    text: (rule.kind === 'anyOf' ? rule.alternatives : [rule]).map((one) => singleText(t, one, offset)).join(', or '),
    offending: verdict === UNMET ? offending(t, rule, offset).map((cell) => refOfCell(t, cell)) : [],
  };
}

function singleText(t: Tables, rule: SingleRule, offset: number): string {
  const id = t.nodes[rule.node]?.node.id ?? '';
  if (rule.past === undefined) return `${id}: ${haveText(t, rule.node * t.dayCount + offset, rule)}, needs ${needText(rule)}`;
  const { total, met, undecided, rows } = rule.past.count(t, offset);
  const enough = rule.minEntities >= 0 ? `with ${counted(rule.minEntities, 'entity', 'entities')}` : 'complete';
  const parts = [
    ...(rule.atLeast >= 0 ? [`${met} of ${counted(total, 'date')} ${enough}, needs ${percent(rule.atLeast)}`] : []),
    ...(rule.minRows >= 0 ? [`${counted(rows, 'row')}, needs ${counted(rule.minRows, 'row')}`] : []),
    ...(undecided > 0 ? [`${counted(undecided, 'date')} never read`] : []),
  ];
  return `${id} over ${windowText(rule.window)}: ${parts.join('; ')}`;
}

/** What is said beside the status. */
export function overlaysOf(t: Tables, grid: CoverageGrid, table: NodeTable, offset: number): Overlay[] {
  const cell = table.base + offset;
  const flags = grid.flags[cell] ?? 0;
  const { pipeline, observations, waivers } = t.input;
  const isGap = IS_GAP[t.held[cell] ?? 0] === true;
  if (flags === 0 && !(isGap && waivers.length > 0)) return [];
  const overlays: Overlay[] = [];
  const { id, calendar } = table.node;
  const day = dayOfCell(t, cell);
  if ((flags & FLAG.waived) !== 0) {
    const waiver = waivers.find(
      ({ node, from, to, until }) =>
        node === id && from <= day && day <= to && (until === undefined || until >= t.timeline.today),
    );
    if (waiver !== undefined) {
      const { reason, author, until } = waiver;
      overlays.push({ kind: 'waived', reason, author, ...(until !== undefined && { until: formatDay(until) }) });
    }
  }
  if (isGap && (flags & FLAG.waived) === 0) {
    const last = waivers.findLast(({ node, from, to }) => node === id && from <= day && day <= to);
    if (last?.until !== undefined)
      overlays.push({ kind: 'waiverExpired', reason: last.reason, author: last.author, until: formatDay(last.until) });
  }
  if ((flags & FLAG.unknown) !== 0) {
    const trouble =
      observations.unavailableNodes.get(id) ?? observations.unavailableCalendars.get(pipeline.calendars[calendar]?.name ?? '');
    const readAt = observations.nodes.get(id)?.readAt;
    if (trouble !== undefined) {
      overlays.push({ kind: 'unknown', error: trouble.error, since: trouble.since, ...(readAt !== undefined && { readAt }) });
    }
  }
  if ((flags & FLAG.shortFor) !== 0) overlays.push(...shortFor(t, cell, offset));
  if ((flags & FLAG.unexpectedRows) !== 0) overlays.push({ kind: 'unexpectedRows', rows: grid.rows[cell] ?? 0 });
  return overlays;
}

function shortFor(t: Tables, cell: number, offset: number): Overlay[] {
  return t.nodes.flatMap((consumer) => {
    if (!IS_GAP[t.held[consumer.base + offset] ?? 0]) return [];
    return blockersOf(t, consumer, offset).flatMap(({ cell: upstream, rule }) =>
      upstream === cell && rule !== undefined && rule.past === undefined
        ? [{ kind: 'shortFor' as const, consumer: consumer.node.id, have: haveText(t, cell, rule), need: needText(rule) }]
        : [],
    );
  });
}
