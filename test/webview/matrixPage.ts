import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { until } from '../../scripts/vscode/workbench.mjs';
import type { Snapshot } from '../../src/protocol/snapshot';
import { type Hole, snapshotWith } from '../support/snapshots';
import { openWebview, send, type Theme } from './page';

export const HOLES: readonly Hole[] = [
  ['MLFS', 17, 'blocked'],
  ['PDC', 17, 'missing'],
  ['TDZA', 40, 'partial'],
  ['PGS', 44, 'running'],
  ['MLFS', 130, 'failed'],
];

/** Where lines begin below the header: titles of phases are 26 high, lines 22. */
const TOPS: Readonly<Record<string, number>> = { BOX: 26, TDZA: 144, PDC: 166, PCF: 188, MLFS: 210 };

interface Options {
  readonly theme?: Theme;
  readonly size?: { readonly width: number; readonly height: number };
  /** What the page saved before. */
  readonly saved?: unknown;
  /** Pixels of the screen in one of CSS. */
  readonly scale?: number;
}

/** The matrix as it shows a snapshot. */
export async function openMatrix(
  browser: Browser,
  snapshot: Snapshot,
  { theme = 'light', ...options }: Options = {},
): Promise<Page> {
  const page = await openWebview(browser, 'matrix', theme, options);
  await send(page, { type: 'snapshot', snapshot });
  await page.locator('.toolbar h1').waitFor();
  return page;
}

export function openHoles(browser: Browser, holes: readonly Hole[], options?: Options): Promise<Page> {
  return openMatrix(browser, snapshotWith(holes), options);
}

/** The middle of a cell in the page, scrolled to by the keys before, so that it is where a person sees it. */
export function cellAt(page: Page, id: string, offset: number): Promise<{ x: number; y: number }> {
  return page.evaluate(
    ([top, left]) => {
      const scroller = document.querySelector('.scroller');
      if (scroller === null) throw new Error('no scroller');
      const box = scroller.getBoundingClientRect();
      return { x: box.left + 248 + left + 8 - scroller.scrollLeft, y: box.top + 68 + top + 11 - scroller.scrollTop };
    },
    [TOPS[id] ?? 0, offset * 16] as const,
  );
}

/** Brings the first season into view. */
export async function toStart(page: Page): Promise<void> {
  await page.locator('.scroller').focus();
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector('.scroller')?.scrollLeft === 0);
}

export function selectionOf(page: Page): Locator {
  return page.getByLabel('Selection', { exact: true });
}

/** What screen readers and people read of the cell in focus. */
export async function expectFocus(page: Page, text: string): Promise<void> {
  await page.locator('.announcer').getByText(text).waitFor();
}

export async function expectValue(field: Locator, expected: string | RegExp): Promise<void> {
  let value = '';
  const holds = async () => {
    value = await field.inputValue();
    return typeof expected === 'string' ? value === expected : expected.test(value);
  };
  await until(`${expected} in a field`, holds, 5_000).catch(() => assert.fail(`${value} is not ${expected}`));
}

export function scrollLeftOf(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelector('.scroller')?.scrollLeft ?? Number.NaN);
}

/** Two frames: what was rendered is painted. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frames = 0; frames < 2; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

/** The opaque colours of the canvas within a cell around a point of the page, as `r,g,b`. */
export function coloursAround(page: Page, point: { x: number; y: number }): Promise<readonly string[]> {
  return page.evaluate(({ x, y }) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.cells');
    const context = canvas?.getContext('2d');
    if (canvas === null || context === null || context === undefined) throw new Error('no canvas');
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const { data } = context.getImageData((x - box.left - 8) * scale, (y - box.top - 8) * scale, 16 * scale, 16 * scale);
    const colours = new Set<string>();
    for (let at = 0; at < data.length; at += 4) colours.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    return [...colours];
  }, point);
}
