// Bundles and runs the tests of the webviews, which drive the built webviews in a real browser:
// `npm run test:webview [-- PATTERN]`, where PATTERN is a part of a test file's path.
// @ts-check
import { globSync, rmSync } from 'node:fs';
import * as esbuild from 'esbuild';
import { conclude, matching, notRun, runMocha } from './mochaRun.mjs';
import { findBrowser, NO_BROWSER } from './vscode/browser.mjs';

const pattern = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';
if (findBrowser() === undefined) {
  process.exit(conclude('webview', notRun('webview', NO_BROWSER)));
}
if (!process.argv.includes('--built')) await import('./build.mjs');

const entryPoints = matching(globSync('test/webview/**/*.test.{ts,tsx}'), pattern);
if (entryPoints.length === 0) {
  console.error(`No test file's path holds "${pattern}".`);
  process.exit(2);
}
const outdir = `out/webview-${process.pid}`;
process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
await esbuild.build({
  stdin: { contents: entryPoints.map((file) => `import './${file}';`).join('\n'), resolveDir: '.' },
  outfile: `${outdir}/index.mjs`,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  packages: 'external',
  sourcemap: 'inline',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
});

process.setSourceMapsEnabled(true);
process.exitCode = conclude('webview', await runMocha([`${outdir}/index.mjs`]));
