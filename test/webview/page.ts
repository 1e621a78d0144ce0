import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';

const ORIGIN = 'http://webview.test';
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };

export type Theme = 'light' | 'dark' | 'high-contrast';

/** The tokens that the webviews use, with the values of VS Code's default themes of that kind. */
const THEMES: Readonly<Record<Theme, { readonly className: string; readonly tokens: Readonly<Record<string, string>> }>> = {
  light: {
    className: 'vscode-light',
    tokens: {
      foreground: '#3b3b3b',
      descriptionForeground: '#3b3b3b',
      'editor-background': '#ffffff',
      'panel-border': '#e5e5e5',
      'button-background': '#005fb8',
      'button-foreground': '#ffffff',
      'inputOption-activeBackground': '#bed6ed',
      'inputOption-activeForeground': '#000000',
      'inputOption-activeBorder': '#005fb8',
      'sideBar-background': '#f8f8f8',
      'list-hoverBackground': '#f2f2f2',
      'input-placeholderForeground': '#767676',
      errorForeground: '#c72e0f',
      focusBorder: '#005fb8',
      'badge-background': '#cccccc',
      'badge-foreground': '#3b3b3b',
      'button-secondaryBackground': '#e5e5e5',
      'button-secondaryForeground': '#3b3b3b',
      'input-background': '#ffffff',
      'input-foreground': '#3b3b3b',
      'input-border': '#cecece',
      'editorHoverWidget-background': '#f8f8f8',
      'editorHoverWidget-foreground': '#3b3b3b',
      'charts-red': '#f14c4c',
      'charts-green': '#388a34',
      'charts-blue': '#1a85ff',
      'charts-yellow': '#bf8803',
      'symbolIcon-classForeground': '#d67e00',
      'charts-purple': '#652d90',
    },
  },
  dark: {
    className: 'vscode-dark',
    tokens: {
      foreground: '#cccccc',
      descriptionForeground: '#9d9d9d',
      'editor-background': '#1f1f1f',
      'panel-border': '#2b2b2b',
      'button-background': '#0078d4',
      'button-foreground': '#ffffff',
      'inputOption-activeBackground': '#2489db82',
      'inputOption-activeForeground': '#ffffff',
      'inputOption-activeBorder': '#2488db',
      'sideBar-background': '#181818',
      'list-hoverBackground': '#2a2d2e',
      'input-placeholderForeground': '#989898',
      errorForeground: '#f85149',
      focusBorder: '#0078d4',
      'badge-background': '#616161',
      'badge-foreground': '#f8f8f8',
      'button-secondaryBackground': '#313131',
      'button-secondaryForeground': '#cccccc',
      'input-background': '#313131',
      'input-foreground': '#cccccc',
      'input-border': '#3c3c3c',
      'editorHoverWidget-background': '#202020',
      'editorHoverWidget-foreground': '#cccccc',
      'charts-red': '#f14c4c',
      'charts-green': '#89d185',
      'charts-blue': '#3794ff',
      'charts-yellow': '#cca700',
      'symbolIcon-classForeground': '#ee9d28',
      'charts-purple': '#b180d7',
    },
  },
  'high-contrast': {
    className: 'vscode-high-contrast',
    tokens: {
      foreground: '#ffffff',
      descriptionForeground: '#ffffff',
      'editor-background': '#000000',
      'panel-border': '#6fc3df',
      contrastBorder: '#6fc3df',
      'button-background': '#000000',
      'button-foreground': '#ffffff',
      'inputOption-activeBackground': '#000000',
      'inputOption-activeForeground': '#ffffff',
      'inputOption-activeBorder': '#f38518',
      contrastActiveBorder: '#f38518',
      'sideBar-background': '#000000',
      'input-placeholderForeground': '#ffffffb3',
      errorForeground: '#f48771',
      focusBorder: '#f38518',
      'badge-background': '#000000',
      'badge-foreground': '#ffffff',
      'button-secondaryForeground': '#ffffff',
      'input-background': '#000000',
      'input-foreground': '#ffffff',
      'input-border': '#6fc3df',
      'editorHoverWidget-background': '#0c141f',
      'editorHoverWidget-foreground': '#ffffff',
      'charts-red': '#f48771',
      'charts-green': '#89d185',
      'charts-blue': '#3794ff',
      'charts-yellow': '#ffd700',
      'symbolIcon-classForeground': '#ee9d28',
      'charts-purple': '#b180d7',
    },
  },
};

