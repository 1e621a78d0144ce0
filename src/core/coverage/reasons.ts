import type { Day } from '../../base/day';
import { counted } from '../../base/figures';
import { OFF_KINDS, STATUSES, type Status } from '../../base/status';
import { offText, partitionKey, percent } from '../words';
import { offDetail, UNKNOWABLE } from './calendar';
import type { PartitionRef, Reason } from './coverage';
import { ownRows, ratioRows, UNJUDGEABLE } from './expectations';
import { judge, offending, type SingleRule, UNMET } from './needs';
import { builderAt, changedInputs, MARK, type NodeTable, type Tables } from './tables';

export function dayOfCell(t: Tables, cell: number): Day {
  return t.timeline.firstDay + (cell % t.dayCount);
}

export function tableOfCell(t: Tables, cell: number): NodeTable | undefined {
  return t.nodes[Math.floor(cell / t.dayCount)];
}

export function refOfCell(t: Tables, cell: number): PartitionRef {
  return { node: tableOfCell(t, cell)?.node.id ?? '', day: dayOfCell(t, cell) };
}

/** The status by the data alone, whatever holds the partition now. */
export function heldOf(t: Tables, cell: number): Status {
  return STATUSES[t.held[cell] ?? 0] ?? 'unknown';
}

export function offReason(t: Tables, table: NodeTable, offset: number): (Reason & { readonly kind: 'off' }) | undefined {
  const kind = OFF_KINDS[table.off[offset] ?? UNKNOWABLE];
  if (kind === undefined) return undefined;
  const { calendar, bootstrapDays } = table.node;
  return {
    kind: 'off',
    off: kind,
    detail: offDetail(t.input, t.timeline, kind, t.timeline.firstDay + offset, calendar, bootstrapDays),
  };
}

/** What an upstream partition has, in the terms of a need: `36 rows`, `29 entities`, `missing`, `no rows (No games)`. */
export function haveText(t: Tables, cell: number, rule: SingleRule): string {
  const table = tableOfCell(t, cell);
  const rows = t.rows[cell] ?? -1;
  const entities = t.entities[cell] ?? -1;
  const held = heldOf(t, cell);
  const off = table === undefined ? undefined : offReason(t, table, cell % t.dayCount);
  if (off !== undefined && rows <= 0) return `no rows (${offText(off.off, off.detail)})`;
  const marks = t.marks[cell] ?? 0;
  const remark = (marks & MARK.waived) !== 0 && held !== 'complete' && held !== 'stale' && off === undefined ? ' (waived)' : '';
  const single = rule.past === undefined;
  if (rows < 0) return 'never read';
  if (single && held === 'suspect') return `suspect${remark}`;
  if (single && rule.minRows >= 0 && rows < rule.minRows) return `${counted(rows, 'row')}${remark}`;
  if (rule.minEntities >= 0 && rows > 0 && entities < rule.minEntities)
    return `${counted(entities, 'entity', 'entities')}${remark}`;
  if (held === 'complete' || held === 'stale' || off !== undefined || (single && rule.minRows >= 0)) return counted(rows, 'row');
  return `${held}${remark}`;
}

/** What a need asks for: `100 rows`, `30 entities`, `complete`, `90 % of the last 15 dates`. */
export function needText({ minRows, minEntities, atLeast, window }: SingleRule): string {
  const parts = [
    ...(minRows >= 0 ? [counted(minRows, 'row')] : []),
    ...(minEntities >= 0 ? [counted(minEntities, 'entity', 'entities')] : []),
  ];
  const amount = parts.join(' and ');
  if (window.kind === 'same') return amount === '' ? 'complete' : amount;
  const over = windowText(window);
  if (atLeast < 0 || atLeast === 1) return amount === '' ? `complete on ${over}` : `${amount} over ${over}`;
  return `${percent(atLeast)} of ${over}${amount === '' ? '' : ` and ${amount}`}`;
}

export function windowText(window: SingleRule['window']): string {
  switch (window.kind) {
    case 'same':
      return 'the date';
    case 'previous':
      return 'the date before';
    case 'lastDates':
      return `the last ${counted(window.count, 'date')}`;
    case 'lastDays':
      return `the last ${counted(window.days, 'day')}`;
  }
}

/** Why a partition has the status that it has, the most telling reason first; empty for complete ones. */
export function reasonsOf(t: Tables, cell: number): Reason[] {
  const table = tableOfCell(t, cell);
  if (table === undefined) return [];
  const offset = cell % t.dayCount;
  switch (heldOf(t, cell)) {
    case 'off': {
      const off = offReason(t, table, offset);
      return off === undefined ? [] : [off];
    }
    case 'unknown':
      return [unavailable(t, table)];
    case 'blocked':
      return unmetReasons(t, table, offset);
    case 'failed':
    case 'missing':
      return [emptyReason(t, cell), ...contaminations(t, table, offset)];
    case 'suspect':
    case 'partial':
    case 'stale':
      return [...suspicions(t, table, offset), ...shortfalls(t, table, offset), ...changes(t, cell)];
    case 'running':
    case 'queued':
    case 'complete':
      return [];
  }
}

function unavailable(t: Tables, { node }: NodeTable): Reason {
  const { pipeline, observations, now } = t.input;
  const calendar = pipeline.calendars[node.calendar]?.name ?? '';
  const found = observations.unavailableNodes.get(node.id) ?? observations.unavailableCalendars.get(calendar);
  if (found !== undefined) return { kind: 'unavailable', error: found.error, since: found.since };
  const what = observations.nodes.has(node.id) ? `the calendar ${calendar}` : node.tables.join(', ');
  return { kind: 'unavailable', error: `Nothing was read of ${what} yet.`, since: now };
}

