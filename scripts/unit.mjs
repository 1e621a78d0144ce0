// Bundles and runs the Node tests: `npm run test:unit [-- PATTERN]`, where PATTERN is a part of a test file's path.
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as esbuild from 'esbuild';
import Mocha from 'mocha';

const pattern = process.argv[2] ?? '';
const outdir = `out/unit-${process.pid}`;
const entryPoints = globSync('test/unit/**/*.test.ts').filter((file) => file.includes(pattern));
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
const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: process.env.MOCHA_REPORTER ?? 'spec' });
for (const file of globSync(`${outdir}/**/*.test.js`)) mocha.addFile(file);
const runner = mocha.run((failures) => {
  const { passes = 0, pending = 0 } = runner.stats ?? {};
  mkdirSync('out/results', { recursive: true });
  writeFileSync('out/results/unit.json', JSON.stringify({ passes, failures, pending }));
  rmSync(outdir, { recursive: true, force: true });
  console.log(`unit: ${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`);
  process.exitCode = failures > 0 ? 1 : 0;
});
