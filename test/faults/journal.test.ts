import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileJournal } from '../../src/adapters/journal/fileJournal';
import { progressOf } from '../../src/core/backfill/progress';
import { CommandLine } from '../support/commandLine';
import { skipUnlessInstalled } from '../support/skip';
import { ALL, sideBySide, Tally } from './support/figures';
import { randomFrom } from './support/random';
import { removeTemplates, SLOTS, SmallPipeline } from './support/smallPipeline';
import { Trial, until } from './support/trial';

const SEED = Number(process.env['BACKFILL_FAULT_SEED'] ?? 20_211_105);
const DISK_KIB = 96;
const WAIT_MS = 60_000;

describe('a disk that is full for the journal', function () {
  this.timeout(180_000);
  let cli: CommandLine;
  before(async function () {
    if (process.env['BACKFILL_FAULT_MOUNTS'] !== 'own')
      skipUnlessInstalled(this, 'unshare(1) makes mount namespaces for root alone');
    cli = await CommandLine.build();
  });
  after(removeTemplates);

  it('is waited for, or said; nothing is lost, and the backfill comes to its end once there is room', async () => {
    const tally = new Tally('a full disk for the journal');
    const trial = await Trial.in(cli, { FAULT_SLOW: '0.2' });
    const state = join(trial.folder, '.backfill');
    try {
      mkdirSync(state);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_KIB}k`, 'tmpfs', state], { encoding: 'utf8' });
      assert.equal(mounted.status, 0, mounted.stderr);
      const pipeline = await SmallPipeline.make(trial.folder, 'date');
      const dates = Array.from({ length: 16 }, (_, day) => `2021-11-${String(day + 1).padStart(2, '0')}`);
      await trial.launch({ dates, slots: SLOTS });
      const executor = trial.executor();
      await until(
        async () => (await trial.eventsText()).includes('attemptEnded'),
        () => 'a date has ended',
        WAIT_MS,
      );
      // Either the executor has ended, or it waits: no job runs for a while.
      await until(
        async () => executor.child.exitCode !== null || (await isIdle(trial, pipeline, () => fill(join(state, 'filler')))),
        () => `something goes on without a journal: ${JSON.stringify(trial.processes())}`,
        WAIT_MS,
      );
      const callsBefore = (await pipeline.jobSteps()).length;
      assert.ok(callsBefore < 4 * dates.length, 'nothing is run of which there would be no record');
      const live = executor.child.exitCode === null;
      const attached = trial.start(['attach', trial.id]);
      // Where nothing can be written, nothing more can be told than what was.
      await attached.says(live ? /J 2021-11-\d\d: done/ : /interrupted/);
      unlinkSync(join(state, 'filler'));
      if (live) {
        await executor.ended;
        assert.match(await trial.eventsText(), /"type":"paused","cause":"environment","message":"[^"]*(?:full|space)/);
      } else {
        assert.match((await executor.ended).err, /journal cannot be written \(ENOSPC/);
        const { code, out, err } = await trial.goOn();
        assert.equal(code, 0, `${out}\n${err}`);
      }
      await attached.ended;
      await trial.isOver();
      assert.equal((await pipeline.built()).size, dates.length);
      const begun = (await pipeline.jobSteps()).filter(({ step }) => step === 'begun');
      const repeats = begun.length - dates.length;
      assert.ok(repeats <= SLOTS, `${repeats} dates were run again`);
      tally.add({ faults: 1, repeats, lost: 0, orphans: trial.processes().length });
      tally.report(live ? 'it waits, and goes on by itself' : 'it ends, and is resumed');
    } finally {
      spawnSync('umount', ['--lazy', state]);
      await trial.dispose();
    }
  });
});

/** Takes the last byte. */
function fill(path: string): void {
  for (let size = 64 * 1024; size >= 1; size = Math.floor(size / 2)) {
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}

const IDLE_MS = 2_000;

/** @param keepFull is called all the while: what an executor gives back of the disk it does not get again. */
async function isIdle(trial: Trial, pipeline: SmallPipeline, keepFull: () => void): Promise<boolean> {
  const steps = (await pipeline.jobSteps()).length;
  for (const end = performance.now() + IDLE_MS; performance.now() < end; await new Promise((next) => setTimeout(next, 50))) {
    keepFull();
    if ((await pipeline.jobSteps()).length !== steps) return false;
    if (trial.processes().some(({ command }) => command.includes('job.sh'))) return false;
  }
  return true;
}

describe('lines of the journal that are torn or damaged', function () {
  this.timeout(600_000);
  let cli: CommandLine;
  let trial: Trial;
  let pipeline: SmallPipeline;
  let whole: Buffer;
  /** Killed once two of its three dates are done. */
  before(async () => {
    cli = await CommandLine.build();
    trial = await Trial.in(cli);
    pipeline = await SmallPipeline.make(trial.folder, 'date');
    await trial.launch({ dates: pipeline.dates, slots: 1 });
    const probe = trial.executor({ kill: { at: await stepOfThirdStart(), who: 'executor' } });
    await probe.ended;
    await trial.quiet();
    whole = readFileSync(eventsPath(trial.folder));
    assert.deepEqual(doneIn(whole.toString()), ['2021-11-01', '2021-11-02']);
  });
  after(async () => {
    await trial.dispose();
    await removeTemplates();
  });

  /** After the third attempt has begun: found by executing the same elsewhere. */
  async function stepOfThirdStart(): Promise<number> {
    const other = await Trial.in(cli);
    try {
      await SmallPipeline.make(other.folder, 'date');
      await other.launch({ dates: pipeline.dates, slots: 1 });
      await other.executor().ended;
      return other.steps().indexOf('unsynced attemptStarted J 2021-11-03') + 1;
    } finally {
      await other.dispose();
    }
  }

  const eventsPath = (folder: string) => join(folder, '.backfill/runs', trial.id, 'events.ndjson');

  /** The same folder with other bytes for events. */
  async function withEvents(bytes: Buffer): Promise<Trial> {
    const copy = await Trial.in(cli);
    cpSync(trial.folder, copy.folder, { recursive: true, verbatimSymlinks: true });
    const plan = join(copy.folder, '.backfill/runs', trial.id, 'plan.json');
    writeFileSync(plan, readFileSync(plan, 'utf8').replaceAll(trial.folder, copy.folder));
    writeFileSync(eventsPath(copy.folder), bytes);
    copy.take(trial.id);
    return copy;
  }

  /** The lines of the journal that the damage has left as they were: what these say must hold. */
  function intactOf(bytes: Buffer): string {
    const left = new Set(bytes.toString().split('\n'));
    const lines = whole.toString().split('\n');
    return lines.filter((line) => left.has(line)).join('\n');
  }

  /** What a reader makes of it, without a process. */
  async function read(folder: string) {
    const journal = new FileJournal(join(folder, '.backfill'));
    const record = await journal.read(trial.id);
    assert.ok(record !== undefined);
    return { journal, record, progress: progressOf(record.plan, record.events, record.ownerAlive) };
  }

  async function goOnWith(bytes: Buffer, tally: Tally): Promise<void> {
    const copy = await withEvents(bytes);
    try {
      const { code, out, err } = await copy.goOn();
      assert.equal(code, 0, `${out}\n${err}`);
      await copy.quiet();
      const { progress, words } = await copy.look();
      assert.equal(progress.phase, 'done', words);
      assert.deepEqual(await copy.claims(), []);
      const there = SmallPipeline.there(copy.folder, 'date');
      const before = await pipeline.built();
      const after = await there.built();
      assert.equal(after.size, pipeline.dates.length);
      const repeated = [...before].filter(([date, digest]) => after.get(date) !== digest).map(([date]) => date);
      const known = doneIn(intactOf(bytes));
      assert.deepEqual(
        repeated.filter((date) => known.includes(date)),
        [],
        'what its line calls done is not run again',
      );
      tally.add({ faults: 1, repeats: repeated.length, lost: 0, orphans: copy.processes().length });
    } catch (thrown) {
      throw new Error(`${String(thrown)}\nwith events:\n${bytes.toString()}`, { cause: thrown });
    } finally {
      await copy.dispose();
    }
  }

  it('every prefix of the last line is read as a writer that was interrupted', async () => {
    const tally = new Tally('every prefix of the last line of the journal');
    const lastAt = whole.lastIndexOf('\n', whole.length - 2) + 1;
    const copy = await withEvents(whole);
    try {
      const path = eventsPath(copy.folder);
      for (let end = lastAt; end <= whole.length; end += 1) {
        writeFileSync(path, whole.subarray(0, end));
        const { journal, record, progress } = await read(copy.folder);
        assert.equal(progress.phase, 'interrupted');
        assert.equal(progress.done, 2);
        assert.ok(record.problems.length <= 1);
        await journal.append(trial.id, { type: 'note', message: 'the next' });
        const { record: next } = await read(copy.folder);
        assert.equal(next.events.at(-1)?.type, 'note');
        for (const [index, event] of next.events.entries()) assert.equal(event.seq, index + 1);
        tally.add({ faults: 1, repeats: 0, lost: 2 - progress.done, orphans: 0 });
      }
    } finally {
      await copy.dispose();
    }
    tally.report('read, and appended to');
    const resumed = new Tally('prefixes of the last line of the journal, resumed');
    const length = whole.length - lastAt;
    const ends = Array.from({ length: ALL ? 12 : 2 }, (_, at) => lastAt + Math.floor((length * (at + 0.5)) / (ALL ? 12 : 2)));
    await sideBySide(ends, (end) => goOnWith(whole.subarray(0, end), resumed));
    resumed.report();
  });

  it(`bytes that are other bytes cost the lines that they are in, and nothing more (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const damaged = () => {
      const bytes = Buffer.from(whole);
      const times = 1 + Math.floor(random() * 6);
      for (let at = 0; at < times; at += 1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      return bytes;
    };
    const tally = new Tally('random bytes in the journal');
    const copy = await withEvents(whole);
    try {
      for (let at = 0; at < (ALL ? 500 : 100); at += 1) {
        const bytes = damaged();
        writeFileSync(eventsPath(copy.folder), bytes);
        const { journal, progress } = await read(copy.folder);
        const intact = intactOf(bytes);
        for (const date of doneIn(intact)) assert.equal(progress.partitions.get(`J ${date}`), 'done', bytes.toString());
        if (intact.length < whole.toString().length) assert.ok((await journal.damage()).every(({ message }) => message !== ''));
        tally.add({ faults: 1, repeats: 0, lost: 0, orphans: 0 });
      }
    } finally {
      await copy.dispose();
    }
    tally.report(`read; seed ${SEED}`);
    const resumed = new Tally('random bytes in the journal, resumed');
    await sideBySide(Array.from({ length: ALL ? 12 : 2 }, damaged), (bytes) => goOnWith(bytes, resumed));
    resumed.report(`seed ${SEED}`);
  });
});

function doneIn(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    try {
      const event = JSON.parse(line) as { type?: string; processor?: string; outcome?: string; date?: string };
      return event.type === 'attemptEnded' && event.processor === 'J' && event.outcome === 'done' && event.date !== undefined
        ? [event.date]
        : [];
    } catch {
      return [];
    }
  });
}
