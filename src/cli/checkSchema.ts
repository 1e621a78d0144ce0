import type { TableSchema } from '../app/ports';
import { didYouMean, nearest } from '../core/manifest/nearest';
import type { Calendar, ManifestProblem, Pipeline, PipelineNode, TextRange } from '../core/pipeline';

/**
 * What the manifest names and the warehouse does not have, and date columns that are none. Columns inside of SQL expressions are not
 * looked at.
 */
export function checkSchema(pipeline: Pipeline, schemas: readonly TableSchema[]): readonly ManifestProblem[] {
  const tables = new Map(schemas.map((schema) => [schema.table.toLowerCase(), schema]));
  const check = (table: string, columns: readonly string[], dateColumn: string, place: { id: string; range: TextRange }) => {
    const problem = (code: string, message: string): ManifestProblem => ({
      severity: 'error',
      code,
      message,
      range: place.range,
    });
    const schema = tables.get(table.toLowerCase());
    if (schema === undefined) {
      const meant = didYouMean(
        nearest(
          table,
          schemas.map((known) => known.table),
        ),
      );
      return [problem('missingTable', `${place.id}: the warehouse has no table ${table}.${meant}`)];
    }
    const names = schema.columns.map(({ name }) => name);
    const missing = [...new Set(columns)].filter((column) => !names.some((name) => name.toLowerCase() === column.toLowerCase()));
    const problems = missing.map((column) =>
      problem('missingColumn', `${place.id}: ${table} has no column ${column}.${didYouMean(nearest(column, names))}`),
    );
    const type = schema.columns.find(({ name }) => name.toLowerCase() === dateColumn.toLowerCase())?.type;
    if (type !== undefined && !/^(DATE|TIMESTAMP|DATETIME)/i.test(type)) {
      problems.push(problem('wrongType', `${place.id}: ${table}.${dateColumn} is ${type}, a date column must be a DATE.`));
    }
    return problems;
  };
  return [
    ...pipeline.calendars.flatMap((calendar) =>
      calendar.kind === 'table'
        ? check(calendar.table, calendarColumns(calendar), calendar.dateColumn, calendarPlace(calendar))
        : [],
    ),
    ...pipeline.nodes.flatMap((node) => node.tables.flatMap((table) => check(table, nodeColumns(node), node.dateColumn, node))),
  ];
}

const TOP: TextRange = { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } };

function calendarPlace({ name }: Calendar) {
  return { id: `calendar ${name}`, range: TOP };
}

function calendarColumns({ dateColumn, count }: Extract<Calendar, { kind: 'table' }>): readonly string[] {
  return count === undefined ? [dateColumn] : [dateColumn, count];
}

function nodeColumns({ dateColumn, entity, key, writtenAt }: PipelineNode): readonly string[] {
  return [dateColumn, ...entity, ...key, ...(writtenAt === undefined ? [] : [writtenAt])];
}
