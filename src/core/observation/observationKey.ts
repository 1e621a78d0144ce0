import type { Calendar, Pipeline, PipelineNode } from '../pipeline';

/**
 * What an observation of a node depends on in the manifest, as one comparable text. Thresholds, needs, names and runs are no part of
 * it: an edit of those needs no new read.
 */
export function nodeKey({ warehouse }: Pipeline, node: PipelineNode): string {
  const { tables, dateColumn, where, entity, key, writtenAt, checks } = node;
  const expressions = checks.map(({ expression }) => expression);
  return JSON.stringify([warehouse, tables, dateColumn, where ?? null, entity, key, writtenAt ?? null, expressions]);
}

/** The same for the table of a calendar. */
export function calendarTableKey({ warehouse }: Pipeline, calendar: Extract<Calendar, { kind: 'table' }>): string {
  const { table, dateColumn, where, count } = calendar;
  return JSON.stringify([warehouse, table, dateColumn, where ?? null, count ?? null]);
}
