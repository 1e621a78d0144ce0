import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { type ExecutionDeps, executeBackfill } from '../../../../src/app/execution/executeBackfill';
import { WarehouseError } from '../../../../src/app/ports';
import type { BackfillEvent, Plan } from '../../../../src/core/backfill/backfill';
import { progressOf } from '../../../../src/core/backfill/progress';
import { runDuckdb } from '../../../support/duckdb';
import { type Executed, ExecutionFixture } from '../../../support/execution';
import { useTemporaryFolder } from '../../../support/temporaryFolder';
import { until } from '../../../support/until';

const DATES = ['2021-11-05', '2021-11-06', '2021-11-07'];
const SOON = { patience: { firstOutageMs: 20 } };

describe('a backfill that is held up', function () {
  this.timeout(20_000);
  const folder = useTemporaryFolder();
  let fixture: ExecutionFixture;
  let plan: Plan;
  beforeEach(() => {
    fixture = new ExecutionFixture(folder());
  });

  /** A processor A that is filled from RAW by SQL, of three dates. */
  async function chain(): Promise<void> {
    await fixture.write(
      `sources: [{ id: RAW, table: t.raw, date_column: day }]
phases: [{ id: p, processors: [{ id: A, table: t.a, date_column: day, needs: [{ source: RAW }], run: { sql: sql/a.sql } }] }]`,
      { 't.raw': Object.fromEntries(DATES.map((date) => [date, 4])), 't.a': {} },
    );
    await fixture.writeSql('a.sql', 'SELECT day, k, stamp FROM t.raw WHERE day = @date');
    plan = await fixture.launch({ dates: DATES });
  }

  function events(): Promise<readonly BackfillEvent[]> {
    return fixture.journal.read(plan.id).then((record) => record?.events ?? []);
  }

  async function saw(type: BackfillEvent['type'], count = 1): Promise<BackfillEvent> {
    let found: readonly BackfillEvent[] = [];
    await until(async () => {
      found = (await events()).filter((event) => event.type === type);
      return found.length >= count;
    });
    return found.at(-1) as BackfillEvent;
  }

  const typesOf = ({ events: all }: Pick<Executed, 'events'>) =>
    all
      .map((event) => (event.type === 'paused' ? `paused ${event.cause}` : event.type))
      .filter((type) => !/attempt|remote/.test(type));

  /** The real writer, before which something may happen. */
  function writerWith(before: (date: number) => Promise<void>): Partial<ExecutionDeps> {
    const { openWriter } = fixture.deps();
    return {
      ...SOON,
      openWriter: (config, where) => {
        const writer = openWriter(config, where);
        return {
          replace: async (processor, day, select, attempt) => {
            await before(day);
            await writer.replace(processor, day, select, attempt);
          },
          clean: (...of) => writer.clean(...of),
          cleanSql: (...of) => writer.cleanSql(...of),
          release: () => writer.release(),
        };
      },
    };
  }

  it('starts nothing new while it is paused, and goes on when it is asked to', async () => {
    await chain();
    let asked = false;
    const deps = writerWith(async () => {
      if (asked) return;
      asked = true;
      await fixture.journal.request(plan.id, { kind: 'pause' }, 'ann');
      await saw('paused');
    });
    const executing = fixture.execute(plan, undefined, fixture.deps(deps));
    await saw('attemptEnded');
    const record = await fixture.journal.read(plan.id);
    const seen = progressOf(plan, record?.events ?? [], record?.ownerAlive ?? false);
    assert.deepEqual([seen.phase, seen.done, seen.waiting], ['paused', 1, 2]);
    assert.match(seen.pause?.message ?? '', /^ann asked for it/);
    await fixture.journal.request(plan.id, { kind: 'continue' }, 'bob');
    const executed = await executing;
    assert.equal(executed.result, 'done');
    assert.deepEqual(typesOf(executed), ['started', 'paused asked', 'requested', 'continued', 'requested', 'ended']);
    const answers = executed.events.flatMap((event) => (event.type === 'requested' ? [event.answer] : []));
    assert.deepEqual(answers, ['nothing new starts', 'it goes on']);
  });

  it('is cancelled while it is paused', async () => {
    await chain();
    await fixture.journal.request(plan.id, { kind: 'pause' }, 'ann');
    const executing = fixture.execute(plan);
    await saw('paused');
    await fixture.journal.request(plan.id, { kind: 'cancel' }, 'ann');
    const { result, progress } = await executing;
    assert.deepEqual([result, progress.waiting], ['cancelled', 3]);
  });

  for (const kind of ['signIn', 'unreachable', 'project', 'diskFull'] as const) {
    it(`waits where a partition cannot be written (${kind}), at no attempt’s cost`, async () => {
      await chain();
      let tries = 0;
      const deps = writerWith(async () => {
        tries += 1;
        if (tries === 2 || tries === 3) throw new WarehouseError(kind, 'Nobody is signed in: run `gcloud auth login`.');
      });
      const executed = await fixture.execute(plan, undefined, fixture.deps(deps));
      assert.deepEqual([executed.result, executed.progress.done, tries], ['done', 3, 5]);
      assert.deepEqual(typesOf(executed), ['started', 'paused environment', 'continued', 'ended']);
      assert.match(JSON.stringify(executed.events), /run `gcloud auth login`\. The backfill goes on by itself/);
      assert.equal(executed.events.filter(({ type }) => type === 'attemptStarted').length, 3);
    });
  }

  it('looks again at once when somebody says that it is mended', async () => {
    await chain();
    let isMended = false;
    const deps = {
      ...writerWith(async () => {
        if (!isMended) throw new WarehouseError('signIn', 'Nobody is signed in.');
      }),
      patience: { firstOutageMs: 1_000_000 },
    };
    const executing = fixture.execute(plan, undefined, fixture.deps(deps));
    await saw('paused');
    isMended = true;
    await fixture.journal.request(plan.id, { kind: 'continue' }, 'ann');
    assert.equal((await executing).result, 'done');
  });

  it('waits for a database file that is moved away and comes back', async () => {
    await chain();
    const away = `${fixture.database}.away`;
    let wasMoved = false;
    const deps = writerWith(async () => {
      if (wasMoved) return;
      wasMoved = true;
      await rename(fixture.database, away);
    });
    const executing = fixture.execute(plan, undefined, fixture.deps(deps));
    const paused = await saw('paused');
    assert.match(paused.type === 'paused' ? paused.message : '', /does not exist/);
    await rename(away, fixture.database);
    const executed = await executing;
    assert.deepEqual([executed.result, executed.progress.done], ['done', 3]);
    assert.deepEqual(await fixture.rows('t.a'), Object.fromEntries(DATES.map((date) => [date, 4])));
  });

  it('writes into the file that is there, not into one that was taken away while it was open', async () => {
    await chain();
    let replaced = 0;
    const deps = writerWith(async () => {
      replaced += 1;
      if (replaced !== 2) return;
      const fresh = `${fixture.database}.fresh`;
      await runDuckdb(
        fresh,
        'CREATE SCHEMA t',
        'CREATE TABLE t.raw (day DATE, k BIGINT, stamp BIGINT)',
        'CREATE TABLE t.a (day DATE, k BIGINT, stamp BIGINT)',
        ...DATES.map((date) => `INSERT INTO t.raw SELECT DATE '${date}', i, 0 FROM range(7) r(i)`),
      );
      await rename(fresh, fixture.database);
    });
    await fixture.execute(plan, undefined, fixture.deps(deps));
    assert.deepEqual(await fixture.rows('t.a'), { '2021-11-06': 7, '2021-11-07': 7 });
  });

  describe('by its own jobs', () => {
    async function jobs(behaviour: string, more = ''): Promise<void> {
      await fixture.write(
        `phases: [{ id: p, processors: [{ id: J, table: main.j, date_column: day, run: { command: [$JOB, main.j, ${behaviour}, "{date}"], each: date${more} } }] }]`,
        { j: {} },
      );
    }

    const FIVE = ['2021-11-05', '2021-11-06', '2021-11-07', '2021-11-08', '2021-11-09'];

    it('asks after three failures of one cause in a row, and not again at once', async () => {
      await jobs('fail');
      plan = await fixture.launch({ dates: FIVE });
      const executing = fixture.execute(plan);
      const paused = await saw('paused');
      assert.match(
        paused.type === 'paused' ? paused.message : '',
        /^3 attempts of J in a row failed in one way \(2021-11-05, 2021-11-06, 2021-11-07\): .*ValueError.* To go on nevertheless: backfill resume /,
      );
      assert.equal((await events()).filter(({ type }) => type === 'attemptStarted').length, 3);
      await fixture.journal.request(plan.id, { kind: 'continue' }, 'ann');
      const executed = await executing;
      assert.equal(executed.progress.failed, 5);
      assert.deepEqual(typesOf(executed), ['started', 'paused signature', 'continued', 'requested', 'ended']);
    });

    it('asks once about one call for many dates that fails', async () => {
      await fixture.write(
        'phases: [{ id: p, processors: [{ id: J, table: main.j, date_column: day, run: { command: [$JOB, main.j, fail, "{start}..{end}"], each: range, max_dates: 12 } }] }]',
        { j: {} },
      );
      plan = await fixture.launch({ from: '2021-11-01', to: '2021-11-13' });
      const executing = fixture.execute(plan);
      await saw('attemptEnded', 12);
      const held = (await events()).filter(({ type }) => type === 'paused');
      await fixture.journal.request(plan.id, { kind: 'continue' }, 'ann');
      const executed = await executing;
      assert.deepEqual([held.length, executed.progress.failed], [1, 13]);
    });

    it('stops in place of asking where nobody watches', async () => {
      await jobs('fail');
      plan = await fixture.launch({ dates: FIVE });
      await executeBackfill(plan.id, fixture.deps(), new AbortController().signal, { unattended: true });
      const all = await events();
      assert.deepEqual(all.at(-1), { ...all.at(-1), type: 'ended', result: 'failed' });
      assert.equal(all.filter(({ type }) => type === 'attemptEnded').length, 3);
      assert.match(JSON.stringify(all), /Nothing new is started: 3 attempts of J in a row/);
    });

    it('calls a job silent, and ends only that one when it is asked to', async () => {
      await jobs('hang', ', silence: 1s');
      plan = await fixture.launch({ dates: FIVE.slice(0, 2) });
      const executing = fixture.execute(plan);
      const silent = await saw('silent');
      assert.deepEqual(silent, { ...silent, attempt: 'J-2021-11-05-1', date: '2021-11-05', basis: 'the manifest allows 1 s' });
      await fixture.journal.request(plan.id, { kind: 'endJob', attempt: 'J-2021-11-05-1' }, 'ann');
      const ended = await saw('attemptEnded');
      assert.ok(ended.type === 'attemptEnded' && ended.category === 'ended' && ended.outcome === 'failed');
      assert.equal(ended.message, 'ended by ann');
      assert.ok((ended.longestSilence ?? 0) >= 1);
      await saw('attemptStarted', 2);
      await fixture.journal.request(plan.id, { kind: 'cancel' }, 'ann');
      assert.equal((await executing).result, 'cancelled');
    });
  });
});
