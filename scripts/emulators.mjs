// Installs the two BigQuery emulators that the tests ask, once for all clones of this user: `node scripts/emulators.mjs [bqemulator] [goccy]`.
// `--check` says what is there and installs nothing.
// @ts-check
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const BQEMULATOR_VERSION = '1.4.0';
export const GOCCY_VERSION = 'v0.8.1';
const INSTALL_SPATIAL = `
import duckdb, duckdb_extension_spatial, pathlib
[found] = pathlib.Path(duckdb_extension_spatial.__file__).parent.glob("extensions/*/spatial.duckdb_extension")
duckdb.sql("SET enable_progress_bar = false")
duckdb.sql(f"INSTALL '{found}'")
`;

const PINS = join(dirname(fileURLToPath(import.meta.url)), 'emulators');
const WINDOWS = process.platform === 'win32';

/** @typedef {(message: string) => void} Log */

/** Where both are kept: named by what they are made of, so that clones share them and another version is another folder. */
function cacheFolder() {
  const cache = process.env['XDG_CACHE_HOME'] || (WINDOWS ? process.env['LOCALAPPDATA'] : undefined) || join(homedir(), '.cache');
  return process.env['BACKFILL_EMULATORS'] ?? join(cache, 'backfill-explorer', 'emulators');
}

/** @param {string} name @param {string[]} files below scripts/emulators */
function folderOf(name, ...files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(PINS, file)));
  return join(cacheFolder(), `${name}-${hash.digest('hex').slice(0, 12)}`);
}

const bqemulatorFolder = () => folderOf(`bqemulator-${BQEMULATOR_VERSION}`, 'requirements.txt', 'constraints.txt');
const goccyFolder = () => folderOf(`goccy-${GOCCY_VERSION}`, 'go.mod', 'go.sum');

/**
 * How to start bqemulator; undefined where it is not installed.
 * @returns {{ command: string, args: string[], env: Record<string, string> } | undefined}
 */
export function bqemulator() {
  const folder = bqemulatorFolder();
  if (!existsSync(folder)) return undefined;
  // The scripts of a venv hold the path at which it was made; a module is found from where it is.
  return { command: pythonOf(folder), args: ['-m', 'bqemulator'], env: homeOf(folder) };
}

/**
 * The path of goccy's bigquery-emulator; undefined where it is not built.
 * @returns {string | undefined}
 */
export function goccy() {
  const binary = join(goccyFolder(), WINDOWS ? 'bigquery-emulator.exe' : 'bigquery-emulator');
  return existsSync(binary) ? binary : undefined;
}

/**
 * Makes a venv with bqemulator, unless it is there. Throws with a reason in one line.
 * @param {Log} [log]
 */
export function installBqemulator(log = console.log) {
  const target = bqemulatorFolder();
  if (existsSync(target)) return;
  const python = findPython();
  log(`Installing bqemulator ${BQEMULATOR_VERSION} with ${python} into ${target}, once…`);
  whole(target, (folder) => {
    run(python, ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '--only-binary', ':all:'];
    run(pythonOf(folder), [...pip, '-c', join(PINS, 'constraints.txt'), '-r', join(PINS, 'requirements.txt')]);
    const env = homeOf(folder);
    mkdirSync(env.HOME);
    run(pythonOf(folder), ['-c', INSTALL_SPATIAL], { env: { ...process.env, ...env } });
  });
}

/**
 * Builds goccy's bigquery-emulator, unless it is there: several minutes of all cores. Throws with a reason in one line.
 * @param {Log} [log]
 */
export function buildGoccy(log = console.log) {
  const target = goccyFolder();
  if (existsSync(target)) return;
  if (spawnSync('go', ['version']).status !== 0) throw new Error('there is no Go (1.25 or newer) on the PATH');
  log(`Building goccy's bigquery-emulator ${GOCCY_VERSION} into ${target}, once: this takes several minutes…`);
  whole(target, (folder) => {
    // A module of its own: `go install pkg@version` wants to ask for every version that exists.
    for (const file of ['go.mod', 'go.sum', 'tools.go']) cpSync(join(PINS, file), join(folder, file));
    const output = join(folder, WINDOWS ? 'bigquery-emulator.exe' : 'bigquery-emulator');
    const flags = ['-mod=readonly', '-trimpath', '-ldflags=-s -w', '-o', output];
    run('go', ['build', ...flags, 'github.com/goccy/bigquery-emulator/cmd/bigquery-emulator'], { cwd: folder });
  });
}

/**
 * Makes a folder under another name until it is whole, so that a half-made one is never used.
 * @param {string} target
 * @param {(folder: string) => void} make
 */
function whole(target, make) {
  const temporary = `${target}.installing-${process.pid}`;
  mkdirSync(dirname(target), { recursive: true });
  removeAbandoned();
  mkdirSync(temporary);
  try {
    make(temporary);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(target)) throw error;
  }
}

/** What installs left that were ended before they were done. */
function removeAbandoned() {
  for (const name of readdirSync(cacheFolder())) {
    const pid = /\.installing-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(cacheFolder(), name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} venv */
function pythonOf(venv) {
  return WINDOWS ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
}

/**
 * DuckDB looks for its extensions in the home folder.
 * @param {string} venv
 */
function homeOf(venv) {
  const home = join(venv, 'home');
  return { HOME: home, USERPROFILE: home };
}

function findPython() {
  const names = WINDOWS ? ['python', 'py'] : ['python3.11', 'python3.12', 'python3.13', 'python3'];
  const program = 'import sys, venv; sys.exit(0 if sys.version_info >= (3, 11) else 1)';
  const found = names.find((name) => spawnSync(name, ['-c', program]).status === 0);
  if (found === undefined) throw new Error('there is no Python 3.11 or newer with venv on the PATH');
  return found;
}

/** @param {string} command @param {string[]} args @param {import('node:child_process').SpawnSyncOptions} [options] */
function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (status !== 0) throw new Error(`${basename(command)} ${args[0]} failed (${error?.message ?? status})`);
}

function main() {
  const words = process.argv.slice(2);
  const named = words.filter((word) => !word.startsWith('--'));
  const wanted = named.length > 0 ? named : ['bqemulator', 'goccy'];
  /** @type {Record<string, { install: () => void, isThere: () => boolean }>} */
  const known = {
    bqemulator: { install: installBqemulator, isThere: () => bqemulator() !== undefined },
    goccy: { install: buildGoccy, isThere: () => goccy() !== undefined },
  };
  for (const name of wanted) {
    const emulator = known[name];
    if (emulator === undefined) throw new Error(`there is no emulator "${name}": ${Object.keys(known).join(', ')}`);
    if (!words.includes('--check')) emulator.install();
    console.log(`${name}: ${emulator.isThere() ? 'installed' : 'not installed'}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  try {
    main();
  } catch (error) {
    console.error(`An emulator cannot be installed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
