import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Warehouse } from '../../app/ports';
import { type DayRange, dayOf, formatRange } from '../../base/day';
import { counted } from '../../base/figures';
import { readManifest } from '../../core/manifest/readManifest';
import type { Pipeline } from '../../core/pipeline';
import { defineCommand } from '../command';
import { type DatedTable, type Draft, datedTables, draftManifest } from '../draftManifest';
import { EXIT, usageError } from '../exitCodes';
import { type FileWarehouse, findWarehouses } from '../findWarehouse';
import { isFile, MANIFEST_NAME } from '../manifestFile';
import type { Services } from '../services';

/** The state folder is not for git, the waivers in it are: git cannot take a file back from a folder that it ignores as a whole. */
const IGNORED = ['.backfill/*', '!.backfill/waivers.yaml'];
/** Wide enough for any data; the season is then as long as the data. */
const ANY_DATE: DayRange = { from: dayOf(1970, 1, 1), to: dayOf(2069, 12, 31) };

export const initCommand = defineCommand({
  name: 'init',
  summary: 'Write a first manifest for this folder',
  details: `Looks for a DuckDB file or a folder of hive-partitioned Parquet in this folder, and drafts a processor for each of its tables that has a DATE column. Without one it writes an example.

Writes backfill.yaml and two lines of .gitignore, and never over a manifest that is there.`,
  options: {},
  async run({ terminal, cwd, services }) {
    const path = join(cwd, MANIFEST_NAME);
    if (await isFile(path)) throw usageError(`There is a ${MANIFEST_NAME} here already: it was left as it is.`);
    const [found, ...others] = await findWarehouses(cwd);
    const draft = { name: basename(cwd), ...(await inspect(services, cwd, found)) };
    await writeFile(path, draftManifest(draft), { flag: 'wx' });
    await ignoreState(join(cwd, '.gitignore'));
    for (const line of report(draft, others)) terminal.print(line);
    return EXIT.fine;
  },
});

/** The dated tables of a warehouse, and the dates that they have; without a warehouse, what an example needs. */
async function inspect(services: Services, cwd: string, found: FileWarehouse | undefined): Promise<Omit<Draft, 'name'>> {
  const year = new Date(services.clock.now()).getUTCFullYear();
  const thisYear = { from: dayOf(year, 1, 1), to: dayOf(year, 12, 31) };
  if (found === undefined) return { warehouse: { type: 'duckdb', path: 'warehouse.duckdb' }, tables: [], season: thisYear };
  const warehouse = services.warehouse(found, cwd);
  const tables = datedTables(await warehouse.schema());
  if (tables.length === 0) return { warehouse: found, tables, season: thisYear };
  const { pipeline } = readManifest(draftManifest({ name: 'draft', warehouse: found, tables, season: ANY_DATE }));
  return { warehouse: found, tables, season: (pipeline && (await datesOf(warehouse, pipeline))) ?? thisYear };
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

async function ignoreState(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = IGNORED.filter((line) => !lines.has(line));
  if (missing.length === 0) return;
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeFile(path, `${start}${missing.join('\n')}\n`);
}

function report({ tables, warehouse, season }: Draft, others: readonly FileWarehouse[]): string[] {
  const lines =
    tables.length === 0
      ? [`Wrote ${MANIFEST_NAME} with an example: no table with a DATE column was found. Name your warehouse and tables in it.`]
      : [
          `Wrote ${MANIFEST_NAME}: ${kindsOf(tables)} from ${warehouse.path}, ${formatRange(season)}.`,
          'Name in it what needs what, and how each processor runs.',
        ];
  if (others.length > 0) lines.push(`Also found: ${others.map(({ path }) => path).join(', ')}.`);
  return [...lines, '', 'Next:', '  backfill check', '  backfill coverage'];
}

function kindsOf(tables: readonly DatedTable[]): string {
  const sources = tables.filter(({ isSource }) => isSource).length;
  const processors = counted(tables.length - sources, 'processor');
  return sources === 0 ? processors : `${counted(sources, 'source')} and ${processors}`;
}
