import { judge, type NeedRule, offending, UNDECIDED, UNMET } from './needs';
import type { NodeTable, Tables } from './tables';

/** The upstream cells that a partition is built from: of all its needs, critical or not, every date of their windows. Without doubles. */
export function inputCells(t: Tables, table: NodeTable, offset: number): number[] {
  const cells = new Set<number>();
  for (const rule of table.needs.flatMap(singles)) {
    if (rule.past === undefined) cells.add(rule.node * t.dayCount + offset);
    else for (const date of rule.past.dates(offset)) cells.add(rule.node * t.dayCount + date);
  }
  return [...cells];
}

/** What must not be worked on at the same time as a partition: its inputs, and what its `ratio_of` is judged by. */
export function precedingCells(t: Tables, table: NodeTable, offset: number): number[] {
  const inputs = inputCells(t, table, offset);
  return table.ratio?.ordered === true ? [...inputs, table.ratio.node * t.dayCount + offset] : inputs;
}

/** Whether a partition's critical needs are met, and the cells that keep them from it; `unknown` where something was never read. */
export function criticalNeeds(
  t: Tables,
  table: NodeTable,
  offset: number,
): { readonly verdict: 'met' | 'unmet' | 'unknown'; readonly offending: readonly number[] } {
  const cells = new Set<number>();
  let verdict: 'met' | 'unmet' | 'unknown' = 'met';
  for (const rule of table.needs) {
    if (!rule.critical) continue;
    const found = judge(t, rule, offset);
    if (found === UNMET) {
      verdict = 'unmet';
      for (const cell of offending(t, rule, offset)) cells.add(cell);
    } else if (found === UNDECIDED && verdict === 'met') verdict = 'unknown';
  }
  return { verdict, offending: [...cells] };
}

/** A processor that looks at its own earlier dates. */
export function needsItself(table: NodeTable): boolean {
  return table.needs.flatMap(singles).some((rule) => rule.past !== undefined && rule.node === table.node.index);
}

function singles(rule: NeedRule) {
  return rule.kind === 'anyOf' ? rule.alternatives : [rule];
}
