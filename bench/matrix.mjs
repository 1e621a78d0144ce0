// The gap matrix as it is built, in a real browser, on generated snapshots: `node bench/matrix.mjs [--built]`.
// Frame work (paint callbacks and scroll handlers) over a scripted scroll of 10 s, tasks over 50 ms in it, first paint, hit-test.
// On a busy machine a task is long because it waits for a processor: its processor time says what the page itself does.
// @ts-check
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { launchBrowser } from '../scripts/vscode/browser.mjs';

const SIZES = [
  { nodes: 50, dates: 1500, bars: true },
  { nodes: 200, dates: 5000, bars: false },
];
const FRAME_BAR_MS = 8;
const SCROLL_MS = 10_000;
const HIT_TESTS = 100_000;
const ORIGIN = 'http://webview.test';

if (!process.argv.includes('--built')) await import('../scripts/build.mjs');
const outdir = path.resolve(`out/bench-matrix-${process.pid}`);
mkdirSync(outdir, { recursive: true });
process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
await esbuild.build({
  stdin: {
    contents: `export { layoutMatrix, hitTest } from './webview/matrix/layout'; export { paintMatrix } from './webview/matrix/paint';
export { STATUSES } from './src/base/status';`,
    resolveDir: process.cwd(),
  },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  outfile: path.join(outdir, 'matrix.mjs'),
});
const { layoutMatrix, hitTest } = await import(pathToFileURL(path.join(outdir, 'matrix.mjs')).href);

/** In the page, so that nothing large has to be sent: ten seasons, a hole in about one of thirty cells, each with one of forty causes. */
function generate(/** @type {{ nodes: number, dates: number }} */ { nodes, dates }) {
  const size = nodes * dates;
  const firstDay = 12_000;
  const status = new Uint8Array(size).fill(9);
  const rootSet = new Int32Array(size);
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let cell = 0; cell < size; cell++) {
    if (cell % 7 === 0) status[cell] = 0;
    else if (random() < 1 / 30) {
      status[cell] = 3 + Math.floor(random() * 5);
      rootSet[cell] = 1 + (cell % 40);
    }
  }
  const perSeason = Math.ceil(dates / 10);
  return {
    version: 1,
    pipeline: `${nodes} × ${dates}`,
    manifest: 'backfill.yaml',
    mode: 'backfill',
    asOf: 0,
    source: 'warehouse',
    firstDay,
    dayCount: dates,
    nodes: Array.from({ length: nodes }, (_, index) => ({
      id: `N${index}`,
      name: `Processor number ${index}`,
      phase: `p${Math.floor(index / 10)}`,
      phaseName: `Phase ${Math.floor(index / 10)}`,
      isSource: false,
      upstream: index === 0 ? [] : [index - 1],
    })),
    seasons: Array.from({ length: 10 }, (_, index) => ({
      name: `Season ${index + 1}`,
      from: firstDay + index * perSeason,
      to: Math.min(firstDay + dates, firstDay + (index + 1) * perSeason) - 1,
    })),
    status,
    off: Uint8Array.from(status, (code) => (code === 0 ? 0 : 255)),
    rows: new Int32Array(size).fill(120),
    expectedRows: new Int32Array(size).fill(100),
    flags: new Uint8Array(size),
    rootSet,
    rootTexts: Array.from({ length: 41 }, (_, index) => (index === 0 ? '' : `N0 cause ${index}`)),
    rootCells: Array.from({ length: 41 }, (_, index) => (index === 0 ? new Int32Array() : new Int32Array([index]))),
    causes: Array.from({ length: 40 }, (_, index) => ({ headline: `1 cause: N0 cause ${index}`, gaps: 1 })),
    causeOfSet: Int32Array.from({ length: 41 }, (_, index) => index - 1),
    dates: new Uint8Array(dates).fill(2),
    gaps: rootSet.reduce((sum, set) => sum + Number(set !== 0), 0),
  };
}

/** Processor time of the costliest task of the pages' main threads, in ms. */
function costliestTask(/** @type {Buffer} */ trace) {
  /** @type {{ name: string, pid: number, tid: number, tdur?: number, args: { name?: string } }[]} */
  const events = JSON.parse(trace.toString()).traceEvents;
  const thread = (/** @type {{ pid: number, tid: number }} */ { pid, tid }) => `${pid} ${tid}`;
  const mains = new Set(events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread));
  const tasks = events.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && mains.has(thread(event)));
  if (tasks.length === 0) throw new Error('The browser traced no task.');
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}

