import { didYouMean, nearest } from '../../base/nearest';
import type { ColumnSchema, TableSchema } from '../observation/tableSchema';
import type { WrittenColumn } from '../pipeline';
import type { SqlLexis } from '../sql/lexis';
import { canChangeType, isSameType, typeKind } from './columnTypes';
import { columnsIn } from './expressionColumns';
import type { SchemaFinding } from './finding';
import { addColumn, datedCopy, dropNotNull, setType } from './statements';
import type { ColumnRole, ColumnUse, ExpressionUse, TableUse } from './tableUses';

/** A mention of a table with the table that it means. */
export interface FoundTable {
  readonly use: TableUse;
  readonly schema: TableSchema;
  readonly lexis: SqlLexis;
}

/** What the manifest says of the columns of a table, and is not so. */
export function columnFindings(found: FoundTable): readonly SchemaFinding[] {
  const { use, schema } = found;
  const findings = [
    ...use.columns.flatMap((column) => columnFinding(found, column) ?? []),
    ...use.expressions.flatMap((expression) => expressionFindings(found, expression)),
    ...use.writes.flatMap((column) => writtenFindings(found, column)),
  ];
  // Views and files are not altered.
  return schema.kind === 'table' ? findings : findings.map(withoutStatement);
}

function withoutStatement(finding: SchemaFinding): SchemaFinding {
  const { statement: _, ...rest } = finding;
  return rest;
}

function columnFinding(found: FoundTable, { key, column, role }: ColumnUse): SchemaFinding | undefined {
  const { use, schema, lexis } = found;
  const at = { owner: use.owner, key, value: column };
  const known = columnNamed(schema, column);
  if (known !== undefined) return roleFinding(found, known, role, at);
  const written = use.writes.find(({ name }) => isSameName(name, column));
  const meant = nearestColumn(schema, column) ?? (role === 'date' ? dateColumnOf(schema, lexis) : undefined);
  return {
    severity: 'error',
    code: 'missingColumn',
    message: `${use.label}: ${use.table} has no column ${column}.${didYouMean(meant)}`,
    at,
    ...(meant !== undefined && { replacement: meant }),
    ...(written?.type !== undefined && { statement: addColumn(schema, column, written.type, lexis) }),
  };
}

function expressionFindings({ use, schema, lexis }: FoundTable, { key, text, label }: ExpressionUse): readonly SchemaFinding[] {
  const missing = columnsIn(text, lexis).filter(({ name }) => columnNamed(schema, name) === undefined);
  return missing.map(({ name, offset, length }): SchemaFinding => {
    const meant = nearestColumn(schema, name);
    return {
      severity: 'warning',
      code: 'unknownName',
      message: `${use.label}: ${label} names ${name}, and ${use.table} has no such column.${didYouMean(meant)}`,
      at: { owner: use.owner, key, value: text, part: { offset, length } },
      ...(meant !== undefined && { replacement: meant }),
    };
  });
}

function writtenFindings({ use, schema, lexis }: FoundTable, written: WrittenColumn): readonly SchemaFinding[] {
  const { name, type, nullable } = written;
  const at = { owner: use.owner, key: 'writes', value: name };
  const known = columnNamed(schema, name);
  if (known === undefined) {
    return [
      {
        severity: 'warning',
        code: 'missingColumn',
        message: `${use.label}: its job writes ${name}, and ${use.table} has no such column: a load fails, or loses it. Add it, or correct the name.`,
        at,
        ...(type !== undefined && { statement: addColumn(schema, name, type, lexis) }),
      },
    ];
  }
  const findings: SchemaFinding[] = [];
  if (nullable && !known.nullable)
    findings.push({
      severity: 'error',
      code: 'requiredColumn',
      message: `${use.label}: its job may write ${name} as NULL, and ${use.table} requires a value: such rows are refused.`,
      at,
      statement: dropNotNull(schema, known.name, lexis),
    });
  if (type !== undefined && !isSameType(type, known.type, lexis)) {
    const changes = canChangeType(known.type, type, lexis);
    const advice = changes ? '' : ` ${inPlaceAdvice(type)}`;
    findings.push({
      severity: 'error',
      code: 'wrongType',
      message: `${use.label}: its job writes ${name} as ${type}, and it is ${known.type} in ${use.table}.${advice}`,
      at,
      ...(changes && { statement: setType(schema, known.name, type, lexis) }),
    });
  }
  return findings;
}

