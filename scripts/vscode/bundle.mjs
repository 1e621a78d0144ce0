// Bundles the tests of the real VS Code into out/vscode.
// @ts-check
import { rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import { ROOT } from './server.mjs';

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  packages: 'external',
  // The harness stays a module of its own: it finds the repository by where it stands.
  external: ['vscode', resolve(ROOT, 'scripts/*')],
  sourcemap: 'inline',
  logLevel: 'warning',
};

/** One bundle for all. @param {readonly string[]} files */
function entry(files) {
  return {
    contents: files.map((file) => `import './${file}';`).join('\n'),
    resolveDir: ROOT,
    loader: /** @type {const} */ ('ts'),
  };
}

/**
 * @param {readonly string[]} files
 * @returns {Promise<string>} the folder with `index.js`, which exports run(), and `tests.js`
 */
export async function bundleHostTests(files) {
  const outdir = resolve(ROOT, 'out/vscode/host');
  rmSync(outdir, { recursive: true, force: true });
  await esbuild.build({ ...common, format: 'cjs', entryPoints: [resolve(ROOT, 'test/vscode/index.ts')], outdir });
  await esbuild.build({ ...common, format: 'cjs', stdin: entry(files), outfile: resolve(outdir, 'tests.js') });
  return outdir;
}

/**
 * A bundle each: they are run by several processes, each of which has a VS Code and a browser of its own.
 * @param {readonly string[]} files
 * @returns {Promise<string[]>} the bundles
 */
export async function bundleWindowTests(files) {
  const outdir = resolve(ROOT, `out/vscode/window-${process.pid}`);
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  await esbuild.build({ ...common, format: 'esm', entryPoints: [...files], outdir, outExtension: { '.js': '.mjs' } });
  return files.map((file) => resolve(outdir, `${basename(file, '.ts')}.mjs`));
}
