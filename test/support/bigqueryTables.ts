import type { TableFixture } from '../unit/contract/warehouseContract';

const TYPES = {
  DATE: 'DATE',
  TEXT: 'STRING',
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  TIMESTAMP: 'TIMESTAMP',
  JSON: 'JSON',
} as const;

/** Runs a statement as somebody else would, without the product. Rejects with what the emulator says. */
export async function runBigquery(endpoint: string, project: string, sql: string): Promise<Record<string, unknown>[]> {
  const { schema, rows } = await send<QueryAnswer>(endpoint, `${project}/queries`, { query: sql, useLegacySql: false });
  return (rows ?? []).map(({ f }) =>
    Object.fromEntries((schema?.fields ?? []).map(({ name }, index) => [name, f[index]?.v ?? null])),
  );
}

/** Makes a dataset where it is missing. */
export async function makeDataset(endpoint: string, project: string, dataset: string, location = 'us-west2'): Promise<void> {
  try {
    await send(endpoint, `${project}/datasets`, { datasetReference: { projectId: project, datasetId: dataset }, location });
  } catch (error) {
    if (!/already (?:exists|created)|409/i.test(String(error))) throw error;
  }
}

/** A fixture as a query of BigQuery. */
function bigqueryRows({ columns, rows }: TableFixture): string {
  const literal = (value: string | number | null, type: keyof typeof TYPES) => {
    const text =
      typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'` : String(value ?? 'NULL');
    if (type === 'TIMESTAMP' && value !== null) return `TIMESTAMP '${value}+00'`;
    return type === 'JSON' && value !== null ? `PARSE_JSON(${text})` : `CAST(${text} AS ${TYPES[type]})`;
  };
  const select = (row: readonly (string | number | null)[]) =>
    `SELECT ${columns.map(({ name, type }, index) => `${literal(row[index] ?? null, type)} AS ${name}`).join(', ')}`;
  return rows.length === 0 ? `${select([])} LIMIT 0` : rows.map(select).join('\nUNION ALL\n');
}

/** Makes a table hold exactly these rows, partitioned by its date. */
export async function writeBigquery(endpoint: string, project: string, fixture: TableFixture): Promise<void> {
  const [dataset = ''] = fixture.table.split('.');
  await makeDataset(endpoint, project, dataset);
  const table = `\`${project}.${fixture.table}\``;
  // Not by CREATE OR REPLACE: goccy's emulator refuses it for a table that is there.
  await runBigquery(endpoint, project, `DROP TABLE IF EXISTS ${table}`);
  await runBigquery(endpoint, project, `CREATE TABLE ${table} PARTITION BY ${fixture.dateColumn} AS\n${bigqueryRows(fixture)}`);
}

interface QueryAnswer {
  readonly schema?: { readonly fields?: readonly { readonly name: string }[] };
  readonly rows?: readonly { readonly f: readonly { readonly v: unknown }[] }[];
}

async function send<T>(endpoint: string, path: string, body: object): Promise<T> {
  const answer = await fetch(`${endpoint}/bigquery/v2/projects/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const { errors } = (text === '' ? {} : JSON.parse(text)) as { errors?: readonly { message: string }[] };
  if (!answer.ok || (errors?.length ?? 0) > 0) throw new Error(`${answer.status} ${text}`);
  return JSON.parse(text) as T;
}
