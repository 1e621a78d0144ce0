import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/vscode/browser.mjs';
import { statusCode } from '../../src/base/status';
import type { FromMatrix } from '../../src/protocol/matrix';
import type { Snapshot } from '../../src/protocol/snapshot';
import { everyStatus, SEASON_DAYS, SNAPSHOT_START, snapshotWith } from '../support/snapshots';
import {
  cellAt,
  coloursAround,
  expectFocus,
  expectValue,
  HOLES,
  openHoles,
  openMatrix,
  painted,
  scrollLeftOf,
  selectionOf,
  toStart,
} from './matrixPage';
import { axeFindings, changeTheme, reload, send, sentBy } from './page';

/** A change of one cell of the snapshot with all holes. */
function changeOf(base: number, id: string, offset: number, word: 'complete' | 'running') {
  const before = snapshotWith(HOLES);
  const node = before.nodes.findIndex((candidate) => candidate.id === id);
  const { rootTexts, rootCells, causes, causeOfSet, dates, gaps } = before;
  return {
    base,
    version: base + 1,
    source: 'warehouse',
    cells: Int32Array.of(node * before.dayCount + offset),
    status: Uint8Array.of(statusCode(word)),
    off: Uint8Array.of(255),
    rows: Int32Array.of(150),
    expectedRows: Int32Array.of(100),
    flags: new Uint8Array(1),
    rootSet: new Int32Array(1),
    ...{ rootTexts, rootCells, causes, causeOfSet, dates, gaps },
  };
}

/** The snapshot without its last processor. */
function withoutMlfs(): Snapshot {
  const { nodes, dayCount, ...rest } = snapshotWith(HOLES);
  const size = (nodes.length - 1) * dayCount;
  const cut = <T extends Uint8Array | Int32Array>(cells: T) => cells.slice(0, size) as T;
  const { status, off, rows, expectedRows, flags, rootSet } = rest;
  return {
    ...rest,
    version: 2,
    dayCount,
    nodes: nodes.slice(0, -1),
    ...{ status: cut(status), off: cut(off), rows: cut(rows), expectedRows: cut(expectedRows), flags: cut(flags) },
    rootSet: cut(rootSet),
  };
}

