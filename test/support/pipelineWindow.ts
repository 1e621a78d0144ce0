import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT, type Server } from '../../scripts/vscode/server.mjs';
import { until, type Workbench } from '../../scripts/vscode/workbench.mjs';
import { messageOf } from '../../src/base/logger';
import type { SmallWorkspace } from './smallWorkspace';
import { openWindow } from './vscodeWindow';

/** A window on a pipeline's folder, in the words of the extension. */
export class PipelineWindow {
  readonly workbench: Workbench;

  private constructor(workbench: Workbench) {
    this.workbench = workbench;
  }

  /** Opens the folder and the extension's sidebar, and waits for the coverage. */
  static async open(folder: string, server?: Server): Promise<PipelineWindow> {
    const window = await PipelineWindow.on(await openWindow(folder, server));
    await window.workbench.findTreeItem('Coverage', / (dates|partitions) complete/);
    return window;
  }

  /** Opens the extension's sidebar in a window. */
  static async on(workbench: Workbench): Promise<PipelineWindow> {
    await workbench.openSidebar();
    return new PipelineWindow(workbench);
  }

  /** Unfolds a view of the sidebar. */
  async openView(name: string): Promise<void> {
    const header = this.workbench.view(name).locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
  }

  /** Launches from the palette by the keyboard alone: processor, dates, no options, the plan confirmed. */
  async launch(processor: string, dates: string): Promise<void> {
    const { workbench } = this;
    await workbench.runCommand('Backfill: Launch Backfill…');
    await workbench.pick(processor);
    await workbench.pick('Certain dates…');
    await this.answer('Certain dates', dates);
    if (dates.includes(' to ')) await workbench.pick('Everything');
    await workbench.quickInputTitled(`Launch ${processor}`);
    await workbench.press('Enter');
    await workbench.pick('Run in a terminal');
  }

  /** Types into the input box with a title, and Enter. */
  async answer(title: string, text: string): Promise<void> {
    await this.workbench.quickInputTitled(title);
    await this.workbench.type(text);
    await this.workbench.press('Enter');
  }

  /** The accessible name of a partition in the Coverage tree, which is opened down to it. */
  async partitionText(phase: string, processor: string, date: string): Promise<string> {
    const { workbench } = this;
    for (const name of [phase, processor, monthOf(date)]) {
      await workbench.expand(await workbench.findTreeItem('Coverage', startsWith(name)));
    }
    const item = await workbench.findTreeItem('Coverage', startsWith(date));
    return (await item.getAttribute('aria-label')) ?? '';
  }

  /** Waits until the Coverage tree tells of a partition what the pattern says. */
  async seePartition(phase: string, processor: string, date: string, pattern: RegExp): Promise<void> {
    let text = '';
    await until(`${processor} ${date} in the tree as ${pattern}`, async () => {
      text = await this.partitionText(phase, processor, date);
      return pattern.test(text);
    }).catch((error: unknown) => {
      throw new Error(`${messageOf(error)} It says: ${text}`);
    });
  }

  /** Goes to a partition in the matrix, which is in front, by its date field and the arrow keys. */
  async lookAtInMatrix(processor: string, date: string): Promise<void> {
    const matrix = this.workbench.webview();
    await matrix.locator('input[type="date"]').fill(date);
    await matrix.getByRole('grid').focus();
    // Upwards from wherever the matrix began, then down.
    let key = 'ArrowUp';
    let before = '';
    await until(`${processor} ${date} in the matrix`, async () => {
      const text = await this.matrixText();
      if (text.startsWith(`${processor} · ${date}`)) return true;
      if (text === before) key = 'ArrowDown';
      before = text;
      await this.workbench.press(key);
      return false;
    });
  }

  /** What the matrix says of the cell in focus. */
  async matrixText(): Promise<string> {
    return (await this.workbench.webview().locator('.announcer').textContent()) ?? '';
  }

  async seeInMatrix(pattern: RegExp): Promise<void> {
    await until(`${pattern} in the matrix`, async () => pattern.test(await this.matrixText()));
  }

  /** Waits until the terminal in front shows something. Blank ends are left out. */
  async seeTerminal(pattern: RegExp): Promise<void> {
    let text = '';
    await until(`${pattern} in the terminal`, async () => {
      text = (await this.workbench.terminalText()).trim();
      return pattern.test(text);
    }).catch((error: unknown) => {
      throw new Error(`${messageOf(error)} It shows: ${text}`);
    });
  }
}

function startsWith(name: string): RegExp {
  return new RegExp(`^${name},`);
}

/** `January 2024`. */
function monthOf(date: string): string {
  const format = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return format.format(new Date(date));
}

/** Waits until the journal holds a backfill that it did not hold before, and tells its id. */
export async function started(workspace: SmallWorkspace, before: readonly string[]): Promise<string> {
  const fresh = () => workspace.backfills().filter((id) => !before.includes(id));
  await until('a new backfill in the journal', () => fresh().length > 0);
  const [id = '', ...others] = fresh();
  if (others.length > 0) throw new Error(`More than one backfill was started: ${fresh().join(', ')}`);
  return id;
}

/** Waits until the journal says that a backfill ended, and how. */
export async function ended(workspace: SmallWorkspace, backfill: string, patience?: number): Promise<string> {
  const last = () => workspace.events(backfill).at(-1);
  await until('the end of the backfill in the journal', () => last()?.type === 'ended', patience);
  const end = last();
  return end?.type === 'ended' ? end.result : '';
}

/** What the product's own command line prints, as JSON. */
export async function commandLine(folder: string, ...words: string[]): Promise<unknown> {
  const run = promisify(execFile)(process.execPath, [`${ROOT}/dist/cli.js`, ...words, '--format', 'json'], { cwd: folder });
  const { stdout } = await run.catch((failed: { stdout: string }) => failed);
  return JSON.parse(stdout);
}
