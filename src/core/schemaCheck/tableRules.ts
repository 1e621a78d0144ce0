import { type Day, formatDay } from '../../base/day';
import { didYouMean } from '../../base/nearest';
import type { TablePartitioning } from '../observation/tableSchema';
import type { Pipeline } from '../pipeline';
import type { FoundTable } from './columnRules';
import { typeKind } from './columnTypes';
import type { ManifestKey, SchemaFinding } from './finding';
import type { KnownTables } from './knownTables';
import { keepPartitions } from './statements';
import type { TableUse } from './tableUses';

/** A table that is not there; undefined where its first run makes it. */
export function missingTable(use: TableUse, tables: KnownTables): SchemaFinding | undefined {
  const meant = tables.meantBy(use.table);
  if (use.made && meant === undefined) return undefined;
  const told = use.made
    ? `there is no table ${use.table}, and its first run would make it.`
    : `the warehouse has no table ${use.table}.`;
  return {
    severity: use.made ? 'warning' : 'error',
    code: 'missingTable',
    message: `${use.label}: ${told}${didYouMean(meant)}`,
    at: { owner: use.owner, key: 'table', value: use.table },
    ...(meant !== undefined && { replacement: meant }),
  };
}

/** What a table as a whole is, beside its columns. */
export function tableFindings(found: FoundTable, pipeline: Pipeline, today: Day): readonly SchemaFinding[] {
  return [
    ...viewFindings(found),
    // DuckDB has no partitions, and nobody pays for what it reads.
    ...(found.lexis === 'googlesql' && found.use.watched && found.schema.kind === 'table'
      ? partitionFindings(found, pipeline, today)
      : []),
  ];
}

function viewFindings({ use, schema, lexis }: FoundTable): readonly SchemaFinding[] {
  if (schema.kind !== 'view' && schema.kind !== 'materializedView') return [];
  const at = { owner: use.owner, key: 'table', value: use.table };
  if (use.made)
    return [
      {
        severity: 'error',
        code: 'isView',
        message: `${use.label}: ${use.table} is a view, and its SQL can fill only a table.`,
        at,
      },
    ];
  if (lexis === 'duckdb' || !use.watched) return [];
  const message = `${use.label}: ${use.table} is a view: nobody tells when its rows change, so every refresh reads it whole.`;
  return [{ severity: 'information', code: 'isView', message, at }];
}

function partitionFindings({ use, schema, lexis }: FoundTable, pipeline: Pipeline, today: Day): readonly SchemaFinding[] {
  const { partitioning } = schema;
  const date = use.columns.find(({ key }) => key === 'date_column')?.column ?? '';
  const at = { owner: use.owner, key: 'date_column', value: date };
  const type = schema.columns.find(({ name }) => name.toLowerCase() === date.toLowerCase())?.type;
  // What is wrong with the column itself was said.
  if (type === undefined || !['date', 'instant'].includes(typeKind(type, lexis))) return [];
  if (partitioning === undefined) {
    const message = `${use.label}: ${use.table} is not partitioned, so that every read of a date is paid for as a read of all dates.`;
    return [{ severity: 'information', code: 'notPartitioned', message, at }];
  }
  if (partitioning.column?.toLowerCase() !== date.toLowerCase()) {
    const by = partitioning.column ?? 'the time of loading';
    const message = `${use.label}: ${use.table} is partitioned by ${by}, not by ${date}: every read of a date is paid for as a read of all dates.`;
    return [{ severity: 'information', code: 'otherPartition', message, at }];
  }
  return [...coarseFindings(use, partitioning, at), ...expiryFindings({ use, schema, lexis }, partitioning, pipeline, today, at)];
}

function coarseFindings(use: TableUse, { unit }: TablePartitioning, at: ManifestKey): readonly SchemaFinding[] {
  if (unit !== 'month' && unit !== 'year') return [];
  const message = `${use.label}: ${use.table} is partitioned by ${unit}: every read of a date is paid for as a read of its ${unit}.`;
  return [{ severity: 'information', code: 'otherPartition', message, at }];
}

function expiryFindings(
  { use, schema }: FoundTable,
  { expirationDays }: TablePartitioning,
  { seasons }: Pipeline,
  today: Day,
  at: ManifestKey,
): readonly SchemaFinding[] {
  const first = seasons[0]?.from;
  if (expirationDays === undefined || first === undefined || today - first <= expirationDays) return [];
  return [
    {
      severity: 'warning',
      code: 'partitionsExpire',
      message:
        `${use.label}: ${use.table} deletes partitions of dates that are over ${expirationDays} days old, whatever is written there again, ` +
        `and the first season starts on ${formatDay(first)}: older dates stay missing until that ends.`,
      at,
      statement: keepPartitions(schema),
    },
  ];
}