/** What happens to the matrix while somebody works in it. */
describe('gap matrix in a browser, at awkward moments', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  const open = () => openHoles(browser, HOLES);
  const resyncs = async (page: Page) => (await sentBy<FromMatrix>(page)).filter(({ type }) => type === 'resync').length;

  it('has the keys at once, and gives them away to whoever takes them', async () => {
    const page = await open();
    await page.keyboard.press('n');
    await expectFocus(page, 'PDC · 2021-11-05');
    await page.keyboard.press('f');
    await page.keyboard.type('pdc');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await expectFocus(page, 'PDC · 2021-11-06');
    // No trap: Tab leaves the grid, and comes back to it.
    await page.keyboard.press('Tab');
    const at = () => page.evaluate(() => document.activeElement?.className ?? '');
    assert.notEqual(await at(), 'scroller');
    await page.keyboard.press('Shift+Tab');
    assert.equal(await at(), 'scroller');
    await page.close();
  });

  it('goes to a date as it is typed, a figure at a time, and to the next season from between two', async () => {
    const page = await open();
    await page.keyboard.press('g');
    await page.keyboard.type('11052021');
    await expectValue(page.locator('input[type="date"]'), '2021-11-05');
    await expectFocus(page, 'MLFS · 2021-11-05');
    await page.locator('input[type="date"]').fill('2021-12-25');
    await page.keyboard.press('Enter');
    await expectFocus(page, 'MLFS · 2022-01-27');
    await page.keyboard.press('ArrowLeft');
    await expectFocus(page, 'MLFS · 2021-12-17');
    await page.close();
  });

  it('goes to the next gap at the nearest zoom, after a wheel that wanted nearer', async () => {
    const page = await open();
    for (let times = 0; times < 4; times++) await page.keyboard.press('+');
    const { x, y } = await cellAt(page, 'PDC', 0);
    await page.mouse.move(Math.max(x, 400), y);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -120);
    await page.keyboard.up('Control');
    await page.keyboard.press('n');
    await expectFocus(page, 'PDC · 2021-11-05');
    await page.waitForFunction(() => (document.querySelector('.scroller')?.scrollLeft ?? 0) > 0);
    await page.keyboard.press('Shift+N');
    await expectFocus(page, 'MLFS · 2022-02-26');
    // Two seasons of 105 dates, 56 wide: the last dates are far to the right.
    await page.waitForFunction(() => (document.querySelector('.scroller')?.scrollLeft ?? 0) > 3_000);
    await page.close();
  });

  it('stays where it was scrolled to when the panel gets another size, and when the same comes whole again', async () => {
    const page = await open();
    await page.evaluate(() => document.querySelector('.scroller')?.scrollTo(160, 0));
    await painted(page);
    await page.getByRole('button', { name: 'Causes' }).click();
    await page.getByRole('complementary').waitFor();
    await page.setViewportSize({ width: 900, height: 480 });
    await painted(page);
    assert.equal(await scrollLeftOf(page), 160);
    await send(page, { type: 'snapshot', snapshot: { ...snapshotWith(HOLES), version: 9, pipeline: 'Renamed' } });
    await page.getByRole('heading', { name: 'Renamed' }).waitFor();
    await painted(page);
    assert.equal(await scrollLeftOf(page), 160);
    await page.close();
  });

  it('keeps the focus in sight in a smaller panel', async () => {
    const page = await open();
    await expectFocus(page, 'MLFS · 2022-02-26');
    await page.setViewportSize({ width: 700, height: 420 });
    const { left } = { left: 16 * (SEASON_DAYS[0] + 30) + 14 };
    await page.waitForFunction((x) => {
      const scroller = document.querySelector('.scroller');
      return scroller !== null && x >= scroller.scrollLeft && x + 16 <= scroller.scrollLeft + scroller.clientWidth - 248;
    }, left);
    await page.close();
  });

  it('hides the words of a cell when it is scrolled away from under the pointer', async () => {
    const page = await open();
    await toStart(page);
    const { x, y } = await cellAt(page, 'PDC', 17);
    await page.mouse.move(x, y);
    await page.locator('.tooltip').getByText('PDC · 2021-11-05').waitFor();
    await page.mouse.wheel(160, 0);
    await page.locator('.tooltip').waitFor({ state: 'detached' });
    await page.close();
  });

  it('goes on with a drag while changes come, and ends with what is there then', async () => {
    const page = await open();
    await toStart(page);
    const [from, to] = [await cellAt(page, 'PDC', 15), await cellAt(page, 'MLFS', 18)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, from.y, { steps: 3 });
    await send(page, { type: 'change', change: changeOf(1, 'PDC', 17, 'complete') });
    await page.mouse.move(to.x, to.y, { steps: 3 });
    await page.mouse.up();
    await expectValue(selectionOf(page), 'PDC, PCF, MLFS & [2021-11-03..2021-11-06] & all');
    await page.getByText('12 partitions, 4 dates').waitFor();
    await page.close();
  });

  it('ends a drag over lines that are there no more, and says which name of the selection is unknown', async () => {
    const page = await open();
    await toStart(page);
    const from = await cellAt(page, 'MLFS', 15);
    await page.mouse.click(from.x, from.y);
    await expectValue(selectionOf(page), 'MLFS & 2021-11-03 & all');
    await page.mouse.down();
    await page.mouse.move(from.x + 48, from.y, { steps: 3 });
    await send(page, { type: 'snapshot', snapshot: withoutMlfs() });
    await page.getByText(/“MLFS” is no/).waitFor();
    await page.mouse.move(from.x + 16, from.y);
    await page.mouse.up();
    await painted(page);
    await expectValue(selectionOf(page), 'MLFS & 2021-11-03 & all');
    assert.equal(await page.getByRole('button', { name: 'Launch' }).isDisabled(), true);
    await page.close();
  });

  it('asks for the whole once for each change that it cannot apply, and shows the newest in the end', async () => {
    const page = await open();
    await toStart(page);
    await page.keyboard.press('n');
    await expectFocus(page, 'PDC · 2021-11-05, Friday. missing');
    await send(page, { type: 'change', change: changeOf(2, 'PDC', 17, 'complete') });
    await send(page, { type: 'change', change: changeOf(1, 'PDC', 17, 'running') });
    await expectFocus(page, 'PDC · 2021-11-05, Friday. running');
    assert.equal(await resyncs(page), 1);
    await send(page, { type: 'change', change: changeOf(2, 'PDC', 17, 'complete') });
    await expectFocus(page, 'PDC · 2021-11-05, Friday. complete');
    await page.close();
  });

  it('tells of a selection when somebody selects, and not with every change of a backfill', async () => {
    const page = await open();
    const status = page.getByRole('status');
    const live = () => status.getAttribute('aria-live');
    await selectionOf(page).fill('PDC & gaps');
    await status.getByText('1 partition, 1 date').waitFor();
    assert.equal(await live(), 'polite');
    await page.locator('.scroller').focus();
    const change = changeOf(1, 'PDC', 18, 'complete');
    await send(page, {
      type: 'change',
      change: { ...change, status: Uint8Array.of(statusCode('missing')), rootSet: Int32Array.of(2) },
    });
    await status.getByText('2 partitions, 2 dates').waitFor();
    assert.equal(await live(), 'off');
    await selectionOf(page).fill('MLFS & gaps');
    await status.getByText('2 partitions, 2 dates').waitFor();
    assert.equal(await live(), 'polite');
    await page.close();
  });

  it('walks through the gaps that a filter leaves, and through all where it leaves none', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'failed', exact: true }).click();
    await page.locator('.scroller').focus();
    for (let times = 0; times < 2; times++) {
      await page.keyboard.press('n');
      await expectFocus(page, 'MLFS · 2022-02-26, Saturday. failed');
    }
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByLabel(/^Filter processors/).fill('TDZA');
    await page.keyboard.press('Enter');
    // What is hidden is in focus no more: what is said and what Enter explains is in sight.
    await expectFocus(page, 'All processors · 2022-02-26');
    await page.keyboard.press('n');
    await expectFocus(page, 'TDZA · 2021-11-28');
    await page.getByLabel(/^Filter processors/).fill('PCF');
    await page.keyboard.press('Enter');
    await page.keyboard.press('n');
    await expectFocus(page, 'TDZA · 2021-11-28');
    await expectValue(page.getByLabel(/^Filter processors/), '');
    await page.close();
  });

  it('shows what somebody came for, whatever was filtered', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Only gaps' }).click();
    await page.getByLabel(/^Filter processors/).fill('MLFS');
    await send(page, { type: 'reveal', node: 'PCF', date: '2021-11-05' });
    await expectFocus(page, 'PCF · 2021-11-05, Friday. complete');
    await page.locator('[role="grid"][aria-rowcount="9"]').waitFor();
    await page.close();
  });

  it('explains, opens and selects the gap of a week rather than its first date', async () => {
    const page = await open();
    await page.keyboard.press('n');
    await page.keyboard.press('2');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    await expectFocus(page, 'PDC · 2021-11-01 to 2021-11-07. worst: missing');
    await page.keyboard.press('Enter');
    await page.keyboard.press('l');
    assert.deepEqual((await sentBy<FromMatrix>(page)).slice(-2), [
      { type: 'explain', node: 'PDC', date: '2021-11-05' },
      { type: 'openLog', node: 'PDC', date: '2021-11-05' },
    ]);
    await page.keyboard.press('c');
    await expectValue(selectionOf(page), 'PDC, MLFS & 2021-11-05 & all');
    await page.close();
  });

  it('copies, pictures and launches by key what is selected', async () => {
    const page = await open();
    await selectionOf(page).fill('PDC & gaps');
    await page.locator('#selected').getByText('1 partition, 1 date').waitFor();
    await page.locator('.scroller').focus();
    for (const key of ['m', 'v', 'r', 'p']) await page.keyboard.press(key);
    await page.waitForFunction(() =>
      (window as unknown as { sent: { type: string }[] }).sent.some(({ type }) => type === 'savePng'),
    );
    const sent = await sentBy<FromMatrix>(page);
    assert.deepEqual(
      sent.map((message) => (message.type === 'copy' ? message.what : message.type)),
      ['1 partition as Markdown', '1 partition as CSV', 'launch', 'savePng'],
    );
    assert.deepEqual(sent[2], { type: 'launch', select: 'PDC & gaps' });
    await page.close();
  });

  it('takes whole names and dates out of the selection as it puts them in, and drags dates over cells', async () => {
    const page = await open();
    await toStart(page);
    const cell = await cellAt(page, 'PDC', 15);
    const top = (await page.locator('.scroller').boundingBox())?.y ?? 0;
    await page.mouse.move(cell.x, top + 30);
    await page.mouse.down();
    await page.mouse.move(cell.x + 32, cell.y, { steps: 4 });
    await page.mouse.up();
    await expectValue(selectionOf(page), 'phase:phase3, phase:phase4 & [2021-11-03..2021-11-05] & all');
    await page.keyboard.down('Control');
    await page.mouse.click(cell.x + 32, top + 30);
    await expectValue(selectionOf(page), 'phase:phase3, phase:phase4 & 2021-11-03, 2021-11-04 & all');
    await page.mouse.click(100, cell.y);
    await page.mouse.click(100, cell.y);
    await page.keyboard.up('Control');
    await expectValue(selectionOf(page), 'phase:phase3, TDZA, PCF, MLFS & 2021-11-03, 2021-11-04 & all');
    await page.close();
  });

  it('shows a long name as a whole, and what of its line is there', async () => {
    const snapshot = snapshotWith(HOLES);
    const name = 'Every player’s rolling shot profile by zone, opponent and rest days, smoothed over the season so far';
    const nodes = snapshot.nodes.map((node) => (node.id === 'PDC' ? { ...node, name } : node));
    const page = await openMatrix(browser, { ...snapshot, nodes });
    await toStart(page);
    const { y } = await cellAt(page, 'PDC', 0);
    await page.mouse.move(100, y);
    await page.locator('.tooltip').getByText(`PDC, ${name}`).waitFor();
    assert.match((await page.locator('.tooltip').textContent()) ?? '', /98 % complete1 gapClick selects/);
    await page.close();
  });

  it('takes another theme and another screen while it is open', async () => {
    const page = await openHoles(browser, HOLES, { scale: 2 });
    await toStart(page);
    await painted(page);
    const at = await cellAt(page, 'MLFS', 17);
    assert.ok((await coloursAround(page, at)).includes('214,126,0'), 'blocked, light');
    const sizes = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.cells');
      return [canvas?.width, canvas?.height, (canvas?.clientWidth ?? 0) * 2, (canvas?.clientHeight ?? 0) * 2];
    });
    assert.deepEqual(sizes.slice(0, 2), sizes.slice(2), 'a canvas of the panel’s size in pixels of the screen');
    const glyph = () => page.evaluate(() => document.querySelector<HTMLCanvasElement>('.legend canvas')?.toDataURL());
    const before = await glyph();
    await changeTheme(page, 'dark');
    await painted(page);
    assert.ok((await coloursAround(page, at)).includes('238,157,40'), 'blocked, dark');
    const dark = await glyph();
    assert.notEqual(dark, before);
    // Another dark theme has the same class: only its tokens differ.
    await page.evaluate(() => document.documentElement.style.setProperty('--vscode-charts-green', '#00ff00'));
    await painted(page);
    assert.notEqual(await glyph(), dark);
    await page.close();
  });

  it('has room for cells, causes and every button in a narrow panel, as at 200 % in a small window', async () => {
    const page = await openHoles(browser, [...HOLES, ...everyStatus()], { size: { width: 300, height: 600 }, scale: 2 });
    await page.getByRole('button', { name: 'Causes' }).click();
    await page.getByRole('complementary').waitFor();
    await page.locator('.scroller').focus();
    await page.keyboard.press('n');
    await painted(page);
    mkdirSync('out/screenshots', { recursive: true });
    await page.screenshot({ path: 'out/screenshots/matrix-narrow.png' });
    const found = await page.evaluate(() => {
      const box = document.querySelector('.scroller')?.getBoundingClientRect();
      const cut = [...document.querySelectorAll('header button, header input, .causes button')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth || element.getBoundingClientRect().left < 0)
        .map((element) => element.outerHTML);
      return {
        cut,
        width: box?.width ?? 0,
        height: box?.height ?? 0,
        sideways: document.documentElement.scrollWidth > innerWidth,
      };
    });
    assert.deepEqual(found.cut, []);
    assert.equal(found.sideways, false);
    assert.deepEqual(await axeFindings(page), []);
    // Nine dates beside the names, two lines below the header.
    assert.ok(found.width >= 152 + 9 * 16 && found.height >= 68 + 2 * 22, JSON.stringify(found));
    await page.close();
  });

  it('scrolls its lines and not itself in a narrow panel that is low', async () => {
    const page = await openHoles(browser, HOLES, { size: { width: 630, height: 460 } });
    await page.locator('.scroller').focus();
    await page.keyboard.press('Control+End');
    await painted(page);
    const found = await page.evaluate(() => ({
      lines: document.querySelector('.content')?.getBoundingClientRect().height ?? 0,
      shown: document.querySelector('.scroller')?.clientHeight ?? 0,
      page: document.documentElement.scrollHeight,
      toolbar: document.querySelector('.toolbar')?.getBoundingClientRect().top,
    }));
    assert.ok(found.lines > found.shown, `all lines have room: this proves nothing (${JSON.stringify(found)})`);
    assert.deepEqual({ page: found.page, toolbar: found.toolbar }, { page: 460, toolbar: 0 });
    await page.close();
  });

  it('opens with what other releases saved, and with nonsense', async () => {
    const nonsense = [
      { zoom: 12, scrollX: 400, selection: ['PDC'] },
      { level: 99, shown: ['nonsense'], focus: { node: 5, date: 'yesterday' }, scroll: { date: 'x', y: 'y' } },
      { level: 'far', shown: [], filter: 5, select: { text: 'gaps' }, focus: 'PDC', scroll: 300 },
      'text',
    ];
    for (const saved of nonsense) {
      const page = await openHoles(browser, HOLES, { saved });
      await expectFocus(page, 'MLFS · 2022-02-26, Saturday. failed');
      await page.keyboard.press('-');
      await page.keyboard.press('n');
      await expectFocus(page, 'PDC · 2021-11-05');
      await reload(page);
      await page.close();
    }
  });

  it('says what lacks where there are no processors or dates, and every key does no harm', async () => {
    const whole = snapshotWith([]);
    const empty = {
      ...whole,
      nodes: [],
      ...{ status: new Uint8Array(), off: new Uint8Array(), flags: new Uint8Array() },
      ...{ rows: new Int32Array(), expectedRows: new Int32Array(), rootSet: new Int32Array() },
      causes: [],
    };
    const undated = { ...empty, nodes: whole.nodes, seasons: [], dayCount: 0, dates: new Uint8Array() };
    const oneDate = {
      ...empty,
      seasons: [{ name: 'One', from: SNAPSHOT_START, to: SNAPSHOT_START }],
      dayCount: 1,
      dates: Uint8Array.of(3),
    };
    for (const snapshot of [empty, undated, oneDate]) {
      const page = await openMatrix(browser, snapshot);
      await page.locator('.scroller').focus();
      const keys =
        'n N ArrowRight ArrowDown End Home PageDown Space 1 2 3 + - m v c Enter l p r Control+a Escape Shift+ArrowDown';
      for (const key of keys.split(' ')) await page.keyboard.press(key);
      if (snapshot.nodes.length === 0) await page.getByText('The manifest describes no processors yet.').waitFor();
      await page.close();
    }
  });
});
