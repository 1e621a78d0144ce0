// Writes what package.json says of the extension from src/protocol/contributions; with --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import * as esbuild from 'esbuild';

const { outputFiles } = await esbuild.build({
  entryPoints: ['src/protocol/contributions/packageJson.ts'],
  bundle: true,
  format: 'esm',
  write: false,
});
const { PACKAGE_JSON } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
const file = new URL('../package.json', import.meta.url);

const written = readFileSync(file, 'utf8');
const wanted = `${JSON.stringify({ ...JSON.parse(written), ...PACKAGE_JSON }, undefined, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(file, wanted);
else if (written !== wanted) {
  console.error('package.json differs from src/protocol/contributions. Run `npm run contributions`.');
  process.exitCode = 1;
}
