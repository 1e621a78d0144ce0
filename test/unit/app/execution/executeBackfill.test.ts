import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchPlan, preparePlan } from '../../../../src/app/planning/preparePlan';
import { WarehouseError } from '../../../../src/app/ports';
import type { BackfillEvent } from '../../../../src/core/backfill/backfill';
import { classify } from '../../../../src/core/coverage/classify';
import { Holder, runDuckdb } from '../../../support/duckdb';
import { type Executed, ExecutionFixture } from '../../../support/execution';
import { planRequest } from '../../../support/requests';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const SQL_CHAIN = `
sources: [{ id: RAW, table: main.raw, date_column: day }]
phases:
  - id: one
    processors:
      - { id: A, table: main.a, date_column: day, key: k, needs: [{ source: RAW }], run: { sql: sql/a.sql } }
      - { id: B, table: main.b, date_column: day, needs: [{ processor: A, min_rows: 5 }], run: { sql: sql/b.sql } }
`;

describe('executeBackfill', () => {
  const folder = useTemporaryFolder();
  let fixture: ExecutionFixture;
  beforeEach(() => {
    fixture = new ExecutionFixture(folder());
  });

  async function sqlChain(raw: Readonly<Record<string, number>>): Promise<void> {
    await fixture.write(SQL_CHAIN, { raw, a: {}, b: {} });
    await fixture.writeSql('a.sql', 'SELECT day, k, stamp FROM raw WHERE day = @date');
    await fixture.writeSql('b.sql', 'SELECT day, k, stamp FROM a WHERE day = @date');
  }

  /** One processor J over table j, run by the test's job. */
  async function oneJob(run: string, rows: Readonly<Record<string, number>> = {}): Promise<void> {
    await fixture.write(
      `phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day, expect: { min_rows: 5 }, run: { ${run} } }] }]`,
      { j: rows },
    );
  }
  const job = (behaviour: string, more = '') => `command: [$JOB, j, ${behaviour}, "{date}"], each: date${more}`;

  const outcomes = ({ events }: Executed) =>
    events.flatMap((event) => (event.type === 'attemptEnded' ? [`${event.processor} ${event.date} ${event.outcome}`] : []));
  const endOf = ({ events }: Executed) => events.find((event) => event.type === 'attemptEnded');
  const skips = ({ events }: Executed) =>
    events.flatMap((event) => (event.type === 'skipped' ? [`${event.processor} ${event.date}: ${event.why}`] : []));

  describe('SQL', () => {
    it('fills a chain upstream first, and what was blocked at the beginning with it', async () => {
      await sqlChain({ '2021-11-05': 8, '2021-11-06': 9 });
      const executed = await fixture.run({ dates: ['2021-11-05', '2021-11-06'] });
      assert.deepEqual(outcomes(executed), ['A 2021-11-05 done', 'A 2021-11-06 done', 'B 2021-11-05 done', 'B 2021-11-06 done']);
      assert.equal(executed.result, 'done');
      assert.equal(executed.progress.phase, 'done');
      assert.deepEqual(await fixture.rows('b'), { '2021-11-05': 8, '2021-11-06': 9 });
      assert.equal(await fixture.statusOf('B', '2021-11-06'), 'complete');
    });

    it('journals the inputs before it changes anything, and what came of it after', async () => {
      await sqlChain({ '2021-11-05': 8 });
      const { events } = await fixture.run({ dates: ['2021-11-05'] });
      assert.deepEqual(
        events.map(({ type }) => type),
        ['started', 'attemptStarted', 'attemptEnded', 'attemptStarted', 'attemptEnded', 'ended'],
      );
      const [, start, end] = events as [BackfillEvent, BackfillEvent, BackfillEvent];
      assert.ok(start.type === 'attemptStarted' && end.type === 'attemptEnded');
      assert.deepEqual(
        start.inputs.map(({ node, unmet }) => [node, unmet]),
        [['RAW', false]],
      );
      assert.match(start.inputs[0]?.fingerprint ?? '', /^r8 /);
      assert.deepEqual([start.rowsBefore, end.rowsAfter], [0, 8]);
      assert.match(
        await readFile(fixture.journal.logPath((await fixture.journal.list())[0] ?? '', start.log), 'utf8'),
        /A 2021-11-05 by sql\/a\.sql: replaced/,
      );
    });

    it('makes what was built from it stale when an input changes', async () => {
      await sqlChain({ '2021-11-05': 8 });
      await fixture.run({ dates: ['2021-11-05'] });
      await runDuckdb(fixture.database, "INSERT INTO raw VALUES (DATE '2021-11-05', 100, 0)");
      assert.equal(await fixture.statusOf('A', '2021-11-05'), 'stale inputsChanged');
      const executed = await fixture.run({ dates: ['2021-11-05'], choices: ['stale'] });
      assert.deepEqual(outcomes(executed), ['A 2021-11-05 done']);
      assert.equal(await fixture.statusOf('A', '2021-11-05'), 'complete');
    });

    it('counts an equal replacement of a complete date as done', async () => {
      await sqlChain({ '2021-11-05': 8 });
      await fixture.run({ dates: ['2021-11-05'] });
      const again = await fixture.run({ dates: ['2021-11-05'], processors: ['A'], choices: ['all'] });
      assert.deepEqual(outcomes(again), ['A 2021-11-05 done']);
    });

    it('leaves a partition as it was when a guard refuses', async () => {
      await sqlChain({ '2021-11-05': 8 });
      await fixture.run({ dates: ['2021-11-05'] });
      await fixture.writeSql('a.sql', 'SELECT day, k, stamp FROM raw WHERE day = @date AND false');
      const executed = await fixture.run({ dates: ['2021-11-05'], processors: ['A'], choices: ['all'] });
      assert.deepEqual(outcomes(executed), ['A 2021-11-05 failed']);
      assert.equal(endOf(executed)?.category, 'guard');
      assert.deepEqual(await fixture.rows('a'), { '2021-11-05': 8 });
      assert.equal(await fixture.statusOf('A', '2021-11-05'), 'complete', 'it was never touched');
    });

    it('blocks with one failure only what depends on it', async () => {
      await sqlChain({ '2021-11-05': 3, '2021-11-06': 9 });
      const executed = await fixture.run({ dates: ['2021-11-05', '2021-11-06'] });
      assert.deepEqual(outcomes(executed), ['A 2021-11-05 done', 'A 2021-11-06 done', 'B 2021-11-06 done']);
      assert.deepEqual(skips(executed), ['B 2021-11-05: A 2021-11-05: 3 rows, needs 5 rows']);
      assert.equal(executed.result, 'failed');
      assert.equal(executed.progress.skipped, 1);
    });

    it('runs what is blocked when it is told to, and says that it is suspect', async () => {
      await sqlChain({ '2021-11-05': 3 });
      await fixture.run({ dates: ['2021-11-05'], processors: ['A'] });
      const executed = await fixture.run({ dates: ['2021-11-05'], processors: ['B'], overrides: ['skip-needs'] });
      assert.deepEqual(outcomes(executed), ['B 2021-11-05 done']);
      assert.match(await fixture.statusOf('B', '2021-11-05'), /^suspect upstream/);
      await runDuckdb(fixture.database, "INSERT INTO a SELECT DATE '2021-11-05', i, 0 FROM range(50, 60) r(i)");
      assert.match(await fixture.statusOf('B', '2021-11-05'), /^suspect/, 'only a new run clears it');
    });

    for (const [manifest, rows] of [
      ['asPlanned', 8],
      ['asItIsNow', 1],
    ] as const) {
      it(`never decides by itself what a plan means whose SQL has changed since, and executes it ${manifest}`, async () => {
        await sqlChain({ '2021-11-05': 8 });
        const plan = await fixture.launch({ dates: ['2021-11-05'], processors: ['A'] });
        await fixture.writeSql('a.sql', 'SELECT day, k, stamp FROM raw WHERE day = @date LIMIT 1');
        await assert.rejects(fixture.execute(plan), { kind: 'changed', message: /^A: its SQL changed\. Say what to go by/ });
        assert.equal((await fixture.journal.read(plan.id))?.events.length, 0, 'it can still be started');
        const executed = await fixture.execute(plan, undefined, fixture.deps(), { manifest });
        assert.equal(executed.result, 'done');
        assert.deepEqual(await fixture.rows('a'), { '2021-11-05': rows });
        const [first] = executed.events;
        assert.ok(first?.type === 'started');
        assert.deepEqual([first.by, first.changed], [manifest, ['A: its SQL changed.']]);
      });
    }

    it('writes no plan that the manifest does not hold any more', async () => {
      await sqlChain({ '2021-11-05': 8 });
      const plan = await fixture.plan({ dates: ['2021-11-05'] });
      await fixture.writeSql('a.sql', 'SELECT day, k, stamp FROM raw WHERE day = @date LIMIT 1');
      await assert.rejects(launchPlan(plan, fixture.journal, fixture.deps().readText), { kind: 'changed' });
      assert.deepEqual(await fixture.journal.list(), []);
    });
  });

  describe('a table that cannot be read', () => {
    const TWO = `
phases:
  - id: one
    processors:
      - { id: A, table: main.a, date_column: day, run: { command: [$JOB, a, fill, "{date}"], each: date } }
      - { id: B, table: main.b, date_column: day, run: { command: [$JOB, b, fill, "{date}"], each: date } }
      - { id: C, table: main.c, date_column: day, needs: [{ processor: A }], run: { command: [$JOB, c, fill, "{date}"], each: date } }
`;

    it('takes only its partitions and what depends on them out of the backfill', async () => {
      await fixture.write(TWO, { a: {}, b: {}, c: {} });
      const plan = await fixture.launch({ dates: ['2021-11-05', '2021-11-06'] });
      await runDuckdb(fixture.database, 'DROP TABLE a');
      const executed = await fixture.execute(plan);
      assert.equal(executed.result, 'failed');
      assert.deepEqual(outcomes(executed), ['B 2021-11-05 done', 'B 2021-11-06 done']);
      assert.match(skips(executed)[0] ?? '', /^A 2021-11-05: it cannot be read \(missingTable\): .*main\.a/);
      assert.deepEqual(
        executed.events.flatMap((event) => (event.type === 'skipped' ? [`${event.processor} ${event.date}`] : [])),
        ['A 2021-11-05', 'A 2021-11-06', 'C 2021-11-05', 'C 2021-11-06'],
      );
    });

    it('is planned as it would be executed, whatever answer it gave before', async () => {
      await fixture.write(TWO, { a: { '2021-11-05': 5 }, b: {}, c: {} });
      const known = await fixture.input();
      await runDuckdb(fixture.database, 'DROP TABLE a');
      const gone = new Map([['A', { error: 'there is no table main.a', since: 0 }]]);
      const input = { ...known, observations: { ...known.observations, unavailableNodes: gone } };
      const plan = await preparePlan({ input, grid: classify(input) }, planRequest({ choices: ['all'], dates: ['2021-11-05'] }), {
        manifest: fixture.manifest,
        readText: (path) => readFile(path, 'utf8'),
      });
      assert.deepEqual(
        plan.partitions.map(({ processor, action, preflight, why }) => `${processor} ${action} ${preflight}: ${why}`).sort(),
        [
          'A skip never: nothing is known of it: there is no table main.a',
          'B run allowed: no rows, and no backfill ran it',
          'C skip overrideNeeded: whether its needs are met is unknown',
        ],
      );
      await fixture.journal.create(plan);
      const executed = await fixture.execute(plan);
      assert.deepEqual([executed.result, outcomes(executed), skips(executed)], ['done', ['B 2021-11-05 done'], []]);
    });

    it('fails the attempt that left it so, and nothing else', async () => {
      await fixture.write(TWO, { a: {}, b: {}, c: {} });
      const plan = await fixture.launch({ dates: ['2021-11-05'], processors: ['A', 'B'] });
      const real = fixture.deps();
      const executed = await fixture.execute(plan, undefined, {
        ...real,
        children: {
          run: async (command, signal, started) => {
            const exit = await real.children.run(command, signal, started);
            if (command.argv.includes('a')) await runDuckdb(fixture.database, 'DROP TABLE a');
            return exit;
          },
        },
      });
      assert.deepEqual(outcomes(executed), ['A 2021-11-05 failed', 'B 2021-11-05 done']);
      assert.equal(endOf(executed)?.category, 'missingTable');
    });
  });

  it('stops at a warehouse that cannot be written for as long as it may wait, and counts no attempt', async () => {
    await sqlChain({ '2021-11-05': 8, '2021-11-06': 8 });
    const plan = await fixture.launch({ dates: ['2021-11-05', '2021-11-06'] });
    const executed = await fixture.execute(
      plan,
      undefined,
      fixture.deps({
        openWriter: () => ({
          replace: () => Promise.reject(new WarehouseError('unreachable', 'w.duckdb cannot be opened: Permission denied')),
          clean: () => Promise.reject(new Error('nothing is cleaned here')),
          cleanSql: async () => [],
          release: async () => {},
        }),
        patience: { giveUpMs: 100, firstOutageMs: 20 },
      }),
    );
    assert.equal(executed.result, 'failed');
    assert.deepEqual(outcomes(executed), []);
    assert.match(JSON.stringify(executed.events), /"note","message":"w.duckdb cannot be opened: Permission denied"/);
    assert.equal(executed.progress.waiting, 4);
    assert.equal(await fixture.statusOf('A', '2021-11-05'), 'missing neverRun');
  });

  describe('commands', () => {
    it('run with their dates, in the folder of the manifest', async () => {
      await oneJob(job('fill'));
      const executed = await fixture.run({ dates: ['2021-11-05'] });
      assert.deepEqual(outcomes(executed), ['J 2021-11-05 done']);
      assert.deepEqual(
        (await fixture.calls()).map(({ span, cwd }) => [span, cwd]),
        [['2021-11-05', folder()]],
      );
    });

    it('see an environment without our own variables but the marks by which they are found again, and with the manifest’s', async () => {
      await fixture.write(
        `phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day, run: { ${job('fill')} }, env: { FROM_MANIFEST: "yes" } }] }]`,
        { j: {} },
      );
      const ours = { ELECTRON_RUN_AS_NODE: '1', VSCODE_PID: '1', BACKFILL_X: '1' };
      Object.assign(process.env, ours);
      try {
        await fixture.run({ dates: ['2021-11-05'] });
      } finally {
        for (const name of Object.keys(ours)) delete process.env[name];
      }
      const env = (await fixture.calls())[0]?.env ?? {};
      assert.deepEqual(
        Object.entries(env).filter(([name]) => /^(ELECTRON_RUN_AS_NODE|VSCODE_|BACKFILL_)/.test(name)),
        [
          ['BACKFILL_RUN', (await fixture.journal.list())[0]],
          ['BACKFILL_ATTEMPT', 'J-2021-11-05-1'],
        ],
      );
      assert.equal(env['FROM_MANIFEST'], 'yes');
      assert.equal(env['PATH'], process.env['PATH']);
    });

    for (const [behaviour, rows, outcome, status] of [
      ['empty', {}, 'succeededButEmpty', 'failed succeededButEmpty'],
      ['nothing', {}, 'succeededButEmpty', 'failed succeededButEmpty'],
      ['nothing', { '2021-11-05': 3 }, 'wroteNothing', 'partial belowExpectation'],
      ['rows=3', {}, 'partial', 'partial belowExpectation'],
      ['fail', {}, 'failed', 'failed failed'],
      ['torn', { '2021-11-05': 3 }, 'torn', 'failed torn'],
      ['half-fail', {}, 'torn', 'suspect torn'],
    ] as const) {
      it(`${behaviour} on ${JSON.stringify(rows)} is ${outcome}, and never complete`, async () => {
        await oneJob(job(behaviour), rows);
        const executed = await fixture.run({ dates: ['2021-11-05'] });
        assert.deepEqual(outcomes(executed), [`J 2021-11-05 ${outcome}`]);
        assert.equal(executed.result, 'failed');
        assert.equal(await fixture.statusOf('J', '2021-11-05'), status);
      });
    }

    it('raise an alarm when they empty good data', async () => {
      await oneJob(job('empty'), { '2021-11-05': 10 });
      const executed = await fixture.run({ dates: ['2021-11-05'], choices: ['all'] });
      const end = endOf(executed);
      assert.deepEqual([end?.outcome, end?.alarm, end?.rowsAfter], ['succeededButEmpty', true, 0]);
    });

    it('tell the cause of a failure, and the same signature for the same cause', async () => {
      await oneJob(job('fail'));
      const executed = await fixture.run({ dates: ['2021-11-05', '2021-11-06'] });
      const ends = executed.events.filter((event) => event.type === 'attemptEnded');
      assert.deepEqual(
        ends.map(({ category, message }) => [category, message]),
        ['2021-11-05', '2021-11-06'].map((date) => [
          'ValueError',
          `exit code 3: ValueError: no data for ${date} in /srv/data/${date}.csv`,
        ]),
      );
      assert.equal(new Set(ends.map(({ signature }) => signature)).size, 1);
    });

    it('that cannot be started have failed', async () => {
      await oneJob('command: [no-such-program, "{date}"], each: date');
      const executed = await fixture.run({ dates: ['2021-11-05'] });
      assert.equal(endOf(executed)?.category, 'notStarted');
      assert.match(endOf(executed)?.message ?? '', /no-such-program cannot be started: not found/);
    });

    it('keep their output byte for byte, with its times of arrival', async () => {
      await oneJob(job('flood'));
      const { plan, events } = await fixture.run({ dates: ['2021-11-05'] });
      const log = fixture.journal.logPath(plan.id, events.find((event) => event.type === 'attemptStarted')?.log ?? '');
      const text = await readFile(log, 'utf8');
      assert.equal(text, Array.from({ length: 20_000 }, (_, line) => `${line} ${'x'.repeat(90)}\r\n`).join(''));
      const index = (await readFile(`${log}.idx`, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ').map(Number));
      assert.equal(index.at(-1)?.[0], text.length);
      assert.ok(index.every(([offset = 0, at = 0], i) => offset > (index[i - 1]?.[0] ?? 0) && at >= (index[i - 1]?.[1] ?? 0)));
    });

    it('end with their whole group when their time is over', async () => {
      await oneJob(job('hang', ', timeout_per_date: 2s'));
      const executed = await fixture.run({ dates: ['2021-11-05'] });
      assert.deepEqual(outcomes(executed), ['J 2021-11-05 failed']);
      assert.equal(endOf(executed)?.category, 'timeout');
      assert.match(endOf(executed)?.message ?? '', /2 s/);
    });

    it('stop with the first failure when that is the policy', async () => {
      await oneJob(job('fail'));
      const executed = await fixture.run({ dates: ['2021-11-05', '2021-11-06'], policy: 'stop' });
      assert.deepEqual(outcomes(executed), ['J 2021-11-05 failed']);
      assert.deepEqual([executed.result, executed.progress.waiting], ['failed', 1]);
    });
  });

  describe('many dates a call', () => {
    const range = (behaviour: string, more = '') => `command: [$JOB, j, ${behaviour}, "{start}..{end}"], each: range${more}`;
    const list = (behaviour: string, more = '') => `command: [$JOB, j, ${behaviour}, "{dates}"], each: list${more}`;
    const spans = async () => (await fixture.calls()).map(({ span }) => span);

    it('cuts a range where an expected date is not to be run, and by its limit', async () => {
      await oneJob(range('fill', ', max_dates: 3'), { '2021-11-04': 10 });
      const executed = await fixture.run({ from: '2021-11-02', to: '2021-11-09' });
      assert.deepEqual(await spans(), ['2021-11-02..2021-11-03', '2021-11-05..2021-11-07', '2021-11-08..2021-11-09']);
      assert.deepEqual([executed.result, executed.progress.done], ['done', 7]);
    });

    it('gives scattered dates to a list', async () => {
      await oneJob(list('fill', ', max_dates: 2'));
      await fixture.run({ dates: ['2021-11-02', '2021-11-05', '2021-11-09'] });
      assert.deepEqual(await spans(), ['2021-11-02,2021-11-05', '2021-11-09']);
    });

    for (const [name, run] of [
      ['range', range('fill', ', max_dates: 3')],
      ['list', list('fill', ', max_dates: 3')],
      ['range that is killed on its way', range('torn-at=2021-11-05', ', max_dates: 3')],
    ] as const) {
      it(`touches no date that was not selected: ${name}`, async () => {
        const all = Array.from({ length: 10 }, (_, index) => `2021-11-${String(index + 1).padStart(2, '0')}`);
        const chosen = all.filter((_, index) => index % 4 !== 2);
        await oneJob(run, Object.fromEntries(all.map((date) => [date, 3])));
        await fixture.run({ dates: chosen, choices: ['all'], onRepeat: 'continue' });
        const rows = await fixture.rows('j');
        for (const date of all.filter((one) => !chosen.includes(one))) assert.equal(rows[date], 3, date);
        for (const date of chosen) assert.ok(rows[date] === 10 || (date === '2021-11-05' && name.includes('killed')), date);
      });
    }

    it('judges each date by itself, whatever the exit code', async () => {
      await oneJob(range('half-fail'));
      const executed = await fixture.run({ from: '2021-11-02', to: '2021-11-04' });
      assert.deepEqual(outcomes(executed), ['J 2021-11-02 done', 'J 2021-11-03 done', 'J 2021-11-04 done']);
    });

    it('calls again for the dates that a killed call did not come to', async () => {
      await oneJob(range('torn-at=2021-11-04'), { '2021-11-04': 3, '2021-11-05': 3, '2021-11-06': 3 });
      const executed = await fixture.run({ from: '2021-11-02', to: '2021-11-06' });
      assert.deepEqual(outcomes(executed), [
        'J 2021-11-02 done',
        'J 2021-11-03 done',
        'J 2021-11-04 torn',
        'J 2021-11-05 done',
        'J 2021-11-06 done',
      ]);
      assert.deepEqual(await spans(), ['2021-11-02..2021-11-06', '2021-11-05..2021-11-06']);
      assert.equal(executed.events.filter(({ type }) => type === 'notAttempted').length, 2);
    });

    it('does not repeat a call that came to nothing', async () => {
      await oneJob(range('hang', ', timeout_per_date: 1s'));
      const executed = await fixture.run({ from: '2021-11-02', to: '2021-11-03' });
      assert.deepEqual(outcomes(executed), ['J 2021-11-02 failed']);
      assert.equal(skips(executed).length, 1);
      assert.equal((await spans()).length, 1);
    });

    it('shares dates that need each other in one call', async () => {
      await fixture.write(
        `phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day, needs: [{ processor: J, at: previous }], run: { ${range('fill')} } }] }]`,
        { j: { '2021-11-01': 10 } },
      );
      const executed = await fixture.run({ from: '2021-11-01', to: '2021-11-04', order: 'newest' });
      assert.deepEqual(await spans(), ['2021-11-02..2021-11-04']);
      assert.deepEqual([executed.result, executed.progress.done], ['done', 3]);
      assert.equal(await fixture.statusOf('J', '2021-11-04'), 'complete');
    });
  });

  describe('ends', () => {
    it('when it is cancelled, as soon as everything that ran is gone', async () => {
      await oneJob(job('hang'), {});
      const plan = await fixture.launch({ dates: ['2021-11-05', '2021-11-06'] });
      const executing = fixture.execute(plan);
      await sawEvent(plan.id, 'attemptStarted');
      await appears(`${fixture.database}.hanging`);
      await fixture.journal.request(plan.id, { kind: 'cancel' }, 'the test');
      const executed = await executing;
      assert.deepEqual([executed.result, executed.progress.phase], ['cancelled', 'cancelled']);
      assert.deepEqual(outcomes(executed), ['J 2021-11-05 interrupted']);
      assert.equal(executed.progress.waiting, 1);
      assert.ok(executed.events.some((event) => event.type === 'cancelRequested' && event.by === 'the test'));
      assert.equal(await fixture.journal.ownerAlive(plan.id), false);
    });

    it('by a signal to the executor as by a request', async () => {
      await oneJob(job('hang'), {});
      const plan = await fixture.launch({ dates: ['2021-11-05'] });
      const stop = new AbortController();
      const executing = fixture.execute(plan, stop.signal);
      await appears(`${fixture.database}.hanging`);
      stop.abort();
      assert.equal((await executing).result, 'cancelled');
    });

    it('not while another process holds the file: it waits, says so once, and loses no attempt', async () => {
      await sqlChain({ '2021-11-05': 8 });
      const plan = await fixture.launch({ dates: ['2021-11-05'], processors: ['A'] });
      const holder = await Holder.open(fixture.database);
      const executing = fixture.execute(plan);
      await sawEvent(plan.id, 'note');
      await holder.release();
      const executed = await executing;
      assert.equal(executed.result, 'done');
      assert.equal(executed.events.filter(({ type }) => type === 'note').length, 1);
      assert.equal(executed.events.filter(({ type }) => type === 'attemptStarted').length, 1);
    });

    it('with a note when the warehouse is gone for longer than it may wait', async () => {
      await sqlChain({ '2021-11-05': 8 });
      const plan = await fixture.launch({ dates: ['2021-11-05'] });
      await writeFile(fixture.manifest, (await readFile(fixture.manifest, 'utf8')).replace('w.duckdb', 'gone.duckdb'));
      const deps = fixture.deps({ patience: { giveUpMs: 100, firstOutageMs: 20 } });
      const executed = await fixture.execute(plan, undefined, deps, { manifest: 'asItIsNow' });
      assert.deepEqual(
        executed.events.map(({ type }) => type),
        ['started', 'paused', 'continued', 'note', 'ended'],
      );
      assert.equal(executed.result, 'failed');
    });
  });

  describe('two backfills', () => {
    it('never hold a partition together', async () => {
      await oneJob(job('hang'), {});
      const early = await fixture.plan({ dates: ['2021-11-05'] });
      const plan = await fixture.launch({ dates: ['2021-11-05'] });
      const stop = new AbortController();
      const executing = fixture.execute(plan, stop.signal);
      await appears(`${fixture.database}.hanging`);
      const late = await fixture.plan({ dates: ['2021-11-05'] });
      assert.deepEqual(
        late.partitions.map(({ action, preflight }) => [action, preflight]),
        [['skip', 'never']],
      );
      assert.match(late.partitions[0]?.why ?? '', new RegExp(`backfill ${plan.id} runs it now`));
      const { launchPlan } = await import('../../../../src/app/planning/preparePlan');
      await assert.rejects(launchPlan({ ...early, id: `${early.id}-2` }, fixture.journal, fixture.deps().readText), {
        kind: 'held',
      });
      await assert.rejects(fixture.execute(plan), { kind: 'held' });
      stop.abort();
      await executing;
      await assert.rejects(fixture.execute(plan), { kind: 'held' }, 'it is over');
    });
  });

  function sawEvent(id: string, type: BackfillEvent['type']): Promise<void> {
    return new Promise((resolve) => {
      const stop = fixture.journal.watch(() => {
        void fixture.journal.read(id).then((record) => {
          if (record?.events.some((event) => event.type === type) !== true) return;
          stop();
          resolve();
        });
      });
    });
  }

  async function appears(path: string): Promise<void> {
    const { watch } = await import('node:fs');
    await new Promise<void>((resolve) => {
      const watcher = watch(join(path, '..'), () => void look());
      const look = () =>
        readFile(path).then(
          () => {
            watcher.close();
            resolve();
          },
          () => undefined,
        );
      void look();
    });
  }
});
