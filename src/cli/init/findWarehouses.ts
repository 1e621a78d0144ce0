import { open } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { WarehouseConfig } from '../../core/pipeline';
import { isFile } from '../manifestFile';
import { walk } from './walk';

export type FileWarehouse = Extract<WarehouseConfig, { path: string }>;

const DUCKDB_FILE = /\.(duckdb|ddb|db)$/i;
const DATE_FOLDER = /^[A-Za-z_]\w*=\d{4}-\d{2}-\d{2}$/;
/** Every DuckDB file has these bytes from offset 8 on; others share the ending `.db`. */
const MAGIC = 'DUCK';

/** The DuckDB files and folders of hive-partitioned Parquet below a folder, nearest first, with paths relative to it. */
export async function findWarehouses(folder: string): Promise<readonly FileWarehouse[]> {
  const found = new Map<string, FileWarehouse>();
  const add = (type: FileWarehouse['type'], path: string): void => {
    const name = relative(folder, path).split(sep).join('/') || '.';
    if (!found.has(name)) found.set(name, { type, path: name });
  };
  await walk(folder, async ({ name, path, parent, depth, isFolder }) => {
    // `<warehouse>/<schema>/<table>/<column>=<date>`
    const isDate = isFolder && depth >= 2 && DATE_FOLDER.test(name);
    if (isDate) add('parquet', join(parent, '..', '..'));
    else if (!isFolder && DUCKDB_FILE.test(name) && (await isDuckdb(path))) add('duckdb', path);
    return !isDate;
  });
  return [...found.values()];
}

async function isDuckdb(path: string): Promise<boolean> {
  // A named pipe would wait for ever for somebody who writes.
  if (!(await isFile(path))) return false;
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 8);
    return buffer.toString('latin1', 0, bytesRead) === MAGIC;
  } finally {
    await file.close();
  }
}
