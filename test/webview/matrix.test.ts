import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
// The same browser as the tests in VS Code.
import { launchBrowser } from '../../scripts/vscode/browser.mjs';
import type { FromMatrix } from '../../src/protocol/matrix';
import { everyStatus, type Hole, snapshotWith } from '../support/snapshots';
import { openWebview, send, sentBy, type Theme } from './page';

const HOLES: readonly Hole[] = [
  ['MLFS', 17, 'blocked'],
  ['PDC', 17, 'missing'],
  ['TDZA', 40, 'partial'],
  ['PGS', 44, 'running'],
  ['MLFS', 130, 'failed'],
];

describe('gap matrix in a browser', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function open(holes: readonly Hole[], theme: Theme = 'light'): Promise<Page> {
    const page = await openWebview(browser, 'matrix', theme);
    await send(page, { type: 'snapshot', snapshot: snapshotWith(holes) });
    await page.locator('.toolbar h1').waitFor();
    return page;
  }

  it('says that it is reading before the first snapshot, and what is wrong when there is none', async () => {
    const page = await openWebview(browser, 'matrix', 'light');
    await page.getByText('Reading coverage…').waitFor();
    await send(page, { type: 'empty', message: 'The manifest has mistakes: see Problems.' });
    await page.getByText('The manifest has mistakes: see Problems.').waitFor();
    await page.close();
  });

  it('starts at the newest gap and walks through all of them by key', async () => {
    const page = await open(HOLES);
    const announced = page.locator('.announcer');
    await announced.getByText('MLFS · 2022-02-26').waitFor();
    await page.locator('.scroller').focus();
    for (const expected of ['PDC · 2021-11-05', 'MLFS · 2021-11-05', 'TDZA · 2021-11-28', 'MLFS · 2022-02-26']) {
      await page.keyboard.press('n');
      await announced.getByText(expected).waitFor();
    }
    await page.close();
  });

  it('shows rows, expectation and cause under the pointer, and explains on a click', async () => {
    const page = await open(HOLES);
    await page.getByRole('button', { name: 'Next gap' }).click();
    await page.getByRole('button', { name: 'Next gap' }).click();
    await page.locator('.announcer').getByText('MLFS · 2021-11-05').waitFor();
    // The focused cell is where the pointer goes: its place follows from the scroll position, as a person sees it.
    const point = await page.evaluate(() => {
      const scroller = document.querySelector('.scroller');
      if (scroller === null) throw new Error('no scroller');
      const box = scroller.getBoundingClientRect();
      const line = 22 + 26 + 22 + 26 + 2 * 22 + 26 + 3 * 22 + 11;
      return { x: box.left + 224 + 17 * 16 + 8 - scroller.scrollLeft, y: box.top + 46 + line - scroller.scrollTop };
    });
    assert.ok((await coloursAround(page, point)).includes('214,126,0'), 'the blocked cell is drawn in the colour of its status');
    await page.mouse.move(point.x, point.y);
    const tooltip = page.locator('.tooltip');
    await tooltip.getByText('MLFS · 2021-11-05, Friday').waitFor();
    assert.match(
      (await tooltip.textContent()) ?? '',
      /blocked[\s\S]*0 rows, expects at least 100[\s\S]*PDC 2021-11-05: 36 rows, MLFS needs 100/,
    );
    await page.mouse.click(point.x, point.y);
    assert.deepEqual((await sentBy<FromMatrix>(page)).at(-1), { type: 'explain', node: 'MLFS', date: '2021-11-05' });
    await page.close();
  });

  it('takes changes, and asks for the whole when it missed one', async () => {
    const page = await open([['PDC', 17, 'missing']]);
    await page.getByText('1 gap', { exact: true }).waitFor();
    const filled = snapshotWith([]);
    const index = 4 * filled.dayCount + 17;
    const change = {
      base: 1,
      version: 2,
      source: 'warehouse',
      cells: new Int32Array([index]),
      status: filled.status.slice(index, index + 1),
      off: filled.off.slice(index, index + 1),
      rows: new Int32Array([150]),
      expectedRows: new Int32Array([100]),
      flags: new Uint8Array(1),
      rootSet: new Int32Array(1),
      rootTexts: [''],
      rootCells: [new Int32Array()],
      causes: [],
      causeOfSet: new Int32Array([-1]),
      dates: filled.dates,
      gaps: 0,
    };
    await send(page, { type: 'change', change });
    await page.getByText('No gaps').waitFor();
    await page.locator('.announcer').getByText('complete. 150 rows').waitFor();
    await send(page, { type: 'change', change: { ...change, base: 7, version: 8 } });
    await page.waitForFunction(() => (window as unknown as { sent: { type: string }[] }).sent.some((m) => m.type === 'resync'));
    await page.close();
  });

  it('keeps its place over a reload', async () => {
    const page = await open(HOLES);
    await page.locator('.scroller').focus();
    await page.keyboard.press('n');
    await page.locator('.announcer').getByText('PDC · 2021-11-05').waitFor();
    await page.reload();
    await send(page, { type: 'snapshot', snapshot: snapshotWith(HOLES) });
    await page.locator('.announcer').getByText('PDC · 2021-11-05').waitFor();
    await page.close();
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`has nothing that axe objects to (${theme}), and its picture is kept for looking at`, async () => {
      const page = await open([...HOLES.slice(0, 4), ...everyStatus()], theme);
      await page.locator('.announcer').getByText('2022').waitFor();
      await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
      const results: AxeResults = await page.evaluate(() =>
        (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
      );
      const found = results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
      assert.deepEqual(found, []);
      await page.waitForFunction(() => (document.querySelector('.scroller')?.scrollLeft ?? 0) > 0);
      mkdirSync('out/screenshots', { recursive: true });
      await page.screenshot({ path: `out/screenshots/matrix-${theme}.png` });
      await page.close();
    });
  }
});

/** The opaque colours of the canvas within a cell around a point of the page, as `r,g,b`. */
function coloursAround(page: Page, point: { x: number; y: number }): Promise<readonly string[]> {
  return page.evaluate(({ x, y }) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.cells');
    const context = canvas?.getContext('2d');
    if (canvas === null || context === null || context === undefined) throw new Error('no canvas');
    const box = canvas.getBoundingClientRect();
    const { data } = context.getImageData(x - box.left - 8, y - box.top - 8, 16, 16);
    const colours = new Set<string>();
    for (let at = 0; at < data.length; at += 4) colours.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    return [...colours];
  }, point);
}
