// What the end of a gigabyte of log costs beside `tail`, and finding in a log beside `grep -c`, as ratios: `node bench/logWindow.mjs`. The log
// is sparse but for its last 64 MiB. All figures are medians; the first time is that of a process that has read no log yet.
// @ts-check
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const ROUNDS = 7;
const MIB = 2 ** 20;

const folder = path.resolve(`out/bench-${process.pid}`);
mkdirSync(folder, { recursive: true });
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
await esbuild.build({
  stdin: {
    contents: `export { LogWindow } from './src/app/logs/logWindow'; export { LogOutliner } from './src/app/logs/logOutline';
export { findInLog } from './src/app/logs/findInLogs'; export { fileBytes } from './src/adapters/files/fileBytes';
export { BUILT_IN_PROFILES } from './src/core/logs/builtIn/profiles';`,
    resolveDir: process.cwd(),
  },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  packages: 'external',
  outfile: path.join(folder, 'logs.cjs'),
});
const { LogWindow, LogOutliner, findInLog, fileBytes, BUILT_IN_PROFILES } = await import(
  pathToFileURL(path.join(folder, 'logs.cjs')).href
);

const file = path.join(folder, 'job.log');
const lines = Array.from(
  { length: 80_000 },
  (_, at) => `INFO:jobs.players:Player processing progress: ${at}/80000 | Rate: 10.6 players/sec | ETA: 0.5min\n`,
).join('');
writeFileSync(file, '');
truncateSync(file, 2 ** 30 - 64 * MIB);
appendFileSync(file, '\n');
for (let written = 0; written < 64 * MIB; written += lines.length) appendFileSync(file, lines);

const profile = BUILT_IN_PROFILES.get('nba-phase4');
const member = { key: file, processor: 'PDC', dates: [], profile };

/** @param {boolean} outlined */
async function openEnd(outlined) {
  const outliner = new LogOutliner({ memberAt: () => member, titledAt: () => undefined });
  const window = new LogWindow(fileBytes(file), outliner);
  const text = await window.openEnd();
  if (outlined) outliner.outline();
  return { window, text };
}

/** @param {() => unknown} work */
async function once(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** @param {() => unknown} work */
async function median(work) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await once(work));
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

const before = process.memoryUsage().rss;
const first = await once(() => openEnd(false));
const grown = (process.memoryUsage().rss - before) / MIB;
const tail = await median(() => execFileSync('tail', ['-c', String(256 << 10), file]));
const shown = await median(() => openEnd(false));
const outlined = await median(() => openEnd(true));
console.log(`The last 256 KiB of 1 GiB; tail -c takes ${tail.toFixed(1)} ms, its start included`);
console.log(`  shown first / tail: ${(first / tail).toFixed(1)}  (${first.toFixed(0)} ms, ${grown.toFixed(0)} MiB more memory)`);
console.log(`  shown / tail: ${(shown / tail).toFixed(1)}  (${shown.toFixed(1)} ms)`);
console.log(`  shown with its outline / tail: ${(outlined / tail).toFixed(1)}  (${outlined.toFixed(1)} ms)`);

const small = path.join(folder, 'small.log');
writeFileSync(small, '');
for (let written = 0; written < 64 * MIB; written += lines.length) appendFileSync(small, lines);
const grep = await median(() => execFileSync('grep', ['-c', '79999/80000', small]));
const found = await median(() => findInLog(fileBytes(small), 0, /79999\/80000/, 1000));
console.log(`Finding in 64 MiB; grep -c takes ${grep.toFixed(0)} ms, its start included`);
console.log(
  `  found / grep -c: ${(found / grep).toFixed(1)}  (${found.toFixed(0)} ms, ${((64 / found) * 1000).toFixed(0)} MiB/s)`,
);
