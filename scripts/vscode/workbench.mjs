// The VS Code window as its user has it: keys, clicks, and what stands on the screen.
// @ts-check
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** How long anything on the screen may take before a wait for it fails. */
const PATIENCE_MS = 45_000;
/** Each look takes time from what is looked at. */
const POLL_MS = 100;

/** One open window. Every wait is for a condition and fails with what it waited for. */
export class Workbench {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
  }

  /**
   * Opens a window of its own: no state is shared with other windows but what the server keeps.
   * @param {import('playwright-core').Browser} browser
   * @param {string} address
   * @param {{ width?: number, height?: number }} [size]
   */
  static async open(browser, address, { width = 1280, height = 800 } = {}) {
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(address);
    await page.locator('.monaco-workbench .part.statusbar').waitFor();
    return new Workbench(page);
  }

  /** Closes the window, as a user closes the tab. */
  async close() {
    await this.page.context().close();
  }

  /** @param {string} keys such as `Control+Shift+P` */
  async press(keys) {
    await this.page.keyboard.press(keys);
  }

  /** @param {string} text */
  async type(text) {
    await this.page.keyboard.type(text);
  }

  /** Drags the edge of the sidebar. @param {number} width */
  async widenSidebar(width) {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('The sidebar is not open.');
    await this.page.mouse.move(box.x + box.width, box.y + 200);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, box.y + 200, { steps: 5 });
    await this.page.mouse.up();
    await this.page.mouse.move(box.x + width / 2, 0);
  }

  /** Opens the sidebar of the extension and waits until it is there. */
  async openSidebar() {
    const tab = this.page.getByRole('tab', { name: 'Backfill', exact: true });
    await tab.waitFor();
    const title = this.page.locator('.sidebar .composite.title', { hasText: 'Backfill' });
    // A window that is loaded again opens by itself what was open, while it is clicked.
    await until('the sidebar', async () => {
      const isThere = (await tab.getAttribute('aria-selected')) === 'true' && (await appears(title, 3000));
      if (!isThere) await tab.click();
      return isThere || appears(title, 3000);
    });
  }

  /**
   * Runs a command from the palette by key presses. Commands of extensions are listed only once these are known: the palette is
   * opened again until the command is there.
   * @param {string} title as the palette shows it, such as `Backfill: Open Gap Matrix`
   */
  async runCommand(title) {
    await until(`the command "${title}" in the palette`, async () => {
      // What takes the focus meanwhile, such as a terminal that opens, closes the palette.
      if ((await this.openPalette(title)) && (await appears(this.option(title), 2000)) && (await this.chooseLine(title)))
        return true;
      await this.press('Escape');
      return false;
    });
  }

  /** @param {string} text @returns {Promise<boolean>} whether it is there */
  async openPalette(text) {
    await this.press('F1');
    if (!(await appears(this.quickInput(), 5000))) return false;
    await this.retype(`>${text}`);
    return true;
  }

  /** Types over what the input in focus holds. @param {string} text */
  async retype(text) {
    await this.press('Control+A');
    await this.type(text);
  }

  quickInput() {
    return this.page.locator('.quick-input-widget:visible input[type="text"]').first();
  }

  /** Waits for a quick pick or input box with a title. @param {string} title */
  async quickInputTitled(title) {
    await this.page.locator('.quick-input-widget:visible .quick-input-title', { hasText: title }).waitFor();
  }

  /**
   * A line of the open quick pick or palette.
   * @param {string} label the start of the line, its icon left out
   */
  option(label) {
    const name = lineOf(label);
    return this.page.locator('.quick-input-widget:visible').getByRole('option', { name }).first();
  }

  /**
   * Chooses a line of a quick pick by the keyboard: types what narrows the list to it, goes there, Enter.
   * @param {string} label the start of the line
   */
  async pick(label) {
    // One list follows another in the same widget: the line may be that of a list that is still to come.
    await until(`"${label}" in the list`, async () => {
      await this.quickInput().waitFor();
      await this.retype(label);
      return (await appears(this.option(label), 1000)) && this.chooseLine(label);
    });
  }

  /**
   * Goes to a line of the open list and presses Enter.
   * @param {string} label
   * @returns {Promise<boolean>} false where the list was closed meanwhile
   */
  async chooseLine(label) {
    const focused = this.page.locator('.quick-input-widget:visible .monaco-list-row.focused').first();
    let isOpen = true;
    await until(`"${label}" as the chosen line`, async () => {
      isOpen = await appears(focused, 2000);
      const line = isOpen ? await focused.getAttribute('aria-label', { timeout: 1000 }).catch(() => '') : '';
      if (!isOpen || lineOf(label).test(line ?? '')) return true;
      if (line) await this.press('ArrowDown');
      return false;
    });
    if (isOpen) await this.press('Enter');
    return isOpen;
  }

  /**
   * A line of a view's tree, by its accessible name. Only lines on the screen are there: see `findTreeItem`.
   * @param {string} view
   * @param {string | RegExp} name a part of it, or a pattern
   */
  treeItem(view, name) {
    return this.view(view).getByRole('treeitem', { name }).first();
  }

  /**
   * Scrolls a view's tree until a line is on the screen.
   * @param {string} view
   * @param {string | RegExp} name
   */
  async findTreeItem(view, name) {
    const item = this.treeItem(view, name);
    const tree = this.view(view).locator('.monaco-list');
    await tree.waitFor();
    await tree.hover();
    let direction = 1;
    await until(`${name} in the view ${view}`, async () => {
      if (await item.isVisible()) return true;
      const before = await this.treeNames(view);
      await this.page.mouse.wheel(0, direction * 200);
      // At an end: the other way.
      if (!(await changes(() => this.treeNames(view), before))) direction = -direction;
      return false;
    });
    return item;
  }

  /** @param {string} name */
  view(name) {
    return this.page.locator('.sidebar .pane', { has: this.page.locator('.pane-header', { hasText: name }) });
  }

  /**
   * Opens a line of a tree so that its children are listed.
   * @param {import('playwright-core').Locator} item
   */
  async expand(item) {
    await item.waitFor();
    if ((await item.getAttribute('aria-expanded')) !== 'true') {
      await item.locator('.monaco-tl-twistie').click();
      await until('an expanded tree item', async () => (await item.getAttribute('aria-expanded')) === 'true');
    }
  }

  /** The accessible names of all lines of a view that are on the screen. @param {string} view */
  async treeNames(view) {
    const items = this.view(view).getByRole('treeitem');
    return items.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
  }

  /** What the terminal in front shows, line by line. */
  async terminalText() {
    const lines = await this.page.locator('.terminal-wrapper.active .xterm-rows > div').allTextContents();
    return lines.map((line) => line.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
  }

  terminals() {
    return this.page.locator('.terminal-wrapper .xterm');
  }

  /** An entry of the status bar, by a part of its accessible name. @param {string | RegExp} name */
  statusBarItem(name) {
    return this.page.locator('.part.statusbar').getByRole('button', { name }).first();
  }

  dialog() {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The document of the webview in front: VS Code puts it into a frame in a frame. */
  webview() {
    return this.page.frameLocator('iframe.webview.ready:visible').first().frameLocator('#active-frame');
  }

  /**
   * Waits until two pictures in a row are the same: what moves has come to rest.
   * @param {{ screenshot(): Promise<Buffer> }} [part] of the window; all of it where absent
   */
  async settled(part = this.page) {
    let before = await part.screenshot();
    await until('a picture at rest', async () => {
      const now = await part.screenshot();
      const same = now.equals(before);
      before = now;
      return same;
    });
  }

  /** @param {string} file */
  async screenshot(file) {
    mkdirSync(dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }
}

/**
 * Waits until a condition holds.
 * @param {string} what named when it never does
 * @param {() => boolean | Promise<boolean>} holds
 * @param {number} [patience] milliseconds
 */
export async function until(what, holds, patience = PATIENCE_MS) {
  const end = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Waited ${Math.round(patience / 1000)} s in vain for ${what}.`);
    await new Promise((next) => setTimeout(next, POLL_MS));
  }
}

/**
 * Whether a list becomes another one soon.
 * @param {() => Promise<readonly string[]>} list
 * @param {readonly string[]} before
 */
async function changes(list, before) {
  const changed = async () => JSON.stringify(await list()) !== JSON.stringify(before);
  return until('a change', changed, 1500).then(
    () => true,
    () => false,
  );
}

/**
 * Whether something is on the screen within a time.
 * @param {import('playwright-core').Locator} locator
 * @param {number} timeout milliseconds
 */
export async function appears(locator, timeout) {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

/** Lines start with their icon's name and end with their description. @param {string} label */
function lineOf(label) {
  return new RegExp(`^(?:[a-z-]+ +)?${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:,|$)`);
}
