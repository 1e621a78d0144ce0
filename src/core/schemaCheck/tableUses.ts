import type { Calendar, FailureTable, Pipeline, PipelineNode, RunHistoryTable, WrittenColumn } from '../pipeline';
import type { Owner } from './finding';

/** What a column must hold, for what is done with it. */
export type ColumnRole = 'date' | 'instant' | 'number' | 'any';

export interface ColumnUse {
  readonly key: string;
  readonly column: string;
  readonly role: ColumnRole;
}

export interface ExpressionUse {
  readonly key: 'where' | 'checks';
  readonly text: string;
  /** What messages call it, such as ``check `present` ``. */
  readonly label: string;
}

/** One mention of a table in a manifest, with everything that is said about its columns. */
export interface TableUse {
  readonly owner: Owner;
  /** What messages call the owner, such as `PCF` or `Calendar games`. */
  readonly label: string;
  readonly table: string;
  readonly columns: readonly ColumnUse[];
  readonly expressions: readonly ExpressionUse[];
  readonly writes: readonly WrittenColumn[];
  /** Filled by a SELECT of the manifest, whose first run makes the table. */
  readonly made: boolean;
  /** Its dates are read again and again, so that it matters what that costs. */
  readonly watched: boolean;
}

/** Every mention of a table, in the order of the manifest. */
export function tableUses(pipeline: Pipeline): readonly TableUse[] {
  return [
    ...pipeline.calendars.flatMap((calendar) => (calendar.kind === 'table' ? [calendarUse(calendar)] : [])),
    ...pipeline.nodes.flatMap((node) => node.tables.map((table) => nodeUse(node, table))),
    ...pipeline.failures.map(failuresUse),
    ...(pipeline.history === undefined ? [] : [historyUse(pipeline.history)]),
  ];
}

/** Every table that a manifest names, once. */
export function tablesNamed(pipeline: Pipeline): readonly string[] {
  return [...new Set(tableUses(pipeline).map(({ table }) => table))];
}

const PLAIN = { expressions: [], writes: [], made: false, watched: false } as const;

function calendarUse({ name, table, dateColumn, count, where }: Extract<Calendar, { kind: 'table' }>): TableUse {
  return {
    ...PLAIN,
    owner: { kind: 'calendar', name },
    label: `Calendar ${name}`,
    table,
    columns: columnsOf([
      ['date_column', dateColumn, 'date'],
      ['count', count, 'any'],
    ]),
    expressions: where === undefined ? [] : [{ key: 'where', text: where, label: '`where`' }],
    watched: true,
  };
}

function nodeUse(node: PipelineNode, table: string): TableUse {
  const where: ExpressionUse[] = node.where === undefined ? [] : [{ key: 'where', text: node.where, label: '`where`' }];
  return {
    owner: { kind: 'node', id: node.id },
    label: node.id,
    table,
    columns: columnsOf([
      ['date_column', node.dateColumn, 'date'],
      ...node.entity.map((column) => ['entity', column, 'any'] as const),
      ...node.key.map((column) => ['key', column, 'any'] as const),
      ['written_at', node.writtenAt, 'instant'],
    ]),
    expressions: [
      ...where,
      ...node.checks.map(
        ({ name, expression }): ExpressionUse => ({ key: 'checks', text: expression, label: `check \`${name}\`` }),
      ),
    ],
    writes: node.kind === 'processor' ? node.writes : [],
    made: node.kind === 'processor' && node.run.some(({ kind }) => kind === 'sql'),
    watched: true,
  };
}

function failuresUse(failures: FailureTable): TableUse {
  const { table, processor, date, entity, category, reason, created, resolved, reprocessed } = failures;
  return {
    ...PLAIN,
    owner: { kind: 'failures', table },
    label: 'Failures',
    table,
    columns: columnsOf([
      ['processor', processor, 'any'],
      ['date', date, 'date'],
      ['entity', entity, 'any'],
      ['category', category, 'any'],
      ['reason', reason, 'any'],
      ['created', created, 'instant'],
      ['resolved', resolved, 'any'],
      ['reprocessed', reprocessed, 'any'],
    ]),
  };
}

function historyUse(history: RunHistoryTable): TableUse {
  const { table, processor, date, status, run, started, finished, seconds, rows, errors, reason, stages } = history;
  return {
    ...PLAIN,
    owner: { kind: 'history' },
    label: 'History',
    table,
    columns: columnsOf([
      ['processor', processor, 'any'],
      ['date', date, 'date'],
      ['status', status, 'any'],
      ['run', run, 'any'],
      ['started', started, 'instant'],
      ['finished', finished, 'instant'],
      ['seconds', seconds, 'number'],
      ['rows', rows, 'number'],
      ['errors', errors, 'any'],
      ['reason', reason, 'any'],
      ['stages', stages?.column, 'any'],
    ]),
  };
}

function columnsOf(
  uses: readonly (readonly [key: string, column: string | undefined, role: ColumnRole])[],
): readonly ColumnUse[] {
  return uses.flatMap(([key, column, role]) => (column === undefined ? [] : [{ key, column, role }]));
}
