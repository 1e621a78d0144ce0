// @ts-check
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

/** A folder for this run, gone when it ends. */
export const folder = path.resolve(`out/bench-${process.pid}`);
mkdirSync(folder, { recursive: true });
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/**
 * What a bench measures, bundled from its sources.
 * @param {string} contents `export … from './src/…';`
 */
export async function bundled(contents) {
  const outfile = path.join(folder, 'product.cjs');
  await esbuild.build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    packages: 'external',
    outfile,
  });
  return import(pathToFileURL(outfile).href);
}
