import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
// The same browser as the tests in VS Code.
import { launchBrowser } from '../../scripts/vscode/browser.mjs';
import type { FromTiming, TimingSnapshot } from '../../src/protocol/timing';
import { timingChart, timingOf } from '../support/timingSnapshots';
import { axeFindings, openWebview, reload, send, sentBy, type Theme } from './page';

const SIZE = { width: 1180, height: 900 };

describe('timing in a browser', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function open(timing: TimingSnapshot = timingOf(), theme: Theme = 'light'): Promise<Page> {
    const page = await openWebview(browser, 'timing', theme, { size: SIZE });
    await send(page, { type: 'timing', timing });
    await page.locator('.toolbar h1').waitFor();
    return page;
  }

  it('says that it reads, what is wrong, and what to do where no run is known', async () => {
    const page = await openWebview(browser, 'timing', 'light', { size: SIZE });
    await page.getByText('Reading how long things took…').waitFor();
    assert.deepEqual(await ready(page), { type: 'ready' });
    await send(page, { type: 'empty', message: 'The manifest has mistakes: see Problems.' });
    await page.getByText('The manifest has mistakes: see Problems.').waitFor();
    const { chart: _, ...none } = timingOf();
    await send(page, { type: 'timing', timing: { ...none, processors: [] } });
    await page.getByText(/Launch a backfill, and each date that ends is here/).waitFor();
    await page.close();
  });

  it('ranks processors by cost, and asks for the dates of another', async () => {
    const page = await open();
    const names = await page.locator('.ranking .name').allTextContents();
    assert.deepEqual(
      names.map((name) => name.split(' ')[0]),
      ['PDC', 'MLFS', 'PSZA', 'PCF'],
    );
    await page.getByRole('button', { name: /^MLFS/ }).click();
    assert.deepEqual((await sentBy<FromTiming>(page)).at(-1), { type: 'select', processor: 'MLFS' });
    assert.ok(await page.getByRole('button', { name: /^PCF/ }).isDisabled());
    await page.close();
  });

  it('moves the date by keys, goes to what stands out, explains and opens the log', async () => {
    const page = await open();
    const selected = page.locator('#selected');
    await selected.getByText('2022-02-27').waitFor();
    await page.locator('.scroller').focus();
    await page.keyboard.press('ArrowLeft');
    await selected.getByText('2022-02-26').waitFor();
    await page.keyboard.press('Home');
    await selected.getByText('2021-10-31').waitFor();
    await page.keyboard.press('n');
    await selected.getByText(/extract took 10\.7 times/).waitFor();
    await page.keyboard.press('n');
    await selected.getByText(/calculate takes 2\.1 times/).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('l');
    assert.deepEqual((await sentBy<FromTiming>(page)).slice(-2), [
      { type: 'explain', processor: 'PDC', date: '2021-12-30' },
      { type: 'openLog', processor: 'PDC', date: '2021-12-30' },
    ]);
    await page.close();
  });

  it('says under the pointer what a date took, and selects it by a click', async () => {
    const page = await open();
    const box = await page.locator('.plot').boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width - 142, box.y + 250);
    const tooltip = page.locator('.tooltip');
    await tooltip.getByText(/^2022-02-2\d, \w+: \d min/).waitFor();
    assert.match((await tooltip.textContent()) ?? '', /dependency check .*extract .*calculate .*write/);
    await page.mouse.click(box.x + box.width - 300, box.y + 250);
    await page
      .locator('#selected')
      .getByText(/^2022-02-1\d/)
      .waitFor();
    await page.close();
  });

  it('says what several at once would take', async () => {
    const page = await open();
    const whatIf = page.locator('.detail .whatIf');
    await whatIf.getByText('as it is now').waitFor();
    assert.match((await whatIf.textContent()) ?? '', /15 dates left, with {2}1 at once1 h 20 min/);
    await whatIf.getByRole('slider').fill('4');
    await whatIf.getByText('20 min').waitFor();
    assert.match((await whatIf.textContent()) ?? '', /4 at once20 min · now 1 at once/);
    await page.close();
  });

  it('says what several at once would take of all that is left, also of gaps that nobody runs', async () => {
    const page = await open();
    const [plan, gaps] = [page.locator('.whole .whatIf').nth(0), page.locator('.whole .whatIf').nth(1)];
    assert.match((await plan.textContent()) ?? '', /^45 dates left of PDC and MLFS, with {2}1 at once2 h 40 min · as it is now$/);
    await plan.getByRole('slider').fill('4');
    await plan.getByText('50 min').waitFor();
    assert.match((await gaps.textContent()) ?? '', /^12 gaps that can be filled, of PSZA and PCF, with {2}1 at once8 min$/);
    await page.close();
  });

  it('has the same dates as a table, of which the document holds those about the ones in sight', async () => {
    const page = await open(timingOf(timingChart(5_000)));
    await page.getByText('All dates as a table').click();
    const rows = page.locator('.twin tbody tr');
    await rows.first().waitFor();
    assert.equal(await page.locator('.twin table').getAttribute('aria-rowcount'), '5001');
    const indexes = async (): Promise<number[]> =>
      await rows.evaluateAll((all) => all.map((row) => Number(row.getAttribute('aria-rowindex'))));
    assert.deepEqual((await indexes())[0], 2, 'the newest date first');
    assert.ok((await rows.count()) < 60);
    const scrolled = page.locator('.rows');
    assert.ok((await scrolled.evaluate((element) => element.scrollHeight)) >= 5_000 * 22);
    await scrolled.evaluate((element) => {
      element.scrollTop = 2_000 * 22;
    });
    await page.locator('.twin tr[aria-rowindex="2002"]').waitFor();
    assert.ok((await rows.count()) < 60);
    // What lies at the top of the sight is the row that stands there.
    const top = await page.locator('.twin tr[aria-rowindex="2002"]').evaluate((row) => {
      const [box, at] = [row.closest('.rows')?.getBoundingClientRect(), row.getBoundingClientRect()];
      return Math.round(at.top - (box?.top ?? 0));
    });
    assert.ok(Math.abs(top - 22) <= 1, `${top}: below the titles`);
    // A date that is chosen elsewhere comes into sight, and says that it is the one.
    await page.locator('.scroller').focus();
    await page.keyboard.press('Home');
    await page.locator('.twin tr[aria-current="date"][aria-rowindex="5001"]').waitFor();
    await page.close();
  });

  it('paints a frame of many dates in a few milliseconds', async () => {
    const page = await open(timingOf(timingChart(5_000)));
    await page.locator('.scroller').focus();
    for (const key of ['-', '-']) await page.keyboard.press(key);
    const client = await page.context().newCDPSession(page);
    await client.send('Performance.enable', { timeDomain: 'threadTicks' });
    const scripted = async (): Promise<number> =>
      (await client.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0;
    const before = await scripted();
    await page.evaluate(async () => {
      const scroller = document.querySelector('.scroller');
      for (let at = 0; at < 60 && scroller !== null; at++) {
        scroller.scrollLeft = at * 97;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    const each = ((await scripted()) - before) * (1000 / 60);
    assert.ok(each < 8, `${each.toFixed(1)} ms a frame`);
    await page.close();
  });

  it('keeps processor, date and zoom over a reload, and the date while a backfill adds others', async () => {
    const page = await open();
    await page.locator('.scroller').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('-');
    await page.locator('#selected').getByText('2021-11-01').waitFor();
    await reload(page);
    await page.getByText('Reading how long things took…').waitFor();
    assert.deepEqual(await ready(page), { type: 'ready', processor: 'PDC' });
    await send(page, { type: 'timing', timing: timingOf() });
    await page.locator('#selected').getByText('2021-11-01').waitFor();
    await send(page, { type: 'timing', timing: timingOf(timingChart(130)) });
    await page.locator('.summary').getByText('130 runs').waitFor();
    await page.locator('#selected').getByText('2021-11-01').waitFor();
    await page.close();
  });

  it('keeps the last good view when the engine fails, and says so', async () => {
    const page = await open();
    await send(page, { type: 'empty', message: 'The engine does not answer.' });
    await page.locator('.problem').getByText('The engine does not answer.').waitFor();
    assert.equal(await page.locator('.detail h2').textContent(), 'PDC');
    await send(page, { type: 'timing', timing: timingOf() });
    await page.locator('.problem').waitFor({ state: 'detached' });
    await page.close();
  });

  it('paints in the colours of another theme at once', async () => {
    const page = await open();
    const pixel = () =>
      page.locator('canvas.plot').evaluate((canvas) => {
        const of = canvas as HTMLCanvasElement;
        return [...(of.getContext('2d')?.getImageData(2, 2, 1, 1).data ?? [])].join();
      });
    const before = await pixel();
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-editor-background', 'rgb(1, 2, 3)');
    });
    await page.waitForFunction((was) => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.plot');
      return [...(canvas?.getContext('2d')?.getImageData(2, 2, 1, 1).data ?? [])].join() !== was;
    }, before);
    assert.equal(await pixel(), '1,2,3,255');
    await page.close();
  });

  it('shows a date that somebody came from', async () => {
    const page = await open();
    await send(page, { type: 'reveal', processor: 'PDC', date: '2021-12-03' });
    await page.locator('#selected').getByText('2021-12-03').waitFor();
    await page.close();
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`has nothing that axe objects to (${theme}), and its picture is kept for looking at`, async () => {
      const page = await open(timingOf(), theme);
      assert.deepEqual(await axeFindings(page), []);
      await page.waitForFunction(() => (document.querySelector('.scroller')?.scrollLeft ?? 0) > 0);
      mkdirSync('out/screenshots', { recursive: true });
      await page.screenshot({ path: `out/screenshots/timing-${theme}.png` });
      await page.close();
    });
  }
});

/** The first thing that the page has said. */
function ready(page: Page): Promise<unknown> {
  return page.evaluate(() => (window as unknown as { sent: unknown[] }).sent[0]);
}
