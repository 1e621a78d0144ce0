// The gap matrix as it is built, in a real browser, on generated snapshots: `node bench/matrix.mjs [--built]`.
// Frame work (paint callbacks) over a scripted scroll of 10 s, the tasks over 50 ms in it, first paint, how soon keys and changes are
// answered, hit-test. On a busy machine work is long because it waits for a processor: so processor time stands beside wall time, and
// is what the page itself does.
// @ts-check
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser } from '../scripts/vscode/browser.mjs';
import { bundled } from './product.mjs';

const SIZES = [
  { nodes: 50, dates: 1500 },
  { nodes: 200, dates: 5000 },
];
const FRAME_BAR_MS = 8;
const TASK_BAR_MS = 50;
const SCROLL_MS = 10_000;
const HIT_TESTS = 100_000;
const ORIGIN = 'http://webview.test';

if (!process.argv.includes('--built')) await import('../scripts/build.mjs');
const { layoutMatrix, hitTest } = await bundled(`export { layoutMatrix, hitTest } from './webview/matrix/layout';`);

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

/** @typedef {{ name: string, ph: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number, args: { name?: string } }} TraceEvent */

/** Tasks and frames of the pages' main threads, in ms of wall and of processor; of the longest task also what it did. */
function readTrace(/** @type {Buffer} */ trace) {
  /** @type {TraceEvent[]} */
  const events = JSON.parse(trace.toString()).traceEvents;
  const thread = (/** @type {TraceEvent} */ { pid, tid }) => `${pid} ${tid}`;
  const mains = new Set(events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread));
  const ours = events.filter((event) => event.ph === 'X' && mains.has(thread(event)));
  const timesOf = (/** @type {string} */ wanted) =>
    ours.filter(({ name }) => name === wanted).map(({ dur = 0, tdur = 0 }) => ({ wall: dur / 1000, processor: tdur / 1000 }));
  const tasks = ours.filter(({ name }) => name === 'ThreadControllerImpl::RunTask');
  const longest = tasks.toSorted((one, other) => (other.dur ?? 0) - (one.dur ?? 0))[0];
  if (longest === undefined) throw new Error('The browser traced no task.');
  const end = longest.ts + (longest.dur ?? 0);
  const within = ours
    .filter((event) => event !== longest && thread(event) === thread(longest) && event.ts >= longest.ts && event.ts < end)
    .toSorted((one, other) => (other.dur ?? 0) - (one.dur ?? 0));
  const did = within
    .slice(0, 4)
    .map(({ name, dur = 0, tdur = 0 }) => `${name} ${(dur / 1000).toFixed(0)}/${(tdur / 1000).toFixed(0)}`);
  return { tasks: timesOf('ThreadControllerImpl::RunTask'), frames: timesOf('FireAnimationFrame'), did };
}

