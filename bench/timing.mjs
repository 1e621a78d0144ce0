// What the statistics of timing cost, and how long their panel takes to show: `node bench/timing.mjs`. 50 processors over 1,500 dates with six
// stages each; every fourth has a step, every fifth a spike, every seventh a growth. The panel is the built one in a browser, where there is one.
// @ts-check
import { findBrowser, launchBrowser } from '../scripts/vscode/browser.mjs';
import { bundled } from './product.mjs';

const PROCESSORS = 50;
const DATES = 1_500;
const STAGES = ['dependency_check', 'source_check', 'extract', 'calculate', 'write', 'notify'];
const FIRST = 18_000;

const { timingView, regressionsOf, timingSnapshot, randomOf, layoutOf, paintChart, openWebview, send, STATUSES } = await bundled(
  `export { timingView } from './src/core/timing/timingView'; export { regressionsOf } from './src/core/timing/regressions';
export { timingSnapshot } from './src/server/timing/timingSnapshot'; export { randomOf } from './test/support/timedSeries';
export { layoutOf } from './webview/timing/layout'; export { paintChart } from './webview/timing/paint';
export { openWebview, send } from './test/webview/page'; export { STATUSES } from './src/base/status';`,
);

/** @param {number} processor */
function runsOf(processor) {
  const random = randomOf(processor + 1);
  return Array.from({ length: DATES }, (_, index) => {
    const stages = STAGES.map((name, stage) => ({ name, seconds: (4 + 3 * stage) * (0.85 + 0.3 * random()) }));
    const [check, , extract, calculate] = stages;
    if (check && processor % 7 === 0) check.seconds += index > DATES - 60 ? (index - DATES + 60) * 5 : 0;
    if (extract && processor % 5 === 0 && index === 700) extract.seconds *= 12;
    if (calculate && processor % 4 === 0 && index > 1_000) calculate.seconds *= 2;
    const seconds = stages.reduce((sum, one) => sum + one.seconds, 0);
    const endedAt = (FIRST + 900) * 86_400_000 + index * 60_000;
    // 60 dates a session.
    const sequence = `b${Math.floor(index / 60)}`;
    return {
      processor: `P${processor}`,
      day: FIRST + index,
      outcome: 'done',
      seconds,
      stages,
      endedAt,
      sequence,
      backfill: sequence,
    };
  });
}
const runs = Array.from({ length: PROCESSORS }, (_, index) => runsOf(index)).flat();
const order = Array.from({ length: PROCESSORS }, (_, index) => `P${index}`);

/** @template T @param {string} what @param {number} rounds @param {() => T} work */
function timed(what, rounds, work) {
  const times = [];
  let value = work();
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage().user;
    value = work();
    times.push((process.cpuUsage().user - start) / 1000);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  console.log(`${what.padEnd(58)} ${median.toFixed(median < 10 ? 2 : 0).padStart(7)} ms of processor time`);
  return value;
}

const one = runs.slice(0, DATES);
const days = one.map(({ day }) => day);
const seconds = one.map((run) => run.seconds);
timed(`one series of ${DATES} dates`, 5, () => regressionsOf(days, seconds));
timed('one processor, six stages', 5, () => timingView({ history: [], runs: one, order }));
const view = timed(`all ${PROCESSORS} processors`, 1, () => timingView({ history: [], runs, order }));
const marks = view.processors.reduce((sum, { regressions, growths }) => sum + regressions.length + growths.length, 0);
console.log(`  ${marks} things stand out`);
const snapshot = timed('what a panel is sent', 3, () => timingSnapshot(view, { pipeline: 'bench', asOf: 0 }));

const status = Object.fromEntries(STATUSES.map((/** @type {string} */ word) => [word, word]));
const palette = {
  background: 'a',
  foreground: 'b',
  muted: 'c',
  border: 'd',
  band: 'e',
  focus: 'f',
  font: 'g',
  status,
  highContrast: false,
};
for (const bar of [3, 12]) {
  const layout = layoutOf(snapshot.chart, bar, 300);
  const viewport = { width: 1_400, height: 300, scroll: 2_000 };
  timed(`what to draw of a frame, ${bar} pixels a date`, 20, () => paintChart(snapshot.chart, layout, viewport, palette, 900));
}

if (findBrowser() === undefined) console.log('No browser: the first paint was not measured.');
else {
  await import('../scripts/build.mjs');
  const browser = await launchBrowser();
  const page = await openWebview(browser, 'timing', 'dark', { size: { width: 1_400, height: 900 } });
  const start = performance.now();
  await send(page, { type: 'timing', timing: snapshot });
  await page.locator('.plot').waitFor();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  console.log(`first paint of a panel that gets its first message ${(performance.now() - start).toFixed(0).padStart(14)} ms`);
  const long = await page.evaluate(async () => {
    let tasks = 0;
    new PerformanceObserver((list) => {
      tasks += list.getEntries().length;
    }).observe({ entryTypes: ['longtask'] });
    const scroller = document.querySelector('.scroller');
    for (let at = 0; at < 120 && scroller !== null; at++) {
      scroller.scrollLeft = at * 97;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return tasks;
  });
  console.log(`tasks over 50 ms in a scroll over ${DATES} dates ${long.toFixed(0).padStart(24)}`);
  await browser.close();
}
