import assert from 'node:assert/strict';
import { WarehouseError } from '../../../../src/app/ports';
import { type CoverageState, PipelineSession, type SessionDeps } from '../../../../src/app/session/pipelineSession';
import { formatDay } from '../../../../src/base/day';
import { STATUSES } from '../../../../src/base/status';
import { FLAG } from '../../../../src/core/coverage/coverage';
import { calendarObserved, day, observed } from '../../../support/builders';
import { MemoryCache, ScriptedWarehouse, sessionDeps } from '../../../support/sessionDeps';

const MANIFEST = `
version: 1
name: test
warehouse: { type: duckdb, path: test.duckdb }
seasons: [{ name: 2021-22, start: 2021-11-01, end: 2021-11-04 }]
calendars:
  games: { table: raw.schedule, date_column: game_date }
phases:
  - id: one
    name: One
    processors:
      - { id: A, table: mart.a, date_column: day, expect: { min_rows: 5 }, run: { command: [a, "{date}"] } }
      - { id: B, table: mart.b, date_column: day, needs: [{ processor: A }], run: { command: [b, "{date}"] } }
`;
const FULL = { '2021-11-01': 10, '2021-11-02': 10, '2021-11-03': 10, '2021-11-04': 10 };
const READ_AT = Date.UTC(2021, 11, 1);

function answerWith(a: Record<string, number>, dates: Record<string, number> = FULL) {
  const node = (id: string) => observed({ id }, a, READ_AT);
  return () =>
    Promise.resolve({
      nodes: new Map([
        ['A', node('A')],
        ['B', node('B')],
      ]),
      calendars: new Map([['games', calendarObserved(dates, READ_AT)]]),
      errors: new Map<string, WarehouseError>(),
    });
}

function statusesOf(state: CoverageState | undefined, id: string): string[] {
  assert.ok(state);
  const { grid, input } = state;
  const node = input.pipeline.nodes.findIndex((candidate) => candidate.id === id);
  return Array.from({ length: grid.dayCount }, (_, offset) => STATUSES[grid.status[node * grid.dayCount + offset] ?? 0] ?? '');
}

