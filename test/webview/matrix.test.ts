import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
// The same browser as the tests in VS Code.
import { launchBrowser } from '../../scripts/vscode/browser.mjs';
import type { FromMatrix } from '../../src/protocol/matrix';
import { everyStatus, type Hole, snapshotWith } from '../support/snapshots';
import { cellAt, coloursAround, expectValue, HOLES, openHoles, painted, selectionOf, toStart } from './matrixPage';
import { axeFindings, openWebview, reload, send, sentBy, type Theme } from './page';

describe('gap matrix in a browser', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  const open = (holes: readonly Hole[], theme: Theme = 'light') => openHoles(browser, holes, { theme });

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

  it('shows rows, expectation and cause under the pointer, and explains on a double click', async () => {
    const page = await open(HOLES);
    await toStart(page);
    const point = await cellAt(page, 'MLFS', 17);
    assert.ok((await coloursAround(page, point)).includes('214,126,0'), 'the blocked cell is drawn in the colour of its status');
    await page.mouse.move(point.x, point.y);
    const tooltip = page.locator('.tooltip');
    await tooltip.getByText('MLFS · 2021-11-05, Friday').waitFor();
    assert.match(
      (await tooltip.textContent()) ?? '',
      /blocked[\s\S]*0 rows, expects at least 100[\s\S]*PDC 2021-11-05: 36 rows, MLFS needs 100[\s\S]*2 gaps, 1 cause: PDC below 100 rows/,
    );
    await page.mouse.dblclick(point.x, point.y);
    assert.deepEqual((await sentBy<FromMatrix>(page)).at(-1), { type: 'explain', node: 'MLFS', date: '2021-11-05' });
    await page.close();
  });

  it('selects by mouse what its text says, and launches exactly that', async () => {
    const page = await open(HOLES);
    await toStart(page);
    const [from, to] = [await cellAt(page, 'PDC', 15), await cellAt(page, 'PCF', 18)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
    await expectValue(selectionOf(page), 'PDC, PCF & [2021-11-03..2021-11-06] & all');
    await page.getByText('8 partitions, 4 dates').waitFor();
    const extra = await cellAt(page, 'MLFS', 17);
    await page.keyboard.down('Control');
    await page.mouse.click(extra.x, extra.y);
    await page.mouse.click(from.x, from.y);
    await page.keyboard.up('Control');
    await page.getByText('8 partitions, 4 dates').waitFor();
    const text = await selectionOf(page).inputValue();
    await page.getByRole('button', { name: 'Launch' }).click();
    assert.deepEqual((await sentBy<FromMatrix>(page)).at(-1), { type: 'launch', select: text });
    await page.close();
  });

  it('selects whole processors, phases and dates by their names', async () => {
    const page = await open(HOLES);
    await toStart(page);
    const cell = await cellAt(page, 'TDZA', 19);
    const left = cell.x - 19 * 16 - 200;
    await page.mouse.click(left, cell.y);
    await expectValue(selectionOf(page), /^TDZA & .* & all$/);
    // The title of the phase is above its first processor.
    await page.mouse.click(left, cell.y - 24);
    await expectValue(selectionOf(page), /^phase:phase4 & .* & all$/);
    const box = await page.locator('.scroller').boundingBox();
    await page.mouse.click(cell.x, (box?.y ?? 0) + 30);
    await expectValue(selectionOf(page), /2021-11-07 & all/);
    await page.close();
  });

  it('selects by keys, and shows what a text means while it is written', async () => {
    const page = await open(HOLES);
    await page.locator('.scroller').focus();
    await page.keyboard.press('n');
    await page.locator('.announcer').getByText('PDC · 2021-11-05').waitFor();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await expectValue(selectionOf(page), 'PDC, PCF & 2021-11-05, 2021-11-06 & all');
    await page.keyboard.press('Control+Space');
    await page.getByText('3 partitions, 2 dates').waitFor();
    await page.keyboard.press('s');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('phase:4 & gaps');
    await page.getByText('4 partitions, 3 dates').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('PDD');
    await page.getByText('At 1: “PDD” is no date').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Launch' }).isDisabled(), true);
    await page.keyboard.press('Escape');
    await expectValue(selectionOf(page), '');
    await page.close();
  });

  it('lists the causes, and selects the gaps of one', async () => {
    const page = await open(HOLES);
    await page.getByRole('button', { name: 'Causes' }).click();
    await page.getByRole('button', { name: /PDC below 100 rows/ }).click();
    await expectValue(selectionOf(page), 'PDC, MLFS & 2021-11-05 & all');
    await page.close();
  });

  it('zooms to weeks and months by key and wheel, and says the worst and the share', async () => {
    const page = await open(HOLES);
    await page.locator('.scroller').focus();
    await page.keyboard.press('n');
    await page.keyboard.press('2');
    await page
      .locator('.announcer')
      .getByText('PDC · 2021-11-01 to 2021-11-07. worst: missing. 5 of 6 dates complete. 1 gap')
      .waitFor();
    await page.keyboard.press('3');
    await page.getByRole('button', { name: 'Month', pressed: true }).waitFor();
    const box = await page.locator('.scroller').boundingBox();
    await page.mouse.move((box?.x ?? 0) + 400, (box?.y ?? 0) + 150);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -120);
    await page.keyboard.up('Control');
    await page.getByRole('button', { name: 'Week', pressed: true }).waitFor();
    await page.close();
  });

  it('is a grid for screen readers around what is in focus', async () => {
    const page = await open(HOLES);
    await page.locator('.scroller').focus();
    await page.keyboard.press('n');
    const grid = page.getByRole('grid');
    /** The cell that a screen reader is told of, once it says so. */
    const told = async (words: string): Promise<string> => {
      const id = await grid.getByRole('gridcell', { name: words }).getAttribute('id');
      await page.locator(`[role="grid"][aria-activedescendant="${id}"]`).waitFor();
      return id ?? '';
    };
    const first = await told('PDC · 2021-11-05, Friday. missing');
    await page.keyboard.press('ArrowDown');
    const second = await told('PCF · 2021-11-05, Friday. complete');
    assert.notEqual(first, second, 'another cell has another name, or nobody is told');
    assert.deepEqual([await grid.getAttribute('aria-rowcount'), await grid.getAttribute('aria-colcount')], ['9', '106']);
    await page.keyboard.press('Space');
    await page.locator(`#${second}[aria-selected="true"]`).waitFor();
    await grid.getByRole('rowheader', { name: 'PDC, Player daily cache. 98 % complete. 1 gap' }).waitFor();
    assert.ok((await grid.getByRole('gridcell').count()) <= 35, 'only what is around the focus is in the document');
    await page.close();
  });

  it('filters processors, and says how to see all when none is left', async () => {
    const page = await open(HOLES);
    await page.getByRole('button', { name: 'Only gaps' }).click();
    await page.locator('[role="grid"][aria-rowcount="5"]').waitFor();
    await page.getByLabel(/^Filter processors/).fill('nothing like it');
    await page.getByRole('button', { name: 'Show all processors' }).click();
    await page.locator('[role="grid"][aria-rowcount="9"]').waitFor();
    await page.close();
  });

  it('tells VS Code what a menu is about, copies and makes a picture', async () => {
    const page = await open(HOLES);
    await toStart(page);
    const point = await cellAt(page, 'PDC', 17);
    await page.mouse.click(point.x, point.y, { button: 'right' });
    const context = await page.locator('.scroller').getAttribute('data-vscode-context');
    const { nodes, from, select, webviewSection } = JSON.parse(context ?? '{}');
    assert.deepEqual([nodes, from, select, webviewSection], [['PDC'], '2021-11-05', 'PDC & 2021-11-05 & all', 'partition']);
    await send(page, { type: 'do', task: 'copyCsv' });
    await send(page, { type: 'do', task: 'exportPng' });
    await page.waitForFunction(() => (window as unknown as { sent: { type: string }[] }).sent.some((m) => m.type === 'savePng'));
    const sent = await sentBy<FromMatrix>(page);
    const copied = sent.find((message) => message.type === 'copy');
    assert.match(copied?.type === 'copy' ? copied.text : '', /^processor,date,status[\s\S]*PDC,2021-11-05,missing/);
    assert.equal(copied?.type === 'copy' && copied.what, '1 partition as CSV');
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

  it('has written down what was typed, chosen and scrolled before anything else can happen', async () => {
    const page = await open(HOLES);
    await page.locator('.scroller').focus();
    await page.keyboard.press('n');
    await page.locator('.announcer').getByText('PDC · 2021-11-05').waitFor();
    // Within one task of the page, so that neither frame nor timer comes in between: a window may be reloaded at any moment.
    const saved = await page.evaluate(async () => {
      const kept = () => JSON.parse(sessionStorage.getItem('state') ?? '{}');
      const rendered = async () => {
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
        return kept();
      };
      const type = (label: string, text: string) => {
        const field = document.querySelector<HTMLInputElement>(`input[aria-label^="${label}"]`);
        if (field === null) throw new Error(`no field ${label}`);
        field.value = text;
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        return rendered();
      };
      const scroller = document.querySelector('.scroller');
      if (scroller === null) throw new Error('no matrix');
      const key = (name: string) => {
        scroller.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
        return rendered();
      };
      const filter = (await type('Filter', 'pre')).filter;
      const select = (await type('Selection', 'PDC & gaps')).select;
      const level = (await key('2')).level;
      const focus = (await key('ArrowRight')).focus;
      return { filter, select, level, focus };
    });
    assert.deepEqual(saved, {
      filter: 'pre',
      select: 'PDC & gaps',
      level: 3,
      focus: { node: 'PDC', date: '2021-11-08' },
    });
    await page.close();
  });

  it('keeps its place over a reload', async () => {
    const page = await open(HOLES);
    await page.locator('.scroller').focus();
    await page.keyboard.press('n');
    await page.locator('.announcer').getByText('PDC · 2021-11-05').waitFor();
    await page.keyboard.press('2');
    await page.keyboard.press('s');
    await page.keyboard.type('phase:4 & gaps');
    await page.getByLabel(/^Filter processors/).fill('pre');
    await reload(page);
    await send(page, { type: 'snapshot', snapshot: snapshotWith(HOLES) });
    await page.locator('.announcer').getByText('PDC · 2021-11-01 to 2021-11-07').waitFor();
    await page.getByRole('button', { name: 'Week', pressed: true }).waitFor();
    await expectValue(selectionOf(page), 'phase:4 & gaps');
    await page.locator('[role="grid"][aria-rowcount="6"]').waitFor();
    await page.close();
  });

  it('keeps what is in sight over a reload right after a scroll, and while there is nothing to show for a time', async () => {
    const page = await open(HOLES);
    await page.evaluate(async () => {
      document.querySelector('.scroller')?.scrollTo(20 * 16, 0);
      for (let frames = 0; frames < 2; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
    });
    const kept = () => page.waitForFunction(() => document.querySelector('.scroller')?.scrollLeft === 20 * 16);
    await reload(page);
    await send(page, { type: 'snapshot', snapshot: snapshotWith(HOLES) });
    await kept();
    await send(page, { type: 'empty', message: 'The engine is starting.' });
    await page.getByText('The engine is starting.').waitFor();
    await send(page, { type: 'snapshot', snapshot: snapshotWith(HOLES) });
    await kept();
    await page.close();
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`has nothing that axe objects to (${theme}), and its picture is kept for looking at`, async () => {
      const page = await open([...HOLES.slice(0, 4), ...everyStatus()], theme);
      await page.locator('.announcer').getByText('2022').waitFor();
      await page.getByRole('button', { name: 'Causes' }).click();
      await selectionOf(page).fill('MLFS & [2022-02-16..2022-02-19] & all');
      await page.locator('.scroller').focus();
      assert.deepEqual(await axeFindings(page), []);
      await page.waitForFunction(() => (document.querySelector('.scroller')?.scrollLeft ?? 0) > 0);
      mkdirSync('out/screenshots', { recursive: true });
      const keep = async (name: string) => {
        await painted(page);
        await page.screenshot({ path: `out/screenshots/matrix-${name}${theme}.png` });
      };
      await keep('');
      await page.getByTitle('What the gaps come from').click();
      await page.locator('input[type="date"]').fill('2021-11-05');
      await page.locator('.scroller').focus();
      await page.locator('.announcer').getByText('MLFS · 2021-11-05, Friday. blocked').waitFor();
      await keep('cause-');
      for (const key of ['3', '2']) await page.keyboard.press(key);
      const box = await page.locator('.scroller').boundingBox();
      await page.mouse.move((box?.x ?? 0) + 248 + 2.5 * 28, (box?.y ?? 0) + 68 + 177);
      await page.locator('.tooltip').waitFor();
      await keep('weeks-');
      await page.close();
    });
  }
});
