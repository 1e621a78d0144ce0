import { type TableSchema, WarehouseError } from '../../app/ports';
import type { ColumnSchema, TablePartitioning } from '../../core/observation/tableSchema';
import type { BigqueryClient } from './client';
import { inParallel } from './inParallel';
import type { TableField, TableMetadata } from './tableMetadata';
import { datasetOf, type TablePath } from './tablePath';

const MS_PER_DAY = 86_400_000;

/**
 * What free metadata tell of tables.
 * @param named those that are described in full, beside the names of the others in their datasets; undefined: all of the project, in full.
 */
export async function tableSchemas(client: BigqueryClient, named: readonly string[] | undefined): Promise<TableSchema[]> {
  const wanted = named?.map((table) => client.path(table));
  const datasets =
    wanted === undefined
      ? (await client.datasets()).map((dataset) => ({ project: client.config.project, dataset }))
      : [...new Map(wanted.map((path) => [datasetOf(path), path])).values()];
  const listed = await inParallel(datasets, async ({ project, dataset }) => {
    // A table can be readable in a dataset that may not be listed.
    const names = await unlessOfOne(client.tables({ project, dataset }), () => []);
    return names.map((table): TablePath => ({ project, dataset, table }));
  });
  const inFull = wanted ?? listed.flat();
  const known = new Set(inFull.map(pathText));
  const described = await inParallel([...new Map(inFull.map((path) => [pathText(path), path])).values()], (path) =>
    unlessOfOne<TableSchema | undefined>(
      client.table(pathText(path)).then((metadata) => schemaOf(path, metadata)),
      ({ kind, message }) => (kind === 'missingTable' ? undefined : { ...nameOf(path), columns: [], unreadable: message }),
    ),
  );
  const others = listed.flat().filter((path) => !known.has(pathText(path)));
  return [
    ...described.filter((schema) => schema !== undefined),
    ...others.map((path): TableSchema => ({ ...nameOf(path), columns: [] })),
  ];
}

async function unlessOfOne<T>(asked: Promise<T>, otherwise: (error: WarehouseError) => T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof WarehouseError && error.isOfOneNode) return otherwise(error);
    throw error;
  }
}

function pathText({ project, dataset, table }: TablePath): string {
  return `${project}.${dataset}.${table}`;
}

function nameOf({ project, dataset, table }: TablePath): Pick<TableSchema, 'table' | 'project' | 'kind'> {
  return { table: `${dataset}.${table}`, project, kind: 'table' };
}

const KINDS: Readonly<Record<string, TableSchema['kind']>> = {
  VIEW: 'view',
  MATERIALIZED_VIEW: 'materializedView',
  EXTERNAL: 'external',
  SNAPSHOT: 'snapshot',
};

function schemaOf(path: TablePath, metadata: TableMetadata): TableSchema {
  const { fields, clustering, location } = metadata;
  const partitioning = partitioningOf(metadata);
  return {
    ...nameOf(path),
    kind: KINDS[metadata.type] ?? 'table',
    columns: fields.map(columnOf),
    ...(partitioning !== undefined && { partitioning }),
    ...(clustering.length > 0 && { clustering }),
    ...(location !== '' && { location }),
  };
}

function partitioningOf(metadata: TableMetadata): TablePartitioning | undefined {
  const { timePartitioning, rangePartitioning } = metadata;
  const requireFilter = metadata.requirePartitionFilter ? { requireFilter: true } : {};
  if (timePartitioning !== undefined) {
    const { field, type, expirationMs } = timePartitioning;
    return {
      ...(field !== undefined && { column: field }),
      unit: type.toLowerCase() as Lowercase<typeof type>,
      ...(expirationMs !== undefined && { expirationDays: expirationMs / MS_PER_DAY }),
      ...requireFilter,
    };
  }
  return rangePartitioning && { column: rangePartitioning.field, unit: 'range', ...requireFilter };
}

function columnOf(field: TableField): ColumnSchema {
  return { name: field.name, type: typeText(field), nullable: field.mode !== 'REQUIRED' };
}

/** As SQL writes it: a repeated field is an ARRAY, a record a STRUCT. */
function typeText({ type, mode, fields }: TableField): string {
  const single = type === 'STRUCT' ? `STRUCT<${fields.map((field) => `${field.name} ${typeText(field)}`).join(', ')}>` : type;
  return mode === 'REPEATED' ? `ARRAY<${single}>` : single;
}
