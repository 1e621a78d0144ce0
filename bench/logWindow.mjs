// What the end of a gigabyte of log costs beside `tail`, and finding in a log beside `grep -c`, as ratios: `node bench/logWindow.mjs`. The log
// is sparse but for its first line and its last 64 MiB. All figures are medians, ratios of rounds in which both took their turn; the first time is that
// of a process that has read no log yet.
// @ts-check
import { execFileSync } from 'node:child_process';
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { paired, timed } from './paired.mjs';
import { bundled, folder } from './product.mjs';

const ROUNDS = 7;
const MIB = 2 ** 20;

const { LogWindow, LogOutliner, FollowedFile, dateBeginning, CompiledProfile, findInLog, fileBytes, BUILT_IN_PROFILES } =
  await bundled(
    `export { LogWindow } from './src/app/logs/logWindow'; export { LogOutliner } from './src/app/logs/logOutline';
export { findInLog } from './src/app/logs/findInLogs'; export { FollowedFile } from './src/app/logs/followedFile';
export { dateBeginning } from './src/app/logs/dateBeginning'; export { CompiledProfile } from './src/core/logs/compiledProfile';
 export { fileBytes } from './src/adapters/files/fileBytes';
export { BUILT_IN_PROFILES } from './src/core/logs/builtIn/profiles';`,
  );

const file = path.join(folder, 'job.log');
const lines = Array.from(
  { length: 80_000 },
  (_, at) => `INFO:jobs.players:Player processing progress: ${at}/80000 | Rate: 10.6 players/sec | ETA: 0.5min\n`,
).join('');
writeFileSync(file, 'INFO:__main__:Processing game date 1/80: 2021-11-05\n');
truncateSync(file, 2 ** 30 - 64 * MIB);
appendFileSync(file, '\n');
for (let written = 0; written < 64 * MIB; written += lines.length) appendFileSync(file, lines);

const profile = BUILT_IN_PROFILES.get('nba-phase4');
const member = { key: file, processor: 'PDC', dates: [], profile };

/** @param {boolean} outlined */
async function openEnd(outlined) {
  const outliner = new LogOutliner({ memberAt: () => member, titledAt: () => undefined });
  const window = new LogWindow(new FollowedFile(fileBytes(file)), outliner);
  const text = await window.openEnd();
  if (outlined) outliner.outline();
  return { window, text };
}

const before = process.memoryUsage().rss;
const first = await timed(() => openEnd(false));
const grown = (process.memoryUsage().rss - before) / MIB;
const tail = () => execFileSync('tail', ['-c', String(256 << 10), file]);
const shown = await paired(() => openEnd(false), tail, ROUNDS);
const outlined = await paired(() => openEnd(true), tail, ROUNDS);
console.log(`The last 256 KiB of 1 GiB; tail -c takes ${shown.theirs.toFixed(1)} ms, its start included`);
console.log(`  shown the first time: ${first.toFixed(0)} ms, ${grown.toFixed(0)} MiB more memory`);
console.log(`  shown / tail: ${shown.text}; ${shown.ours.toFixed(1)} ms`);
console.log(`  shown with its outline / tail: ${outlined.text}; ${outlined.ours.toFixed(1)} ms`);

const log = new FollowedFile(fileBytes(file));
const { size } = await log.look();
const compiled = new CompiledProfile(profile);
const far = await paired(
  () => dateBeginning(log, compiled, '2021-11-05', size, () => true),
  // grep passes over what is sparse.
  () => execFileSync('wc', ['-l', file]),
  3,
);
console.log(`A date that began 1 GiB before the end; wc -l takes ${far.theirs.toFixed(0)} ms, its start included`);
console.log(`  found / wc -l: ${far.text}; ${far.ours.toFixed(0)} ms`);

const small = path.join(folder, 'small.log');
writeFileSync(small, '');
for (let written = 0; written < 64 * MIB; written += lines.length) appendFileSync(small, lines);
const found = await paired(
  () => findInLog(fileBytes(small), 0, /79999\/80000/, 1000),
  () => execFileSync('grep', ['-c', '79999/80000', small]),
  ROUNDS,
);
console.log(`Finding in 64 MiB; grep -c takes ${found.theirs.toFixed(0)} ms, its start included`);
console.log(`  found / grep -c: ${found.text}; ${found.ours.toFixed(0)} ms, ${((64 / found.ours) * 1000).toFixed(0)} MiB/s`);
