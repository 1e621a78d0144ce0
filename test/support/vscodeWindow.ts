import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/vscode/browser.mjs';
import { type Server, startServer } from '../../scripts/vscode/server.mjs';
import { Workbench } from '../../scripts/vscode/workbench.mjs';
import type { SmallWorkspace } from './smallWorkspace';

/** `asks`: the window asks whether to trust its folder, as a new user's would. */
export type Trust = 'trusted' | 'asks';

/** The extension as it is packed. */
const extension = process.env['BACKFILL_STAGED_EXTENSION'] ?? '';
if (extension === '') throw new Error('Window tests are run by `npm run test:vscode`, which puts the extension into a folder.');

/** Terminals run a shell that reads none of its user's files: these may wait for others, or print what no test expects. */
const settings = {
  // What sticks lies over lines that are to be pointed at.
  'workbench.tree.enableStickyScroll': false,
  'terminal.integrated.profiles.linux': { plain: { path: 'bash', args: ['--noprofile', '--norc'] } },
  'terminal.integrated.profiles.osx': { plain: { path: 'bash', args: ['--noprofile', '--norc'] } },
  'terminal.integrated.defaultProfile.linux': 'plain',
  'terminal.integrated.defaultProfile.osx': 'plain',
};

let browser: Browser | undefined;
const servers = new Map<Trust, Promise<Server>>();
const own = new Set<Server>();
const open = new Set<Workbench>();

/** A VS Code server of its own, for a test that ends it. */
export async function startOwnServer(): Promise<Server> {
  const server = await startServer({ settings, extension });
  own.add(server);
  return server;
}

/** A window of a real VS Code on a folder, with the extension installed. It is closed when the test ends. */
export async function openWindow(folder: string, on: Trust | Server = 'trusted'): Promise<Workbench> {
  browser ??= await launchBrowser();
  const workbench = await Workbench.open(browser, (await serverOf(on)).address(folder));
  open.add(workbench);
  return workbench;
}

function serverOf(on: Trust | Server): Promise<Server> | Server {
  if (typeof on === 'object') return on;
  const server = servers.get(on) ?? startServer({ settings, extension, trust: on === 'trusted' });
  servers.set(on, server);
  return server;
}

/** A picture of a window, for people to look at. */
export async function picture(workbench: Workbench, name: string): Promise<void> {
  await workbench.screenshot(`out/screenshots/${name}.png`);
}

const THEMES = [
  { file: 'light', label: 'Default Light Modern', mark: 'vs' },
  { file: 'hc', label: 'Default High Contrast', mark: 'hc-black' },
  { file: 'dark', label: 'Default Dark Modern', mark: 'vs-dark' },
] as const;

/** Pictures of a window in a light, a high contrast and a dark theme, in which it then stays. */
export async function inAllThemes(workbench: Workbench, workspace: SmallWorkspace, name: string): Promise<void> {
  await workbench.runCommand('Notifications: Clear All Notifications');
  mkdirSync(join(workspace.folder, '.vscode'), { recursive: true });
  for (const { file, label, mark } of THEMES) {
    const theme = { 'workbench.colorTheme': label, 'window.autoDetectHighContrast': false };
    workspace.write('.vscode/settings.json', JSON.stringify(theme));
    await workbench.page.locator(`.monaco-workbench.${mark}`).waitFor();
    // What runs turns for ever in the sidebar.
    await workbench.settled(workbench.page.locator('.part.editor'));
    await picture(workbench, `${name} ${file}`);
  }
}

afterEach('close the windows', async function () {
  this.timeout(30_000);
  const failed = this.currentTest?.state === 'failed';
  for (const workbench of open) {
    if (failed && !workbench.page.isClosed())
      await picture(workbench, `failed ${this.currentTest?.title.replaceAll(/[^\w ]/g, '')}`);
    await workbench.close();
  }
  open.clear();
});

after('end VS Code', async function () {
  this.timeout(30_000);
  await browser?.close();
  for (const server of [...servers.values(), ...own]) await (await server).stop();
});
