// Runs the fault suite and prints its figures: `npm run faults [-- PATTERN]` runs all of it, and with `--part` what `npm test` runs,
// which takes a sample of the enumerated and of the random kills.
// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { conclude, notRun } from './mochaRun.mjs';
import { runNodeTests } from './nodeTests.mjs';

/** @typedef {import('../test/faults/support/figures').Figure} Figure */

const FEW_FILES = 2;

const words = process.argv.slice(2);
const pattern = words.find((argument) => !argument.startsWith('--')) ?? '';
if (!existsSync('/proc/self/environ')) {
  process.exit(conclude('faults', notRun('faults', 'processes are looked for in /proc, which only Linux has')));
}
// Disks that are full are mounted where nobody else sees them, and go with this process.
const OWN_MOUNTS = ['--mount', '--propagation', 'private'];
if (process.env['BACKFILL_FAULT_MOUNTS'] === undefined && spawnSync('unshare', [...OWN_MOUNTS, 'true']).status === 0) {
  const again = [...OWN_MOUNTS, process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', again, { stdio: 'inherit', env: { ...process.env, BACKFILL_FAULT_MOUNTS: 'own' } });
  process.exit(status ?? 1);
}
process.env['BACKFILL_FAULTS'] = words.includes('--part') ? 'part' : 'all';
// Runs do not get into each other's way.
const figuresFile = `out/faults-${process.pid}.ndjson`;
mkdirSync('out', { recursive: true });
writeFileSync(figuresFile, '');
process.env['BACKFILL_FAULT_FIGURES'] = figuresFile;
const began = performance.now();
process.exitCode = await runNodeTests('faults', pattern, FEW_FILES);
printFigures((performance.now() - began) / 1000);

/** @param {number} seconds */
function printFigures(seconds) {
  const lines = readFileSync(figuresFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  rmSync(figuresFile);
  /** @type {Figure[]} */
  const figures = lines.map((line) => JSON.parse(line)).sort((a, b) => a.fault.localeCompare(b.fault));
  writeFileSync('out/faults.json', JSON.stringify({ seconds, figures }, undefined, 2));
  console.log('\nfault\ttrials\tfaults\trepeats\tmean\tmost\tlost\torphans\tseconds\tnote');
  for (const { fault, trials, faults, repeats, mostRepeats, lost, orphans, seconds: took, note = '' } of figures) {
    const mean = (repeats / Math.max(1, trials)).toFixed(2);
    console.log([fault, trials, faults, repeats, mean, mostRepeats, lost, orphans, took, note].join('\t'));
  }
  const sum = (/** @type {(figure: Figure) => number} */ of) => figures.reduce((total, figure) => total + of(figure), 0);
  console.log(
    `all\t${sum((one) => one.trials)}\t${sum((one) => one.faults)}\t${sum((one) => one.repeats)}\t\t${Math.max(0, ...figures.map((one) => one.mostRepeats))}\t` +
      `${sum((one) => one.lost)}\t${sum((one) => one.orphans)}\t${seconds.toFixed(0)}`,
  );
}
