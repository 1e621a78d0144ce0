import { statusCode } from '../../base/status';
import { ratioRows, UNJUDGEABLE } from './expectations';
import { judge, judgeSingle, offending, type SingleRule, UNMET } from './needs';
import type { NodeTable, Tables } from './tables';

const SUSPECT = statusCode('suspect');

/** An upstream partition that keeps another from being good, and the need that says so; without a rule it is `ratio_of`. */
export interface Blocker {
  readonly cell: number;
  readonly rule?: SingleRule;
}

/**
 * Why a partition cannot be good before others are: the upstream partitions of unmet critical needs; the suspect ones of non-critical
 * needs, because what is built on them is suspect; and where nothing of that is, the gap that its `ratio_of` would have to be judged by.
 */
export function blockersOf(t: Tables, table: NodeTable, offset: number): Blocker[] {
  const blockers: Blocker[] = [];
  const hasRows = (t.rows[table.base + offset] ?? 0) > 0;
  for (const need of table.needs) {
    if (need.critical && judge(t, need, offset) === UNMET) {
      for (const rule of need.kind === 'anyOf' ? need.alternatives : [need]) {
        if (judgeSingle(t, rule, offset) === UNMET) for (const cell of offending(t, rule, offset)) blockers.push({ cell, rule });
      }
    } else if (!need.critical && need.kind === 'single' && need.past === undefined) {
      const cell = need.node * t.dayCount + offset;
      if (t.held[cell] === SUSPECT) blockers.push({ cell, rule: need });
    }
  }
  if (blockers.length === 0 && hasRows && table.ratio !== undefined && ratioRows(t, table, offset) === UNJUDGEABLE) {
    blockers.push({ cell: table.ratio.node * t.dayCount + offset });
  }
  return blockers;
}