function inPlaceAdvice(type: string): string {
  return `It cannot become ${type} where it is: make the table anew with CREATE TABLE … AS SELECT and a CAST, or correct the manifest.`;
}

/** A column that is there, and holds something else than what is done with it. */
function roleFinding(
  found: FoundTable,
  column: ColumnSchema,
  role: ColumnRole,
  at: SchemaFinding['at'],
): SchemaFinding | undefined {
  const { use, lexis } = found;
  const kind = typeKind(column.type, lexis);
  const what = `${use.label}: ${use.table}.${column.name} is ${column.type}`;
  if (role === 'date') return dateFinding(found, column, what, at);
  const fits = role === 'any' || kind === role || (role === 'instant' && kind === 'date');
  if (fits) return undefined;
  const wanted = role === 'instant' ? 'a time (TIMESTAMP)' : 'a number';
  return { severity: 'error', code: 'wrongType', message: `${what}, and \`${at.key}\` must name ${wanted}.`, at };
}

function dateFinding(
  { use, schema, lexis }: FoundTable,
  column: ColumnSchema,
  what: string,
  at: SchemaFinding['at'],
): SchemaFinding | undefined {
  const kind = typeKind(column.type, lexis);
  if (kind === 'date') return undefined;
  if (kind === 'instant') {
    if (lexis === 'duckdb' || !use.watched) return undefined;
    const message = `${what}: a row counts for its date in UTC, whatever zone the job means. A DATE leaves no doubt.`;
    return { severity: 'information', code: 'wrongType', message, at };
  }
  if (kind === 'text') {
    const message = `${what}, a date column should be a DATE: text that is no date counts for nothing, and every read casts all rows.`;
    const mended = lexis === 'duckdb' ? setType(schema, column.name, 'DATE', lexis) : datedCopy(schema, column.name);
    const advice =
      lexis === 'duckdb' || schema.kind !== 'table' ? '' : ' BigQuery makes no DATE of it in place: the statement makes a copy.';
    return { severity: 'warning', code: 'wrongType', message: `${message}${advice}`, at, statement: mended };
  }
  const meant = dateColumnOf(schema, lexis);
  const advice = meant === undefined ? ` ${inPlaceAdvice('DATE')}` : didYouMean(meant);
  return {
    severity: 'error',
    code: 'wrongType',
    message: `${what}, a date column must be a DATE.${advice}`,
    at,
    ...(meant !== undefined && { replacement: meant }),
  };
}

/** The column that the table's dates are in, as far as its partitions and types tell. */
function dateColumnOf({ columns, partitioning }: TableSchema, lexis: SqlLexis): string | undefined {
  const dates = columns.filter(({ type }) => typeKind(type, lexis) === 'date').map(({ name }) => name);
  return dates.find((name) => name === partitioning?.column) ?? (dates.length === 1 ? dates[0] : undefined);
}

function columnNamed({ columns }: TableSchema, name: string): ColumnSchema | undefined {
  return columns.find((column) => isSameName(column.name, name));
}

/** Columns are told apart without regard to case in both databases. */
function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Only names that a manifest can hold without quotes. */
function nearestColumn({ columns }: TableSchema, name: string): string | undefined {
  return nearest(
    name,
    columns.map((column) => column.name).filter((known) => /^[A-Za-z_]\w*$/.test(known)),
  );
}
