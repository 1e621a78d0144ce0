import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchPlan } from '../../../src/app/planning/preparePlan';
import type { BackfillEvent, Plan, PlannedPartition } from '../../../src/core/backfill/backfill';
import { runCommandLine } from '../../../src/core/plan/commandLine';
import { CommandLine, type Running } from '../../support/commandLine';
import { ExecutionFixture } from '../../support/execution';
import { skipBecause } from '../../support/skip';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { until } from '../../support/until';

/** OK fills its dates, HANG never ends by itself, BAD fails, VOID leaves its dates empty. */
const PIPELINE = `sources: [{ id: RAW, table: main.raw, date_column: day }]
phases:
  - id: build
    processors:
      - { id: OK, table: main.ok, date_column: day, needs: [{ source: RAW }], run: { each: date, command: [$JOB, ok, fill, "{date}"] } }
      - { id: HANG, table: main.hang, date_column: day, needs: [{ source: RAW }], run: { each: date, command: [$JOB, hang, hang, "{date}"] } }
      - { id: BAD, table: main.bad, date_column: day, needs: [{ source: RAW }], run: { each: date, command: [$JOB, bad, fail, "{date}"] } }
      - { id: LOUD, table: main.loud, date_column: day, needs: [{ source: RAW }], run: { each: date, command: [$JOB, loud, flood, "{date}"] } }
      - { id: VOID, table: main.void, date_column: day, needs: [{ source: RAW }], run: { each: date, command: [$JOB, void, empty, "{date}"] } }`;
const DATES = ['2021-11-01', '2021-11-02', '2021-11-03'];

