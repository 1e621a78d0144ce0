// `npm run package [-- TARGET]`: packs the extension for a platform, by default this one, into backfill-explorer-TARGET.vsix.
// @ts-check
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stage } from './stage.mjs';
import { ROOT, temporaryFolder } from './vscode/server.mjs';

const VSCE = '@vscode/vsce@4.1.0';
/** VS Code's names of platforms, and the package that brings DuckDB to each. */
const BINDINGS = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'alpine-x64': 'linux-x64-musl',
  'alpine-arm64': 'linux-arm64-musl',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'win32-x64',
  'win32-arm64': 'win32-arm64',
};

process.chdir(ROOT);
const target = process.argv[2] ?? `${process.platform}-${process.arch}`;
if (!Object.hasOwn(BINDINGS, target)) {
  console.error(`There is no package for "${target}". There is one for: ${Object.keys(BINDINGS).join(', ')}.`);
  process.exit(2);
}
const bindings = `node-bindings-${BINDINGS[/** @type {keyof typeof BINDINGS} */ (target)]}`;

execFileSync(process.execPath, ['scripts/build.mjs', '--production'], { stdio: 'inherit' });
const folder = temporaryFolder();
stage(folder);
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const duckdb = JSON.parse(readFileSync('node_modules/@duckdb/node-bindings/package.json', 'utf8')).version;
// All else is bundled.
const packed = { ...manifest, dependencies: { '@duckdb/node-bindings': duckdb }, devDependencies: {}, optionalDependencies: {} };
replace(join(folder, 'package.json'), JSON.stringify(packed, undefined, 2));
bringBindings();

const file = join(ROOT, `backfill-explorer-${target}.vsix`);
const options = ['--target', target, '--out', file, '--no-rewrite-relative-links', '--allow-missing-repository'];
execFileSync('npx', ['--yes', VSCE, 'package', ...options], {
  cwd: folder,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
console.log(`Install it by: code --install-extension ${file}`);

/** The library of the platform, and of no other. */
function bringBindings() {
  const modules = join(folder, 'node_modules/@duckdb');
  for (const name of readdirSync(modules)) {
    if (name.startsWith('node-bindings-') && name !== bindings) rmSync(join(modules, name), { recursive: true });
  }
  if (readdirSync(modules).includes(bindings)) return;
  const archive = execFileSync('npm', ['pack', `@duckdb/${bindings}@${duckdb}`, '--silent'], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();
  mkdirSync(join(modules, bindings));
  execFileSync('tar', ['-xzf', archive, '-C', join(modules, bindings), '--strip-components=1'], { cwd: folder });
  rmSync(join(folder, archive));
}

/** A new file in place of a link. @param {string} path @param {string} text */
function replace(path, text) {
  rmSync(path);
  writeFileSync(path, text);
}