/** @param {readonly number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** In the page: how long a key and a change of one cell take until they are painted, a frame's wait included, in ms. */
async function answers(/** @type {{ dates: number }} */ { dates }) {
  const scroller = document.querySelector('.scroller');
  const told = document.querySelector('.announcer');
  if (scroller === null || told === null) throw new Error('no matrix');
  const until = async (/** @type {() => void} */ act) => {
    const start = performance.now();
    const changed = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`Nothing is said anew: ${told.textContent}`)), 10_000);
      const observer = new MutationObserver(() => {
        observer.disconnect();
        resolve(undefined);
      });
      observer.observe(told, { childList: true, characterData: true, subtree: true });
    });
    act();
    await changed;
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - start;
  };
  const keys = [];
  for (let times = 0; times < 15; times++) {
    keys.push(
      await until(() =>
        scroller.dispatchEvent(new KeyboardEvent('keydown', { key: times % 2 ? 'ArrowRight' : 'ArrowLeft', bubbles: true })),
      ),
    );
  }
  // The cell in focus, by what is told of it: the line's number is in its id, the date is the second word.
  const [id = '', , date = ''] = (told.textContent ?? '').split(/[ ,.]/);
  const cell = Number(id.slice(1)) * dates + Date.parse(date) / 86_400_000 - 12_000;
  const changes = [];
  for (let version = 1; version <= 15; version++) {
    const one = (/** @type {number} */ value) => Int32Array.of(value);
    const byte = (/** @type {number} */ value) => Uint8Array.of(value);
    const change = {
      ...{
        base: version,
        version: version + 1,
        source: 'warehouse',
        cells: one(cell),
        status: byte(version % 2 ? 4 : 9),
        off: byte(255),
      },
      ...{
        rows: one(version),
        expectedRows: one(100),
        flags: byte(0),
        rootSet: one(version % 2),
        rootTexts: ['', 'cause'],
        gaps: version,
      },
      ...{ rootCells: [new Int32Array(), one(cell)], causes: [{ headline: 'cause', gaps: 1 }], causeOfSet: Int32Array.of(-1, 0) },
      dates: new Uint8Array(dates).fill(2),
    };
    changes.push(await until(() => window.postMessage({ type: 'change', change }, '*')));
  }
  return { keys, changes };
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
  await page.addInitScript({ content: `window.answers = ${answers.toString()};` });
  await page.addInitScript(() => {
    // As in VS Code, what is saved is written as JSON and sent.
    const setState = (/** @type {unknown} */ state) => new MessageChannel().port1.postMessage(JSON.stringify(state));
    Object.assign(window, { acquireVsCodeApi: () => ({ postMessage: () => undefined, getState: () => undefined, setState }) });
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
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'v8', 'cc'] });
  const canvas = await page.evaluate(async (duration) => {
    const scroller = document.querySelector('.scroller');
    if (scroller === null) throw new Error('no matrix');
    const start = performance.now();
    // Along all dates and back, and up and down meanwhile.
    for (let now = start; now - start < duration; now = performance.now()) {
      const share = (now - start) / duration;
      scroller.scrollLeft = (scroller.scrollWidth - scroller.clientWidth) * (1 - Math.abs(1 - 2 * share));
      scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) * (0.5 - Math.cos(share * 20) / 2);
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    const { width, height } = /** @type {HTMLCanvasElement} */ (document.querySelector('.cells'));
    return `${width} × ${height}`;
  }, SCROLL_MS);
  const { tasks, frames, did } = readTrace(await browser.stopTracing());
  const answered = await page.evaluate((wanted) => {
    const { answers: measured } = /** @type {{ answers: typeof answers }} */ (/** @type {unknown} */ (window));
    return measured(wanted);
  }, size);
  await page.close();

  const snapshot = generate(size);
  const view = { width: 1600, height: 900, zoom: { unit: 'day', width: 16 }, scrollX: 3000, scrollY: 100 };
  const layout = layoutMatrix(snapshot, view);
  const start = performance.now();
  let hits = 0;
  for (let at = 0; at < HIT_TESTS; at++) if (hitTest(layout, (at * 7) % 1600, (at * 13) % 900) !== undefined) hits++;
  const hitMicros = ((performance.now() - start) * 1000) / HIT_TESTS;

  const walls = frames.map(({ wall }) => wall);
  const processor = frames.map((frame) => frame.processor);
  const both = (/** @type {number} */ share) =>
    `${quantile(walls, share).toFixed(1)} ms (${quantile(processor, share).toFixed(1)} of a processor)`;
  const long = tasks.filter(({ wall }) => wall > TASK_BAR_MS);
  const costliest = Math.max(...tasks.map((task) => task.processor));
  console.log(`${size.nodes} processors × ${size.dates} dates, canvas ${canvas}`);
  console.log(`  first paint     ${painted.toFixed(0)} ms after the snapshot was sent`);
  console.log(
    `  frame work      p50 ${both(0.5)}, p95 ${both(0.95)}: ${(quantile(processor, 0.95) / FRAME_BAR_MS).toFixed(2)} of the bar, most ${both(1)}, ${frames.length} frames`,
  );
  console.log(
    `  tasks > 50 ms   ${long.length}, of which ${long.filter((task) => task.processor > TASK_BAR_MS).length} by their own work; the costliest takes ${costliest.toFixed(0)} ms of a processor; in the longest, ${Math.max(...tasks.map(({ wall }) => wall)).toFixed(0)} ms, wall/processor: ${did.join(', ')}`,
  );
  console.log(
    `  answers         a key ${quantile(answered.keys, 0.5).toFixed(0)} ms, a change of one cell ${quantile(answered.changes, 0.5).toFixed(0)} ms, medians until painted`,
  );
  console.log(`  hit-test        ${hitMicros.toFixed(2)} µs, ${hits} of ${HIT_TESTS} on cells`);
}
await browser.close();
