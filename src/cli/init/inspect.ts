import { setTimeout } from 'node:timers/promises';
import { type Warehouse, WarehouseError } from '../../app/ports';
import { type DayRange, dayOf } from '../../base/day';
import { messageOf } from '../../base/logger';
import { readManifest } from '../../core/manifest/readManifest';
import type { TableSchema } from '../../core/observation/tableSchema';
import type { Pipeline, WarehouseConfig } from '../../core/pipeline';
import type { Services } from '../services';
import { datedTables, partitionedTables } from './datedTables';
import { type Draft, draftManifest } from './draftManifest';
import { findJobs } from './findJobs';
import { type FileWarehouse, findWarehouses } from './findWarehouses';
import type { GoogleProject } from './googleProject';

/** What was found of a pipeline that nobody knows yet. */
export interface Inspection extends Omit<Draft, 'name' | 'python'> {
  /** Warehouses that were found beside the one of the draft, by their paths. */
  readonly others: readonly string[];
  /** What became of looking into BigQuery; undefined when it was not needed. */
  readonly bigquery?: string;
  /** How many tables were left out, because there are too many for one manifest. */
  readonly leftOut: number;
}

/** Wide enough for any data; the season is then as long as the data. */
const ANY_DATE: DayRange = { from: dayOf(1970, 1, 1), to: dayOf(2069, 12, 31) };
const BIGQUERY_MS = 20_000;
/** More in one file help nobody. */
const MOST_TABLES = 200;

/** Looks for tables and jobs: files first, and where there are none into BigQuery. */
export async function inspect(services: Services, cwd: string, google: GoogleProject | undefined): Promise<Inspection> {
  const [[found, ...others], jobs] = await Promise.all([findWarehouses(cwd), findJobs(cwd)]);
  const common = { jobs, others: others.map(({ path }) => path), leftOut: 0 };
  if (found !== undefined) return { ...common, ...(await inspectFile(services, cwd, found)) };
  const year = new Date(services.clock.now()).getUTCFullYear();
  const thisYear = { from: dayOf(year, 1, 1), to: dayOf(year, 12, 31) };
  if (google === undefined) {
    const bigquery =
      "BigQuery was not looked into: neither GCP_PROJECT_ID, GOOGLE_CLOUD_PROJECT, a .env file nor gcloud's configuration names a project.";
    return { ...common, warehouse: { type: 'duckdb', path: 'warehouse.duckdb' }, tables: [], season: thisYear, bigquery };
  }
  const { from, ...place } = google;
  const warehouse: WarehouseConfig = { type: 'bigquery', ...place };
  const named = `BigQuery's project ${google.project} (from ${from})`;
  try {
    const schemas = await withinTime(services.warehouse(warehouse, cwd).schema());
    const tables = datedTables(partitionedTables(schemas));
    const bigquery = `Looked into ${named}: ${tables.length === 0 ? 'no table is' : `${tables.length} of its tables are`} partitioned by dates.`;
    return {
      ...common,
      warehouse: withLocation(warehouse, schemas),
      tables: tables.slice(0, MOST_TABLES),
      season: undefined,
      bigquery,
      leftOut: Math.max(0, tables.length - MOST_TABLES),
    };
  } catch (error) {
    const bigquery = `${named} was not looked into: ${error instanceof WarehouseError ? error.message : messageOf(error)}`;
    return { ...common, warehouse, tables: [], season: thisYear, bigquery };
  }
}

async function inspectFile(
  services: Services,
  cwd: string,
  found: FileWarehouse,
): Promise<Pick<Draft, 'warehouse' | 'tables' | 'season'>> {
  const year = new Date(services.clock.now()).getUTCFullYear();
  const warehouse = services.warehouse(found, cwd);
  const tables = datedTables(await warehouse.schema());
  const { pipeline } = readManifest(draftManifest({ name: 'draft', warehouse: found, tables, season: ANY_DATE, jobs: [] }));
  const dates = tables.length === 0 || pipeline === undefined ? undefined : await datesOf(warehouse, pipeline);
  return { warehouse: found, tables, season: dates ?? { from: dayOf(year, 1, 1), to: dayOf(year, 12, 31) } };
}

async function datesOf(warehouse: Warehouse, pipeline: Pipeline): Promise<DayRange | undefined> {
  const { nodes } = await warehouse.observe(pipeline);
  // Dates such as 9999-12-31 stand for something else.
  const days = [...nodes.values()].flatMap((node) => [...node.days]).filter((day) => day >= ANY_DATE.from && day <= ANY_DATE.to);
  if (days.length === 0) return undefined;
  return days.reduce((range, day) => ({ from: Math.min(range.from, day), to: Math.max(range.to, day) }), {
    from: Infinity,
    to: -Infinity,
  });
}

/** Where most of the tables are, when nobody has said so. */
function withLocation(
  warehouse: Extract<WarehouseConfig, { type: 'bigquery' }>,
  schemas: readonly TableSchema[],
): WarehouseConfig {
  const places = new Map<string, number>();
  for (const { location } of schemas) if (location !== undefined) places.set(location, (places.get(location) ?? 0) + 1);
  const [most] = [...places].sort(([, a], [, b]) => b - a);
  return warehouse.location !== undefined || most === undefined ? warehouse : { ...warehouse, location: most[0] };
}

async function withinTime<T>(asked: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = setTimeout(BIGQUERY_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`it did not answer within ${BIGQUERY_MS / 1000} seconds.`);
  });
  late.catch(() => undefined);
  return Promise.race([asked, late]).finally(() => timer.abort());
}