const browser = await launchBrowser();
for (const size of SIZES) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      const body = `<!DOCTYPE html><html lang="en" style="--vscode-editor-background: #1f1f1f; --vscode-foreground: #cccccc; --vscode-font-size: 13px">
<head><title>bench</title><link rel="stylesheet" href="/matrix.css"></head><body class="vscode-dark"><div id="root"></div>
<script type="module" src="/matrix.js"></script></body></html>`;
      await route.fulfill({ contentType: 'text/html', body });
      return;
    }
    const type = pathname.endsWith('.js') ? 'text/javascript' : pathname.endsWith('.css') ? 'text/css' : 'font/ttf';
    await route.fulfill({ contentType: type, body: readFileSync(path.join('dist/webview', pathname)) });
  });
  await page.addInitScript({ content: `window.generate = ${generate.toString()};` });
  await page.addInitScript(() => {
    /** @type {number[]} */
    const work = [];
    let frame = 0;
    const native = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) =>
      native((time) => {
        const start = performance.now();
        callback(time);
        frame = performance.now() - start;
        work.push(frame);
      });
    /** @type {number[]} */
    const tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
    Object.assign(window, {
      work,
      tasks,
      acquireVsCodeApi: () => ({ postMessage: () => undefined, getState: () => undefined, setState: () => undefined }),
    });
  });
  await page.goto(`${ORIGIN}/`);
  await page.getByText('Reading coverage').waitFor();
  const painted = await page.evaluate(
    async (wanted) => {
      const { generate: made } = /** @type {{ generate: (size: object) => object }} */ (/** @type {unknown} */ (window));
      const snapshot = made(wanted);
      const start = performance.now();
      window.postMessage({ type: 'snapshot', snapshot }, '*');
      const canvas = () => /** @type {HTMLCanvasElement | null} */ (document.querySelector('.cells'));
      while ((canvas()?.width ?? 0) < 500) await new Promise((resolve) => setTimeout(resolve, 1));
      return performance.now() - start;
    },
    { nodes: size.nodes, dates: size.dates },
  );
  await page.waitForTimeout(500);
  await browser.startTracing(page, { categories: ['toplevel'] });
  const scrolled = await page.evaluate(async (duration) => {
    const { work, tasks } = /** @type {{ work: number[], tasks: number[] }} */ (/** @type {unknown} */ (window));
    const scroller = document.querySelector('.scroller');
    if (scroller === null) throw new Error('no matrix');
    work.length = 0;
    tasks.length = 0;
    const start = performance.now();
    // Along all dates and back, and up and down meanwhile.
    for (let now = start; now - start < duration; now = performance.now()) {
      const share = (now - start) / duration;
      scroller.scrollLeft = (scroller.scrollWidth - scroller.clientWidth) * (1 - Math.abs(1 - 2 * share));
      scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) * (0.5 - Math.cos(share * 20) / 2);
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('.cells'));
    return { work: [...work], tasks: [...tasks], canvas: `${canvas.width} × ${canvas.height}` };
  }, SCROLL_MS);
  const costliest = costliestTask(await browser.stopTracing());
  await page.close();

  const snapshot = generate(size);
  const view = { width: 1600, height: 900, zoom: { unit: 'day', width: 16 }, scrollX: 3000, scrollY: 100 };
  const layout = layoutMatrix(snapshot, view);
  const start = performance.now();
  let hits = 0;
  for (let at = 0; at < HIT_TESTS; at++) if (hitTest(layout, (at * 7) % 1600, (at * 13) % 900) !== undefined) hits++;
  const hitMicros = ((performance.now() - start) * 1000) / HIT_TESTS;

  const sorted = scrolled.work.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  console.log(`${size.nodes} processors × ${size.dates} dates, canvas ${scrolled.canvas}`);
  console.log(`  first paint     ${painted.toFixed(0)} ms after the snapshot was sent`);
  console.log(
    `  frame work      p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms (${(at(0.95) / FRAME_BAR_MS).toFixed(2)} of the bar), most ${at(1).toFixed(1)} ms, ${sorted.length} frames`,
  );
  console.log(
    `  tasks > 50 ms   ${scrolled.tasks.length}${scrolled.tasks.length === 0 ? '' : ` (longest ${Math.max(...scrolled.tasks)} ms)`}, the costliest takes ${costliest.toFixed(0)} ms of a processor`,
  );
  console.log(`  hit-test        ${hitMicros.toFixed(2)} µs, ${hits} of ${HIT_TESTS} on cells`);
}
await browser.close();
