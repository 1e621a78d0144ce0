import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownIdentity } from '../../src/adapters/process/processIdentity';
import { BigqueryFolder } from '../support/bigqueryFolder';
import { CommandLine } from '../support/commandLine';
import { emulator } from '../support/emulator';
import { ALL, sideBySide, Tally } from './support/figures';
import { removeTemplates, SLOTS, SmallPipeline } from './support/smallPipeline';
import { kill, Trial, until } from './support/trial';

const DAY_MS = 86_400_000;
const WAIT_MS = 60_000;
const MONTH = Array.from({ length: 30 }, (_, day) => `2021-11-${String(day + 1).padStart(2, '0')}`);

describe('what surrounds a backfill', function () {
  this.timeout(300_000);
  let cli: CommandLine;
  before(async () => {
    cli = await CommandLine.build();
  });
  after(removeTemplates);

  async function repeatsOf(pipeline: SmallPipeline): Promise<number> {
    const begun = (await pipeline.jobSteps()).flatMap(({ step, date }) => (step === 'begun' ? [date] : []));
    return begun.length - new Set(begun).size;
  }

  it('a clock that jumps a day, forth or back, in mid-run', async () => {
    const tally = new Tally('a clock that jumps by a day');
    const jumps = [DAY_MS, -DAY_MS].flatMap((shiftMs) => [false, true].map((killed) => ({ shiftMs, killed })));
    await sideBySide(jumps, async ({ shiftMs, killed }) => {
      const trial = await Trial.in(cli);
      try {
        const pipeline = await SmallPipeline.make(trial.folder, 'date');
        await trial.launch({ dates: pipeline.dates, slots: 1 });
        const ended = await trial.executor({
          clock: { at: 8, shiftMs },
          ...(killed && { kill: { at: 24, who: 'executor' } }),
        }).ended;
        await trial.quiet();
        if (killed) {
          assert.equal(ended.signal, 'SIGKILL');
          const { progress, words } = await trial.look();
          assert.equal(progress.phase, 'interrupted', words);
          const { code, out, err } = await trial.goOn();
          assert.equal(code, 0, `${out}\n${err}`);
        }
        await trial.isOver();
        const { words } = await trial.look();
        assert.doesNotMatch(words, /-\d+ s|NaN/);
        for (const date of pipeline.dates)
          assert.equal(await trial.fixture.statusOf('J', date), 'complete', `${date}, ${shiftMs}`);
        const repeats = await repeatsOf(pipeline);
        assert.ok(repeats <= (killed ? 1 : 0), `${repeats} dates were run again`);
        tally.add({ faults: 1, repeats, lost: 0, orphans: trial.processes().length });
      } finally {
        await trial.dispose();
      }
    });
    tally.report();
  });

  it('a machine that sleeps: everything stops, and goes on', async () => {
    const tally = new Tally('a machine that sleeps');
    const trial = await Trial.in(cli, { FAULT_SLOW: '1.5' });
    try {
      const pipeline = await SmallPipeline.make(trial.folder, 'date', 'each: date, silence: 3s, command: [$JOB, j, "{date}"]');
      await trial.launch({ dates: pipeline.dates, slots: SLOTS });
      const attached = trial.start(['attach', trial.id]);
      await until(
        async () => (await pipeline.jobSteps()).length >= SLOTS,
        () => 'jobs run',
        WAIT_MS,
      );
      const asleep = trial.processes();
      assert.ok(asleep.length >= 2 + SLOTS, JSON.stringify(asleep));
      for (const { pid } of asleep) kill(pid, 'SIGSTOP');
      // Sleep is time that passes: there is nothing to wait for.
      await new Promise((wake) => setTimeout(wake, 6_000));
      for (const { pid } of asleep) kill(pid, 'SIGCONT');
      const { code, out, err } = await attached.ended;
      assert.equal(code, 0, out + err);
      await trial.isOver();
      const { record } = await trial.look();
      assert.deepEqual(
        record.events.filter(({ type }) => type === 'silent'),
        [],
        'time asleep is no silence',
      );
      assert.equal(await repeatsOf(pipeline), 0);
      tally.add({ faults: 1, repeats: 0, lost: 0, orphans: trial.processes().length });
    } finally {
      for (const { pid } of trial.processes()) kill(pid, 'SIGCONT');
      await trial.dispose();
    }
    tally.report();
  });

  it('a reboot: no process is left, the boot has another id, pids belong to strangers, temporary folders are empty', async () => {
    const tally = new Tally('a reboot');
    const kills = (ALL ? [6, 12, 18, 24, 30] : [18]).flatMap((at) => [true, false].map((isPidReused) => ({ at, isPidReused })));
    await sideBySide(kills, async ({ at, isPidReused }) => {
      const temporary = await mkdtemp(join(tmpdir(), 'backfill-temporary-'));
      const trial = await Trial.in(cli, { TMPDIR: temporary });
      try {
        const pipeline = await SmallPipeline.make(trial.folder, 'date');
        await trial.launch({ dates: pipeline.dates, slots: SLOTS });
        await trial.executor({ kill: { at, who: 'both' } }).ended;
        await trial.quiet();
        reboot(join(trial.folder, '.backfill/runs', trial.id), isPidReused);
        for (const name of readdirSync(temporary)) rmSync(join(temporary, name), { recursive: true });
        const { progress, words } = await trial.look();
        assert.ok(progress.phase === 'interrupted' || progress.phase === 'planned', words);
        const { code, out, err } = await trial.goOn();
        assert.equal(code, 0, `${out}\n${err}`);
        await trial.isOver();
        assert.equal((await pipeline.built()).size, pipeline.dates.length);
        const repeats = await repeatsOf(pipeline);
        assert.ok(repeats <= SLOTS, `${repeats} dates were run again`);
        tally.add({ faults: 1, repeats, lost: 0, orphans: trial.processes().length });
      } finally {
        await trial.dispose();
        rmSync(temporary, { recursive: true, force: true });
      }
    });
    tally.report();
  });

  it('a DuckDB file that disappears in mid-run and comes back', async () => {
    const tally = new Tally('a warehouse that disappears, DuckDB');
    const trial = await Trial.in(cli);
    try {
      const pipeline = await SmallPipeline.make(trial.folder, 'sql');
      await trial.launch({ dates: MONTH, slots: 1 });
      const attached = trial.start(['attach', trial.id]);
      const file = join(trial.folder, 'w.duckdb');
      await until(
        async () => (await trial.eventsText()).includes('attemptEnded'),
        () => 'a date has ended',
        WAIT_MS,
      );
      renameSync(file, `${file}.away`);
      await until(
        async () => (await trial.eventsText()).includes('"paused"') || attached.child.exitCode !== null,
        () => 'it pauses, or ends',
        WAIT_MS,
      );
      const { progress, words } = await trial.look();
      assert.equal(progress.pause?.cause, 'environment', words);
      assert.match(progress.pause?.message ?? '', /w\.duckdb/);
      renameSync(`${file}.away`, file);
      const { code, out, err } = await attached.ended;
      assert.equal(code, 0, out + err);
      assert.match(out, /Paused: .*w\.duckdb/);
      assert.match(out, /Goes on: /);
      await trial.isOver();
      assert.equal((await pipeline.built()).size, MONTH.length);
      const { record } = await trial.look();
      const started = record.events.filter(({ type }) => type === 'attemptStarted').length;
      const withdrawn = record.events.filter(({ type }) => type === 'notAttempted').length;
      assert.equal(started - withdrawn, MONTH.length, 'it costs no attempt');
      tally.add({ faults: 1, repeats: 0, lost: 0, orphans: trial.processes().length });
    } finally {
      await trial.dispose();
    }
    tally.report();
  });

  it('a BigQuery whose connections break in mid-run', async function () {
    const server = await emulator(this, 'bqemulator');
    const tally = new Tally('a warehouse that disappears, BigQuery');
    const trial = await Trial.in(cli);
    const folder = await BigqueryFolder.make(trial.folder, server);
    try {
      await trial.launch({ processors: ['DAYS'], slots: 2 });
      let down = false;
      let refused = 0;
      folder.gate.keeper = (_, forward) => {
        if (!down) return forward();
        refused += 1;
        return 'hangUp';
      };
      const attached = trial.start(['attach', trial.id]);
      await until(
        async () => (await trial.eventsText()).includes('attemptEnded'),
        () => 'a date has ended',
        WAIT_MS,
      );
      down = true;
      await until(
        async () => (await trial.eventsText()).includes('"paused"') || attached.child.exitCode !== null,
        () => `it pauses, or ends; ${refused} requests were refused`,
        2 * WAIT_MS,
      );
      const { progress, words } = await trial.look();
      assert.equal(progress.pause?.cause, 'environment', words);
      down = false;
      const { code, out, err } = await attached.ended;
      assert.equal(code, 0, out + err);
      await trial.isOver();
      assert.equal((await folder.rows('mart.days')).filter((row) => row.endsWith(' 3')).length, 8);
      tally.add({ faults: 1, repeats: 0, lost: 0, orphans: trial.processes().length });
    } finally {
      await folder.gate.close();
      await trial.dispose();
    }
    tally.report();
  });
});

/** What is on the disk looks as if the machine had started anew since: other boot, and where a pid was, perhaps a stranger. */
function reboot(runFolder: string, isPidReused: boolean): void {
  const stranger = ownIdentity().pid;
  for (const name of readdirSync(runFolder).filter((one) => /^owner-\d+\.json$/.test(one))) {
    const owner = JSON.parse(readFileSync(join(runFolder, name), 'utf8')) as Record<string, unknown>;
    const before = { ...owner, boot: '00000000-0000-4000-8000-000000000000', ...(isPidReused && { pid: stranger }) };
    writeFileSync(join(runFolder, name), `${JSON.stringify(before)}\n`);
  }
  const path = join(runFolder, 'lease.json');
  const text = readFileSync(path, 'utf8');
  if (isPidReused) writeFileSync(path, text.replaceAll(/"pid":\d+/g, `"pid":${stranger}`));
}
