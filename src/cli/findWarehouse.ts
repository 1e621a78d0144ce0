import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { WarehouseConfig } from '../core/pipeline';

export type FileWarehouse = Extract<WarehouseConfig, { path: string }>;

const DEPTH = 5;
const MOST_ENTRIES = 10_000;
const SKIPPED = /^(\.|node_modules$|__pycache__$|venv$)/;
const DUCKDB_FILE = /\.(duckdb|ddb|db)$/i;
const DATE_FOLDER = /^[A-Za-z_]\w*=\d{4}-\d{2}-\d{2}$/;
/** Every DuckDB file has these bytes from offset 8 on; others share the ending `.db`. */
const MAGIC = 'DUCK';

/**
 * The DuckDB files and folders of hive-partitioned Parquet below a folder, nearest first, with paths relative to it. Looks a few levels
 * deep and at a bounded number of entries.
 */
export async function findWarehouses(folder: string): Promise<readonly FileWarehouse[]> {
  const found = new Map<string, FileWarehouse>();
  const add = (type: FileWarehouse['type'], path: string) => {
    const name = relative(folder, path).split(sep).join('/') || '.';
    if (!found.has(name)) found.set(name, { type, path: name });
  };
  let looked = 0;
  let level = [folder];
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const parent of level) {
      const entries = await entriesOf(parent);
      looked += entries.length;
      if (looked > MOST_ENTRIES) return [...found.values()];
      for (const entry of entries) {
        const path = join(parent, entry.name);
        if (entry.isDirectory()) {
          // `<warehouse>/<schema>/<table>/<column>=<date>`
          if (DATE_FOLDER.test(entry.name) && depth >= 2) add('parquet', join(parent, '..', '..'));
          else if (!SKIPPED.test(entry.name)) next.push(path);
        } else if (DUCKDB_FILE.test(entry.name) && (await isDuckdb(path))) add('duckdb', path);
      }
    }
    level = next;
  }
  return [...found.values()];
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function isDuckdb(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 8);
    return buffer.toString('latin1', 0, bytesRead) === MAGIC;
  } finally {
    await file.close();
  }
}