interface Options {
  readonly size?: { readonly width: number; readonly height: number };
  /** What the page saved before. */
  readonly saved?: unknown;
  /** Pixels of the screen in one of CSS. */
  readonly scale?: number;
}

/**
 * A built webview in a page of its own, as VS Code would frame it: the same theme tokens, and a host whose messages the test sees.
 * What needs VS Code itself is tested in test/vscode.
 */
export async function openWebview(browser: Browser, bundle: string, theme: Theme, options: Options = {}): Promise<Page> {
  const { size = { width: 1180, height: 520 }, saved, scale = 1 } = options;
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: scale });
  // An error that no test expects fails the one that runs.
  page.on('pageerror', (error) => {
    setImmediate(() => {
      throw error;
    });
  });
  await page.route(`${ORIGIN}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/') {
      await route.fulfill({ contentType: 'text/html', body: html(bundle, theme) });
      return;
    }
    const file = join(resolve('dist/webview'), path);
    await route.fulfill({ contentType: TYPES[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) });
  });
  await page.addInitScript((before) => {
    if (before !== undefined && sessionStorage.getItem('state') === null) sessionStorage.setItem('state', before);
    const sent: unknown[] = [];
    Object.assign(window, {
      sent,
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => sent.push(message),
        getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
        setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
      }),
    });
  }, JSON.stringify(saved));
  await page.goto(`${ORIGIN}/`);
  await ready(page);
  return page;
}

/** Loads the page anew; the state that it wrote down is kept. Takes messages when it has ended, as after opening. */
export async function reload(page: Page): Promise<void> {
  await page.reload();
  await ready(page);
}

async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => (window as unknown as Sent).sent.some((message) => message.type === 'ready'));
}

interface Sent {
  readonly sent: readonly { readonly type: string }[];
}

/** What the webview has sent to its host, without the first `ready`. */
export async function sentBy<Message>(page: Page): Promise<readonly Message[]> {
  return (await page.evaluate(() => (window as unknown as Sent).sent.slice(1))) as unknown as readonly Message[];
}

/** What axe objects to in the page as it is. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations }: AxeResults = await page.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

/** Another theme while the page is open, as VS Code changes it: tokens and the class of the body. */
export async function changeTheme(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(({ className, tokens }) => {
    for (const [name, value] of Object.entries(tokens)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
    document.body.className = className;
  }, THEMES[theme]);
}

/** Sends a message as VS Code does; typed arrays arrive typed. */
export async function send(page: Page, message: object): Promise<void> {
  const text = JSON.stringify(message, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? { $array: value.constructor.name, items: Array.from(value as Int32Array) } : value,
  );
  await page.evaluate((json) => {
    const revived: unknown = JSON.parse(json, (_key, value) => {
      if (value?.$array === 'Uint8Array') return Uint8Array.from(value.items);
      if (value?.$array === 'Int32Array') return Int32Array.from(value.items);
      if (value?.$array === 'Float32Array') return Float32Array.from(value.items);
      return value;
    });
    window.postMessage(revived, '*');
  }, text);
}

function html(bundle: string, theme: Theme): string {
  const { className, tokens } = THEMES[theme];
  const css = Object.entries(tokens).map(([name, value]) => `--vscode-${name}: ${value};`);
  return `<!DOCTYPE html>
<html lang="en" style="${css.join(' ')} --vscode-font-family: 'DejaVu Sans', sans-serif; --vscode-font-size: 13px;">
<head><meta charset="utf-8"><title>${bundle}</title>
<link rel="stylesheet" href="/${bundle}.css"></head>
<body class="${className}" style="background: var(--vscode-editor-background)"><div id="root"></div>
<script type="module" src="/${bundle}.js"></script></body></html>`;
}
