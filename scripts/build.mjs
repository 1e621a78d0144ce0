// Bundles the extension, the server, the command line and the webviews into dist/.
import { rmSync } from 'node:fs';
import * as esbuild from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const node = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  mainFields: ['module', 'main'],
  minify: production,
  sourcemap: production ? false : 'linked',
  outdir: 'dist',
  logLevel: 'warning',
};
const targets = [
  // The language client is a bundle of its own: the extension loads it after its views are registered. What VS Code waits for is as small here
  // as it is in a package.
  {
    ...node,
    minify: true,
    entryPoints: { extension: 'src/client/extension.ts', languageClient: 'src/client/languageClient.ts' },
    external: ['vscode', './languageClient.js'],
  },
  // So is Google's client library: the server and the command line load it when they first ask BigQuery.
  {
    ...node,
    entryPoints: { server: 'src/server/main.ts', cli: 'src/cli/main.ts' },
    external: ['@duckdb/node-bindings', './bigqueryLibrary.js'],
  },
  { ...node, entryPoints: { bigqueryLibrary: 'src/adapters/bigquery/bigqueryLibrary.ts' } },
  // A thread of the server that can be ended in the middle of an expression.
  { ...node, entryPoints: { logSearchWorker: 'src/adapters/files/logSearchWorker.ts' } },
  {
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: production,
    sourcemap: production ? false : 'linked',
    entryPoints: { matrix: 'webview/matrix/main.tsx', timing: 'webview/timing/main.tsx' },
    outdir: 'dist/webview',
    loader: { '.ttf': 'file' },
    logLevel: 'warning',
  },
];

rmSync('dist', { recursive: true, force: true });
if (watch) {
  for (const target of targets) await (await esbuild.context(target)).watch();
} else {
  await Promise.all(targets.map((target) => esbuild.build(target)));
}