describe('PipelineSession', () => {
  let warehouse: ScriptedWarehouse;
  let cache: MemoryCache;
  let now: number;
  let files: Record<string, string>;
  let session: PipelineSession;
  let opened: number;

  const newSession = (change: Partial<SessionDeps> = {}) =>
    new PipelineSession(
      sessionDeps({
        openWarehouse: () => {
          opened++;
          return warehouse;
        },
        cache,
        clock: { now: () => now },
        readText: (path) => Promise.resolve(files[path]),
        ...change,
      }),
    );

  beforeEach(async () => {
    warehouse = new ScriptedWarehouse();
    warehouse.now = READ_AT;
    warehouse.answer = answerWith(FULL);
    cache = new MemoryCache();
    now = Date.UTC(2021, 11, 2, 12);
    opened = 0;
    files = { '/pipeline/backfill.yaml': MANIFEST };
    session = newSession();
    await session.reload();
  });

  describe('answers as fresh as asked', () => {
    it('opens nothing for `cached`, and knows nothing before the first read', async () => {
      const state = await session.coverage('cached');
      assert.deepEqual(statusesOf(state, 'A'), ['unknown', 'unknown', 'unknown', 'unknown']);
      assert.equal(state?.asOf, undefined);
      assert.match(state?.input.observations.unavailableNodes.get('A')?.error ?? '', /not been read yet/);
      assert.deepEqual([opened, warehouse.probes, warehouse.reads], [0, 0, 0]);
    });

    it('reads on `probe` when it never did, and then only when the fingerprint changed', async () => {
      const first = await session.coverage('probe');
      assert.deepEqual(statusesOf(first, 'B'), ['complete', 'complete', 'complete', 'complete']);
      assert.deepEqual([first?.source, first?.asOf], ['warehouse', READ_AT]);
      await session.coverage('probe');
      assert.deepEqual([warehouse.probes, warehouse.reads], [2, 1]);
      warehouse.fingerprint = 'b';
      await session.coverage('probe');
      assert.equal(warehouse.reads, 2);
    });

    it('reads in any case on `read`', async () => {
      await session.coverage('read');
      await session.coverage('read');
      assert.equal(warehouse.reads, 2);
    });

    it('answers another process from the cache, without a read', async () => {
      await session.coverage('probe');
      const next = newSession();
      await next.reload();
      const cached = await next.coverage('cached');
      assert.deepEqual([cached?.source, cached?.asOf], ['cache', READ_AT]);
      assert.deepEqual(statusesOf(cached, 'A'), ['complete', 'complete', 'complete', 'complete']);
      assert.equal((await next.coverage('probe'))?.source, 'cache');
      assert.equal(warehouse.reads, 1);
    });

    it('reads once for many who ask at once, and anew for who asks while it reads', async () => {
      let finish: () => void = () => {};
      let begin: () => void = () => {};
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      warehouse.answer = async () => {
        begin();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return answerWith(FULL)();
      };
      const one = session.coverage('read');
      await begun;
      const [two, three] = [session.coverage('read'), session.coverage('read')];
      const cached = await session.coverage('cached');
      assert.equal(cached?.asOf, undefined, '`cached` does not wait for a read');
      warehouse.answer = answerWith(FULL);
      finish();
      await Promise.all([one, two, three]);
      assert.equal(warehouse.reads, 2);
    });
  });

  describe('and the manifest', () => {
    it('keeps the last good pipeline when it breaks', async () => {
      await session.coverage('probe');
      const reading = await session.reload('version: 1\nname: [');
      assert.equal(reading.pipeline, undefined);
      assert.ok(reading.problems.length > 0);
      assert.equal(session.pipeline?.name, 'test');
      assert.deepEqual(statusesOf(await session.coverage('cached'), 'A'), ['complete', 'complete', 'complete', 'complete']);
    });

    it('has nothing to say without one, and says what to do', async () => {
      files = {};
      session = newSession();
      assert.match((await session.reload()).problems[0]?.message ?? '', /backfill init/);
      assert.equal(await session.coverage('read'), undefined);
      assert.throws(() => session.warehouse(), WarehouseError);
    });

    it('asks the warehouse nothing for an edit of thresholds, needs or names', async () => {
      await session.coverage('probe');
      await session.reload(MANIFEST.replace('min_rows: 5', 'min_rows: 11').replace('id: one, name: One', 'id: one, name: Uno'));
      assert.deepEqual(statusesOf(await session.coverage('cached'), 'A'), ['partial', 'partial', 'partial', 'partial']);
      await session.coverage('probe');
      assert.equal(warehouse.reads, 1);
    });

    it('loses no other node by an edit of what one observes', async () => {
      await session.coverage('probe');
      await session.reload(MANIFEST.replace('mart.b', 'mart.c'));
      const state = await session.coverage('cached');
      assert.deepEqual(statusesOf(state, 'A'), ['complete', 'complete', 'complete', 'complete']);
      assert.deepEqual(statusesOf(state, 'B'), ['unknown', 'unknown', 'unknown', 'unknown']);
      await session.coverage('probe');
      assert.equal(warehouse.reads, 2, 'what was never read is read, though the warehouse did not change');
    });
  });

  describe('and trouble with the warehouse', () => {
    const busy = new WarehouseError('busy', 'test.duckdb is being written by process 7 (python).', 7);

    it('keeps the last good answer with a problem since the first failure, and recovers by itself', async () => {
      await session.coverage('probe');
      warehouse.fingerprint = 'b';
      warehouse.answer = () => Promise.reject(busy);
      now += 1_000;
      const first = await session.coverage('probe');
      const since = now;
      assert.deepEqual(first?.problem, { message: busy.message, since, kind: 'busy' });
      assert.deepEqual(statusesOf(first, 'A'), ['complete', 'complete', 'complete', 'complete']);
      assert.equal(first?.asOf, READ_AT);
      now += 1_000;
      assert.equal((await session.coverage('probe'))?.problem?.since, since);
      assert.equal((await session.coverage('cached'))?.problem?.since, since);
      warehouse.answer = answerWith({ '2021-11-01': 10 });
      const recovered = await session.coverage('probe');
      assert.equal(recovered?.problem, undefined);
      assert.deepEqual(statusesOf(recovered, 'A'), ['complete', 'missing', 'missing', 'missing']);
    });

    it('says it also where nothing was ever read', async () => {
      warehouse.fingerprint = new WarehouseError('missingFile', 'test.duckdb does not exist.');
      const state = await session.coverage('probe');
      assert.equal(state?.problem?.kind, 'missingFile');
      assert.deepEqual(statusesOf(state, 'A'), ['unknown', 'unknown', 'unknown', 'unknown']);
      assert.match(state?.input.observations.unavailableNodes.get('A')?.error ?? '', /does not exist/);
    });

    it('does not reject for a warehouse that cannot be made or breaks in other ways', async () => {
      const unsupported = newSession({
        openWarehouse: () => {
          throw new WarehouseError('unsupported', 'not yet');
        },
      });
      await unsupported.reload();
      assert.equal((await unsupported.coverage('probe'))?.problem?.kind, 'unsupported');
      warehouse.answer = () => Promise.reject(new TypeError('broken'));
      assert.deepEqual((await session.coverage('probe'))?.problem, { message: 'broken', since: now, kind: 'unreachable' });
    });

    it('keeps the last answer of a node that cannot be read, and shows the others', async () => {
      await session.coverage('probe');
      warehouse.fingerprint = 'b';
      const error = new WarehouseError('missingTable', 'A: there is no table mart.a.');
      warehouse.answer = async () => {
        const { nodes, ...rest } = await answerWith({ '2021-11-01': 10 })();
        nodes.delete('A');
        return { ...rest, nodes, errors: new Map([['A', error]]) };
      };
      const state = await session.coverage('probe');
      assert.equal(state?.problem, undefined);
      assert.deepEqual(state?.input.observations.unavailableNodes.get('A'), { error: error.message, since: READ_AT });
      assert.deepEqual(statusesOf(state, 'A'), ['complete', 'complete', 'complete', 'complete']);
      assert.ok(((state?.grid.flags[0] ?? 0) & FLAG.unknown) !== 0);
      assert.deepEqual(statusesOf(state, 'B'), ['complete', 'missing', 'missing', 'missing']);
      const next = newSession();
      await next.reload();
      assert.equal((await next.coverage('probe'))?.input.observations.unavailableNodes.get('A')?.error, error.message);
      assert.equal(warehouse.reads, 2, 'a node that cannot be read is not tried again before something changes');
    });
  });

  describe('and a warehouse that reads only what changed', () => {
    const handed = () => warehouse.asked.before;
    const withMemo = (memo: string, answer = answerWith(FULL)) => {
      warehouse.answer = async () => ({ ...(await answer()), memo });
    };

    it('hands over what the last reading brought, also in another process, and nothing for `read`', async () => {
      withMemo('m1');
      const first = await session.coverage('probe');
      assert.equal(handed(), undefined, 'there was none');
      warehouse.fingerprint = 'b';
      withMemo('m2');
      await session.coverage('probe');
      assert.equal(handed()?.memo, 'm1');
      assert.deepEqual(handed()?.nodes, first?.input.observations.nodes);
      assert.deepEqual([...(handed()?.calendars.keys() ?? [])], ['games']);
      const next = newSession();
      await next.reload();
      warehouse.fingerprint = 'c';
      await next.coverage('probe');
      assert.equal(handed()?.memo, 'm2');
      await next.coverage('read');
      assert.equal(handed(), undefined);
    });

    it('hands over no node that could not be read then, or that is another now', async () => {
      withMemo('m1');
      await session.coverage('probe');
      warehouse.fingerprint = 'b';
      warehouse.answer = async () => {
        const { nodes, ...rest } = await answerWith(FULL)();
        nodes.delete('A');
        return { ...rest, nodes, errors: new Map([['A', new WarehouseError('missingColumn', 'no')]]), memo: 'm2' };
      };
      await session.coverage('probe');
      warehouse.fingerprint = 'c';
      await session.coverage('probe');
      assert.deepEqual([...(handed()?.nodes.keys() ?? [])], ['B']);
      await session.reload(MANIFEST.replace('mart.b', 'mart.c').replace('raw.schedule', 'raw.games'));
      await session.coverage('probe');
      assert.deepEqual([...(handed()?.nodes.keys() ?? [])], []);
      assert.deepEqual([...(handed()?.calendars.keys() ?? [])], []);
    });

    it('keeps the alarm of a calendar that is unchanged', async () => {
      withMemo('m1');
      await session.coverage('probe');
      warehouse.fingerprint = 'b';
      withMemo('m2', answerWith(FULL, { '2021-11-01': 1 }));
      const alarm = (await session.coverage('probe'))?.alarm;
      assert.match(alarm?.message ?? '', /lost 3 dates/);
      warehouse.fingerprint = 'c';
      warehouse.answer = async () => ({
        ...(await answerWith(FULL)()),
        calendars: new Map(handed()?.calendars ?? []),
        memo: 'm3',
      });
      assert.deepEqual((await session.coverage('probe'))?.alarm, alarm);
    });

    it('asks again for what may go better the next time', async () => {
      const failing = (kind: 'busy' | 'refused') => async () => {
        const { nodes, ...rest } = await answerWith(FULL)();
        nodes.delete('A');
        return { ...rest, nodes, errors: new Map([['A', new WarehouseError(kind, 'no')]]) };
      };
      warehouse.answer = failing('busy');
      await session.coverage('probe');
      await session.coverage('probe');
      assert.equal(warehouse.reads, 2);
      warehouse.answer = failing('refused');
      await session.coverage('probe');
      await session.coverage('probe');
      assert.equal(warehouse.reads, 3);
    });
  });

  describe('and a backfill that runs', () => {
    let active: Map<string, { backfill: string; state: 'running' | 'queued' }>;
    beforeEach(async () => {
      active = new Map();
      session = newSession({ ledger: () => Promise.resolve({ last: new Map(), active }) });
      await session.reload();
    });

    it('leaves a warehouse alone whose writers it would block, until the backfill has ended or a read is asked for', async () => {
      await session.coverage('probe');
      active.set('B 2021-11-02', { backfill: 'b1', state: 'queued' });
      warehouse.fingerprint = 'b';
      const state = await session.coverage('probe');
      assert.deepEqual([warehouse.probes, warehouse.reads], [1, 1]);
      assert.equal(state?.problem, undefined);
      assert.equal(statusesOf(state, 'B')[1], 'queued', 'what the journal says is shown');
      await session.coverage('read');
      assert.equal(warehouse.reads, 2);
      active.clear();
      warehouse.fingerprint = 'c';
      await session.coverage('probe');
      assert.equal(warehouse.reads, 3);
    });

    it('reads it where nothing is known, and one that blocks nobody', async () => {
      active.set('B 2021-11-02', { backfill: 'b1', state: 'running' });
      await session.coverage('probe');
      assert.equal(warehouse.reads, 1);
      warehouse.blocksWriters = false;
      warehouse.fingerprint = 'b';
      await session.coverage('probe');
      assert.equal(warehouse.reads, 2);
    });
  });

  describe('and a calendar that loses dates', () => {
    const lossy = () => {
      warehouse.fingerprint = 'b';
      warehouse.answer = answerWith({ '2021-11-01': 10 }, { '2021-11-01': 2, '2021-11-04': 3 });
    };

    it('keeps the last one, so that gaps stay gaps, and says so until it is mended', async () => {
      await session.coverage('probe');
      lossy();
      const state = await session.coverage('probe');
      assert.deepEqual(statusesOf(state, 'A'), ['complete', 'missing', 'missing', 'missing']);
      assert.equal(state?.problem?.kind, 'calendar');
      assert.match(
        state?.problem?.message ?? '',
        /games lost 2 dates that it had \(2021-11-02, 2021-11-03\).*raw\.schedule.*`exclude`/,
      );
      const kept = state?.input.observations.calendars.get('games');
      assert.deepEqual([...(kept?.counts ?? [])], [2, 10, 10, 3], 'what it still has is new');
      const next = newSession();
      await next.reload();
      assert.equal((await next.coverage('read'))?.problem?.kind, 'calendar', 'the next process knows it, too');
      warehouse.answer = answerWith(FULL);
      assert.equal((await next.coverage('read'))?.problem, undefined);
    });

    it('takes nothing for unread that was read, and tells other trouble beside the loss', async () => {
      await session.coverage('probe');
      lossy();
      const lost = warehouse.answer;
      const error = new WarehouseError('missingTable', 'B: there is no table mart.b.');
      warehouse.answer = async () => {
        const { nodes, ...rest } = await lost();
        return { ...rest, nodes: new Map([...nodes].filter(([id]) => id !== 'B')), errors: new Map([['B', error]]) };
      };
      const state = await session.coverage('probe');
      assert.match(state?.alarm?.message ?? '', /games lost 2 dates/);
      assert.equal(state?.input.observations.unavailableCalendars.size, 0);
      assert.deepEqual([...(state?.input.observations.unavailableNodes.keys() ?? [])], ['B']);
      assert.equal((state?.grid.flags[0] ?? 0) & FLAG.unknown, 0, 'A was read');
      warehouse.fingerprint = new WarehouseError('unreachable', 'away');
      const away = await session.coverage('probe');
      assert.equal(away?.problem?.message, 'away');
      assert.match(away?.alarm?.message ?? '', /games lost 2 dates/);
    });

    it('accepts a loss that the manifest excludes, and dates that are yet to come', async () => {
      now = Date.UTC(2021, 10, 3, 12);
      warehouse.now = now;
      await session.coverage('probe');
      const excluding = `${MANIFEST}exclude: [{ from: 2021-11-02, to: 2021-11-03, reason: postponed }]\n`;
      await session.reload(excluding);
      warehouse.fingerprint = 'b';
      warehouse.answer = answerWith({}, { '2021-11-01': 2 });
      const state = await session.coverage('probe');
      assert.equal(state?.problem, undefined);
      assert.deepEqual([...(state?.input.observations.calendars.get('games')?.days ?? [])].map(formatDay), ['2021-11-01']);
    });
  });

  describe('judges anew', () => {
    it('after waivers or the journal changed, without the warehouse', async () => {
      warehouse.answer = answerWith({});
      await session.coverage('probe');
      files['/pipeline/.backfill/waivers.yaml'] =
        'waivers:\n  - { processor: A, from: 2021-11-01, to: 2021-11-02, reason: lost, author: me }\n';
      const state = await session.reclassify();
      assert.equal(state?.input.waivers[0]?.from, day('2021-11-01'));
      assert.deepEqual(
        [state?.grid.flags[0], state?.grid.flags[2]].map((flags) => ((flags ?? 0) & FLAG.waived) !== 0),
        [true, false],
      );
      assert.deepEqual([warehouse.probes, warehouse.reads], [1, 1]);
      files['/pipeline/.backfill/waivers.yaml'] = 'waivers: 3\n';
      await session.reclassify();
      assert.ok(session.waiverProblems.length > 0);
    });

    it('never replaces what a later question of the journal found by an earlier one', async () => {
      const answers: (() => void)[] = [];
      const ledgers = [0, 1].map((index) => ({
        last: new Map(),
        active: new Map([[`A 2021-11-0${index + 1}`, { backfill: 'b', state: 'running' as const }]]),
      }));
      let asked = 0;
      session = newSession({
        ledger: () =>
          new Promise((resolve) => {
            const ledger = ledgers[asked++];
            answers.push(() => resolve(ledger ?? { last: new Map(), active: new Map() }));
          }),
      });
      await session.reload();
      const both = [session.reclassify(), session.reclassify()];
      while (answers.length < 2) await new Promise(setImmediate);
      for (const answer of answers.toReversed()) answer();
      const [earlier, later] = await Promise.all(both);
      assert.deepEqual([...(later?.input.attempts.active.keys() ?? [])], ['A 2021-11-02']);
      assert.equal(earlier, later);
    });
  });
});