function unmetReasons(t: Tables, table: NodeTable, offset: number): Reason[] {
  return table.needs
    .filter((need) => need.critical && judge(t, need, offset) === UNMET)
    .flatMap((need) => (need.kind === 'anyOf' ? need.alternatives : [need]))
    .flatMap((rule): Reason[] => {
      const need = needText(rule);
      const cells = offending(t, rule, offset);
      if (cells.length > 0) {
        return cells.map((cell) => ({ kind: 'upstream', partition: refOfCell(t, cell), have: haveText(t, cell, rule), need }));
      }
      // No date of the window lies within the season.
      const partition = refOfCell(t, rule.node * t.dayCount + offset);
      return [{ kind: 'upstream', partition, have: 'no earlier date in the season', need }];
    });
}

/** Why a partition without rows has none, its needs being met. */
function emptyReason(t: Tables, cell: number): Reason {
  const last = t.attempts.get(cell);
  if (last === undefined) return { kind: 'neverRun' };
  const { attempt, backfill, outcome, category = '', message = '', signature = '' } = last;
  switch (outcome) {
    case 'failed':
      return { kind: 'failed', category, message, signature };
    case 'interrupted':
      return { kind: 'interrupted', backfill };
    case 'wroteNothing':
    case 'succeededButEmpty':
      return { kind: outcome, attempt, ...(message !== '' && { message }) };
    case 'torn':
      return { kind: outcome, attempt };
    case 'cleaned':
      return { kind: outcome, backfill, at: last.endedAt, message };
    case 'done':
    case 'partial':
      return { kind: 'emptied', attempt };
  }
}

function suspicions(t: Tables, table: NodeTable, offset: number): Reason[] {
  const cell = table.base + offset;
  const marks = t.marks[cell] ?? 0;
  const builder = builderAt(t, cell)?.attempt;
  const reasons: Reason[] = [];
  if ((marks & MARK.torn) !== 0 && builder !== undefined) reasons.push({ kind: 'torn', attempt: builder.attempt });
  reasons.push(...unmetReasons(t, table, offset));
  reasons.push(...contaminations(t, table, offset));
  if ((marks & MARK.builtUnmet) !== 0) {
    for (const { node, day, unmet } of builder?.inputs ?? []) {
      if (unmet)
        reasons.push({ kind: 'upstream', partition: { node, day }, have: 'too little when this was built', need: 'a new run' });
    }
  }
  return [...reasons, ...flaws(t, table, offset)];
}

/** Suspect upstream of non-critical needs: nothing waits for it, but what is built on it is suspect. */
function contaminations(t: Tables, { needs }: NodeTable, offset: number): Reason[] {
  return needs.flatMap((need): Reason[] => {
    if (need.critical || need.kind !== 'single' || need.past !== undefined) return [];
    const upstream = need.node * t.dayCount + offset;
    if (heldOf(t, upstream) !== 'suspect') return [];
    return [{ kind: 'upstream', partition: refOfCell(t, upstream), have: 'suspect', need: 'complete' }];
  });
}

/** Failed checks and duplicates, with their figures. */
function flaws(t: Tables, { node, base }: NodeTable, offset: number): Reason[] {
  if ((t.quality[base + offset] ?? 0) === 0) return [];
  const found = t.measures(base + offset);
  const reasons: Reason[] = node.checks.flatMap(({ name, atLeast }, index) => {
    const ratio = found?.checks[index];
    return ratio !== undefined && ratio < atLeast ? [{ kind: 'checkFailed' as const, name, ratio, need: atLeast }] : [];
  });
  if (node.key.length > 0 && found?.keys !== undefined && found.keys < found.rows) {
    reasons.push({ kind: 'duplicates', rows: found.rows, keys: found.keys });
  }
  return reasons;
}

function shortfalls(t: Tables, table: NodeTable, offset: number): Reason[] {
  const cell = table.base + offset;
  const rows = t.rows[cell] ?? 0;
  const have = counted(rows, 'row');
  const reasons: Reason[] = [];
  const own = ownRows(table, offset);
  if (rows < own) reasons.push({ kind: 'belowExpectation', have, need: counted(own, 'row') });
  const { entities } = table.node.expect;
  const found = t.entities[cell] ?? -1;
  if (entities !== undefined && found >= 0 && found < entities) {
    reasons.push({
      kind: 'belowExpectation',
      have: counted(found, 'entity', 'entities'),
      need: counted(entities, 'entity', 'entities'),
    });
  }
  if (table.ratio === undefined) return reasons;
  const wanted = ratioRows(t, table, offset);
  const upstream = table.ratio.node * t.dayCount + offset;
  const { node, day } = refOfCell(t, upstream);
  const share = percent(table.ratio.atLeast);
  if (wanted === UNJUDGEABLE) {
    reasons.push({
      kind: 'belowExpectation',
      have,
      need: `${share} of ${partitionKey(node, day)}, which is ${heldOf(t, upstream)}`,
    });
  } else if (rows < wanted) {
    reasons.push({ kind: 'belowExpectation', have, need: `${counted(wanted, 'row')} (${share} of ${node})` });
  }
  return reasons;
}

function changes(t: Tables, cell: number): Reason[] {
  if (((t.marks[cell] ?? 0) & MARK.inputsChanged) === 0) return [];
  const changed = changedInputs(builderAt(t, cell)?.attempt.inputs ?? [], t);
  return [{ kind: 'inputsChanged', upstream: changed.map(({ node, day }) => ({ node, day })) }];
}
