import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { Pipeline } from '../../core/pipeline';

export interface SqlFiles {
  /** Absolute path of the manifest; SQL files are relative to its folder. */
  readonly manifest: string;
  /** Rejects when the file cannot be read. */
  readonly readText: (path: string) => Promise<string>;
}

/** The SQL files of a pipeline by the names that the manifest gives them; those that cannot be read are left out. */
export async function readSqlTexts(pipeline: Pipeline, files: SqlFiles): Promise<ReadonlyMap<string, string>> {
  const names = new Set(
    pipeline.processors.flatMap(({ run }) => run.flatMap((method) => (method.kind === 'sql' ? [method.file] : []))),
  );
  const texts = new Map<string, string>();
  for (const name of names) {
    const text = await files.readText(resolve(dirname(files.manifest), name)).catch(() => undefined);
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

/** SHA-256 in hexadecimal digits. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