describe('backfills launched from the command line', function () {
  this.timeout(120_000);
  const temporary = useTemporaryFolder();
  let cli: CommandLine;
  let fixture: ExecutionFixture;
  const backfill = (...words: string[]) => cli.run(fixture.folder, ...words);
  const start = (...words: string[]) => cli.start(fixture.folder, words);

  before(async () => {
    cli = await CommandLine.build();
  });

  beforeEach(async () => {
    fixture = new ExecutionFixture(temporary());
    const full = Object.fromEntries(DATES.map((date) => [date, 10]));
    await fixture.write(PIPELINE, { raw: full, ok: {}, hang: {}, loud: {}, bad: {}, void: { '2021-11-02': 10 } });
  });

  it('run exactly what their plan shows, and what is copied from it', async () => {
    const shown = await backfill('plan', '--select', 'ok bad & 2021-11-03, 2021-11-01, 2021-11-30, !bad', '--format', 'json');
    const { request, partitions } = JSON.parse(shown.out) as Plan;
    assert.equal(request.select, 'OK, BAD & 2021-11-01, 2021-11-03, 2021-11-30 & !BAD');
    const line = runCommandLine(request).replace(/^backfill/, `'${process.execPath}' '${cli.path}'`);
    const ran = spawnSync('sh', ['-c', line], { cwd: fixture.folder, encoding: 'utf8' });
    const [id = ''] = /\d{8}T\d{6}-\w+-\w{4}/.exec(ran.stdout) ?? [];
    const executed = (await fixture.journal.read(id)) ?? assert.fail(ran.stdout + ran.stderr);
    const brief = (all: readonly PlannedPartition[]) =>
      all.map(({ processor, date, action, why }) => [processor, date, action, why]);
    assert.deepEqual(brief(executed.plan.partitions), brief(partitions));
    const runs = partitions.filter(({ action }) => action === 'run').map(({ processor, date }) => `${processor} ${date}`);
    const done = executed.events.flatMap((event) => (event.type === 'attemptStarted' ? `${event.processor} ${event.date}` : []));
    assert.deepEqual(done, runs);
    assert.deepEqual(runs, ['OK 2021-11-01', 'OK 2021-11-03']);
    assert.deepEqual(await fixture.rows('ok'), { '2021-11-01': 10, '2021-11-03': 10 });
    for (const { processor, date } of partitions.filter(({ action }) => action === 'run'))
      assert.ok(ran.stdout.includes(processor) && ran.stdout.includes(date), 'the dates were named before they ran');
  });

  it('refuse a selection that is none, and options beside one', async () => {
    const wrong = await backfill('plan', '--select', 'OK & 2021-11-01, mising');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /--select, at 18: “mising” is no date, no status and no processor\. Did you mean `missing`\?/);
    const both = await backfill('run', '--select', 'OK', '--dates', '2021-11-01');
    assert.equal(both.code, 2);
    assert.match(both.err, /--select says which partitions: leave out --dates/);
  });

  afterEach(async () => {
    // What a failed test left running would outlive the suite.
    for (const id of await fixture.journal.list()) await fixture.journal.request(id, { kind: 'cancel' }, 'the end of the test');
  });

  const onlyId = async (): Promise<string> => {
    const [id, ...others] = await fixture.journal.list();
    assert.ok(id !== undefined && others.length === 0);
    return id;
  };
  const eventsOf = async (id: string): Promise<readonly BackfillEvent[]> => (await fixture.journal.read(id))?.events ?? [];
  /** Resolves when a backfill's first job runs. */
  const begun = (id: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => {
        eventsOf(id).then((events) => {
          if (!events.some(({ type }) => type === 'attemptStarted')) return;
          stop();
          resolve();
        }, reject);
      };
      const stop = fixture.journal.watch(look);
      look();
    });
  /** The id of the backfill that a command launches, once its first job runs. */
  const launched = async (run: Running): Promise<string> => {
    const [, id = ''] = await run.says(/^Backfill (\S+)$/m);
    await begun(id);
    return id;
  };
  const cancelled = async (running: Running): Promise<void> => {
    const { code, out } = await running.ended;
    assert.equal(code, 130, out);
    assert.match(out, /was cancelled/);
  };

  it('reports failures by their reason, with exit code 1', async () => {
    const { code, out } = await backfill(
      'run',
      '--processor',
      'BAD,VOID',
      '--choose',
      'missing',
      '--from',
      '2021-11-01',
      '--to',
      '2021-11-03',
      '--on-repeat',
      'continue',
    );
    assert.equal(code, 1);
    assert.match(out, /^\[\d\/5\] BAD 2021-11-01: failed, 0 rows in /m);
    assert.match(out, /Failed:\n {2}3 {2}BAD: .*ValueError: no data for/);
    assert.match(out, /^ {2}2 {2}VOID: /m);
    assert.match(out, new RegExp(`^ {2}backfill logs ${await onlyId()} BAD 2021-11-01$`, 'm'));
    const { out: log } = await backfill('logs', await onlyId(), 'BAD', '2021-11-02');
    assert.match(log, /^Traceback\nValueError: no data for 2021-11-02/);
  });

  it('ask nobody where there is no terminal after three failures of one cause', async () => {
    const dates = DATES.join(', ');
    const { code, out } = await backfill('run', '--select', `BAD & ${dates}`);
    assert.equal(code, 1, out);
    assert.match(out, /Nothing new is started: 3 attempts of BAD in a row failed in one way/);
  });

  it('executes in its own process when asked to', async () => {
    const { code, out } = await backfill('run', '--processor', 'OK', '--dates', DATES.join(), '--foreground');
    assert.equal(code, 0, out);
    const [first] = await eventsOf(await onlyId());
    assert.equal(first?.type, 'started');
    assert.equal(existsSync(join(fixture.folder, '.backfill', 'runs', await onlyId(), 'executor.log')), false);
  });

  it('cancels what it executes itself when it is told to end', async () => {
    const run = start('run', '--processor', 'HANG', '--dates', '2021-11-01', '--foreground');
    await launched(run);
    run.child.kill('SIGTERM');
    await cancelled(run);
  });

  it('follows a log that grows, to its last byte', async () => {
    const plan = JSON.parse((await backfill('plan', '--processor', 'LOUD', '--dates', '2021-11-01', '--format', 'json')).out);
    await fixture.journal.create(plan);
    const attached = start('attach', plan.id);
    await begun(plan.id);
    const followed = await backfill('logs', plan.id, '--follow');
    await attached.ended;
    assert.equal(followed.code, 0);
    const { out } = await backfill('logs', plan.id, 'LOUD', '2021-11-01');
    assert.equal(out.split('\r\n').length, 20_001);
    assert.ok(followed.out === out);
  });

  it('ends a backfill by Ctrl+C, and waits until it has ended', async () => {
    for (const where of [[], ['--foreground']]) {
      const run = start('run', '--processor', 'HANG', '--dates', '2021-11-01', ...where);
      await launched(run);
      run.child.kill('SIGINT');
      await cancelled(run);
      const { out } = await backfill('runs', '--format', 'csv');
      assert.match(out.split('\n')[1] ?? '', /,cancelled,/);
    }
  });

  it('goes on without the process that started it, however that ended, and without a reader', async () => {
    for (const end of ['SIGHUP', 'SIGTERM', 'SIGKILL', 'EPIPE'] as const) {
      const run = start('run', '--processor', 'HANG', '--dates', '2021-11-01');
      const id = await launched(run);
      if (end === 'EPIPE') run.child.stdout?.destroy();
      else run.child.kill(end);
      if (end !== 'EPIPE') await run.ended;
      assert.equal(await fixture.journal.ownerAlive(id), true, end);
      const attached = start('attach', id);
      const asked = await backfill('cancel', id);
      assert.equal(asked.code, 0);
      await cancelled(attached);
      if (end === 'EPIPE') assert.equal((await run.ended).signal, null);
    }
  });

  describe('and asked for something meanwhile', () => {
    const saw = async (id: string, type: BackfillEvent['type'], times = 1): Promise<readonly BackfillEvent[]> => {
      await until(async () => (await eventsOf(id)).filter((event) => event.type === type).length >= times);
      return eventsOf(id);
    };
    const count = (events: readonly BackfillEvent[], type: BackfillEvent['type']) =>
      events.filter((event) => event.type === type).length;
    /** Ends what runs of HANG, as somebody does who has looked at it. */
    const endJob = (id: string, date: string) => backfill('cancel', id, '--attempt', `HANG-${date}-1`);

    it('pause once, resume, and end one job alone', async () => {
      const run = start('run', '--processor', 'HANG', '--dates', DATES.join());
      const id = await launched(run);
      const paused = await backfill('pause', id);
      assert.equal(paused.code, 0);
      assert.match(paused.out, /is asked to pause\. To let it go on: backfill resume /);
      await saw(id, 'paused');
      const again = await backfill('pause', id);
      assert.deepEqual([again.code, /is paused already: /.test(again.out)], [0, true], again.out);
      const nothing = await backfill('cancel', id, '--attempt', 'HANG-2021-11-02-1');
      assert.equal(nothing.code, 2);
      assert.match(nothing.err, /does not run the attempt 'HANG-2021-11-02-1': what runs is HANG-2021-11-01-1\./);
      assert.equal((await endJob(id, '2021-11-01')).code, 0);
      const held = await saw(id, 'attemptEnded');
      assert.deepEqual([count(held, 'attemptStarted'), count(held, 'paused')], [1, 1]);
      assert.match((await backfill('runs')).out, /paused/);

      const resumed = start('resume', id);
      const going = await saw(id, 'attemptStarted', 2);
      assert.deepEqual([count(going, 'continued'), count(going, 'started')], [1, 1]);
      // What runs is not hurt by being resumed once more.
      const twice = start('resume', id);
      await twice.says(/Goes on: /);
      await backfill('cancel', id);
      for (const running of [run, resumed, twice]) await cancelled(running);
      const over = await backfill('pause', id);
      assert.match(over.out, /does not run: it is cancelled\. Nothing was done\./);
    });

    it('are cancelled while they are paused, at once', async () => {
      const run = start('run', '--processor', 'HANG', '--dates', DATES.join());
      const id = await launched(run);
      await backfill('pause', id);
      await saw(id, 'paused');
      await endJob(id, '2021-11-01');
      await saw(id, 'attemptEnded');
      await backfill('cancel', id);
      await cancelled(run);
      assert.equal(count(await eventsOf(id), 'attemptStarted'), 1);
    });

    it('go on when they were paused and their executor was killed', async () => {
      const run = start('run', '--processor', 'HANG', '--dates', DATES.join());
      const id = await launched(run);
      await backfill('pause', id);
      await saw(id, 'paused');
      await endJob(id, '2021-11-01');
      const [first] = await saw(id, 'attemptEnded');
      assert.ok(first?.type === 'started');
      process.kill(first.owner.pid, 'SIGKILL');
      const left = await run.ended;
      assert.equal(left.code, 130);
      assert.match(left.out, new RegExp(`backfill resume ${id}`));
      const resumed = start('resume', id);
      const events = await saw(id, 'attemptStarted', 2);
      assert.deepEqual([count(events, 'started'), count(events, 'paused')], [2, 1], 'the pause was of the session that died');
      await backfill('cancel', id);
      await cancelled(resumed);
    });
  });

  it('starts one executor, however many attach', async () => {
    const first = await backfill('run', '--processor', 'OK', '--dates', DATES.join(), '--dry-run', '--format', 'json');
    const plan = JSON.parse(first.out);
    await fixture.journal.create(plan);
    const ended = await Promise.all([1, 2, 3].map(() => backfill('attach', plan.id)));
    for (const { code, out } of ended) assert.equal(code, 0, out);
    const events = await eventsOf(plan.id);
    assert.equal(events.filter(({ type }) => type === 'started').length, 1);
    assert.equal(events.filter(({ type }) => type === 'attemptStarted').length, 3);
  });

  it('asks a script to name the number of dates of a large plan', async () => {
    await backfill('run', '--processor', 'OK', '--dates', DATES.join());
    const before = readFileSync(fixture.database);
    const again = ['run', '--processor', 'OK', '--dates', DATES.join(), '--choose', 'all'];
    const unasked = await backfill(...again);
    assert.equal(unasked.code, 2);
    assert.match(
      unasked.err,
      /^This is a large plan \(3 dates, .*3 complete partitions replaced\.\) Add --yes 3 to confirm it\. Nothing was started\.\n$/,
    );
    const wrong = await backfill(...again, '--yes', '4');
    assert.equal(wrong.code, 2);
    assert.equal((await fixture.journal.list()).length, 1);
    assert.ok(before.equals(readFileSync(fixture.database)));
    assert.equal((await backfill(...again, '--yes', '3')).code, 0);
  });

  it('tells that a plan no longer holds', async () => {
    const plan = JSON.parse((await backfill('plan', '--processor', 'OK', '--dates', '2021-11-01', '--format', 'json')).out);
    await launchPlan(plan, fixture.journal, async (path) => readFileSync(path, 'utf8'));
    writeFileSync(fixture.manifest, readFileSync(fixture.manifest, 'utf8').replace(', ok, fill', ', ok, nothing'));
    const { code, err } = await backfill('attach', plan.id);
    assert.equal(code, 2);
    assert.match(err, /OK: its command changed\. Add --as-planned to go by what the plan was made from, or --as-it-is-now/);
    assert.equal((await backfill('attach', plan.id, '--as-planned')).code, 0);
    assert.equal((await fixture.rows('ok'))['2021-11-01'], 10);
  });

  describe('on a terminal', () => {
    before(function () {
      if (!existsSync('/usr/bin/script')) skipBecause(this, 'there is no script(1) of util-linux to make a terminal');
    });
    const onTerminal = (...words: string[]) => cli.startOnTerminal(fixture.folder, words);

    it('draws a live table, cancels by Ctrl+C, and waits for Enter', async () => {
      const run = onTerminal('run', '--processor', 'HANG', '--dates', '2021-11-01', '--keep-open');
      await run.says(/▸ HANG 2021-11-01/);
      await run.says(/Ctrl\+C cancels the backfill; closing this terminal leaves it running\./);
      run.type('\u0003');
      await run.says(/Cancelling: what runs is being ended\./);
      await run.says(/Press Enter to close this terminal\./);
      run.type('\r');
      const { code, out } = await run.ended;
      assert.equal(code, 0);
      // The cursor is given back.
      assert.ok(out.lastIndexOf('\u001b[?25h') > out.lastIndexOf('\u001b[?25l'));
    });

    it('leaves the backfill running when the terminal is closed', async () => {
      const run = onTerminal('run', '--processor', 'HANG', '--dates', '2021-11-01', '--keep-open');
      await run.says(/▸ HANG 2021-11-01/);
      run.child.kill('SIGKILL');
      await run.ended;
      const id = await onlyId();
      assert.equal(await fixture.journal.ownerAlive(id), true);
      const attached = start('attach', id);
      await backfill('cancel', id);
      await cancelled(attached);
    });

    it('confirms a large plan by typing the number of its dates', async () => {
      await backfill('run', '--processor', 'OK', '--dates', DATES.join());
      const words = ['run', '--processor', 'OK', '--dates', DATES.join(), '--choose', 'all'];
      const wrong = onTerminal(...words);
      await wrong.says(/Type 3 to start: /);
      wrong.type('yes\r');
      const refused = await wrong.ended;
      assert.equal(refused.code, 130);
      assert.match(refused.out, /Nothing was started\./);
      assert.equal((await fixture.journal.list()).length, 1);
      const right = onTerminal(...words);
      await right.says(/Type 3 to start: /);
      right.type('3\r');
      const { code, out } = await right.ended;
      assert.equal(code, 0, out);
    });
  });
});
