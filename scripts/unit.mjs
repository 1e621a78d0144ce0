// Bundles and runs the Node tests: `npm run test:unit [-- PATTERN]`, where PATTERN is a part of a test file's path.
// @ts-check
import { globSync, rmSync } from 'node:fs';
import * as esbuild from 'esbuild';
import { conclude, matching, runMocha } from './mochaRun.mjs';

const pattern = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';
const entryPoints = matching(globSync('test/unit/**/*.test.{ts,tsx}'), pattern);
if (entryPoints.length === 0) {
  console.error(`No test file's path holds "${pattern}".`);
  process.exit(2);
}
// A folder of its own for each run: runs do not get into each other's way.
const outdir = `out/unit-${process.pid}`;
process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
await esbuild.build({
  entryPoints,
  outdir,
  outbase: 'test',
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  packages: 'external',
  sourcemap: 'inline',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
});

process.setSourceMapsEnabled(true);
const results = await runMocha(globSync(`${outdir}/**/*.test.js`).sort());
process.exitCode = conclude('unit', results);
