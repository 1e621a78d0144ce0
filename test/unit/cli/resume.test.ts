import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, isGroupAlive } from '../../../src/adapters/process/processIdentity';
import type { BackfillEvent } from '../../../src/core/backfill/backfill';
import { CommandLine } from '../../support/commandLine';
import { ExecutionFixture } from '../../support/execution';
import { useTemporaryFolder } from '../../support/temporaryFolder';
import { until } from '../../support/until';

const DATES = ['2021-11-01', '2021-11-02', '2021-11-03'];

describe('an interrupted backfill on the command line', function () {
  this.timeout(120_000);
  const temporary = useTemporaryFolder();
  let cli: CommandLine;
  let fixture: ExecutionFixture;
  let id: string;
  let job: number;
  const backfill = (...words: string[]) => cli.run(fixture.folder, ...words);
  const events = async (): Promise<readonly BackfillEvent[]> => (await fixture.journal.read(id))?.events ?? [];
  const sessions = async () => (await events()).filter(({ type }) => type === 'started').length;
  const runFile = (name: string) => join(fixture.journal.folder(id), name);

  before(async () => {
    cli = await CommandLine.build();
  });

  /** Holds its second date until it may go on; what is killed then is its executor, and its job where that is asked for. */
  async function interrupt(...killed: readonly 'job'[]): Promise<void> {
    fixture = new ExecutionFixture(temporary());
    await fixture.write(
      'phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day, run: { each: date, command: [$JOB, main.j, "held-at=2021-11-02", "{date}"] } }] }]',
      { j: {} },
    );
    const run = cli.start(fixture.folder, ['run', '--processor', 'J', '--dates', DATES.join(), '--slots', '1']);
    await until(() => existsSync(`${fixture.database}.held`));
    id = (await fixture.journal.list())[0] ?? '';
    const lease = JSON.parse(await readFile(runFile('lease.json'), 'utf8')) as { children: { pid: number }[] };
    job = lease.children[0]?.pid ?? 0;
    const [started] = await events();
    assert.ok(started?.type === 'started' && job > 0);
    process.kill(started.owner.pid, 'SIGKILL');
    if (killed.includes('job')) process.kill(-job, 'SIGKILL');
    const { code, out } = await run.ended;
    assert.equal(code, 130, out);
    assert.match(out, new RegExp(`backfill resume ${id}`));
  }
  const go = () => writeFile(`${fixture.database}.go`, '');

  it('is only shown by attach and by a terminal that is run again days later, and goes on by resume', async () => {
    await interrupt('job');
    const old = String(Date.now() - 61_000);
    for (const words of [['attach'], ['resume', '--asked-at', old], ['resume', '--asked-at', 'yesterday']]) {
      const [command = '', ...more] = words;
      const shown = await backfill(command, id, ...more);
      assert.equal(shown.code, 130, shown.out + shown.err);
      assert.match(shown.out, /was interrupted/);
    }
    assert.equal(await sessions(), 1);
    await go();
    const resumed = await backfill('resume', id, '--asked-at', String(Date.now()));
    assert.equal(resumed.code, 0, resumed.out + resumed.err);
    assert.deepEqual(await fixture.rows('main.j'), Object.fromEntries(DATES.map((date) => [date, 10])));
    const again = await backfill('resume', id);
    assert.equal(again.code, 0);
    assert.equal(await sessions(), 2);
  });

  it('has its job ended by cancel, and is closed', async () => {
    await interrupt();
    const cancelled = await backfill('cancel', id);
    assert.equal(cancelled.code, 0, cancelled.err);
    assert.match(cancelled.out, /was interrupted: it is closed and its job J 2021-11-02 is ended/);
    const shown = await backfill('attach', id);
    assert.equal(shown.code, 130, shown.out);
    assert.match(shown.out, /was cancelled/);
    assert.equal(isGroupAlive(job), false);
    assert.equal((await events()).at(-1)?.type, 'ended');
    const refused = await backfill('resume', id);
    assert.match(refused.out, /was cancelled/);
    assert.equal(await sessions(), 2, 'what has ended is not gone on with');
  });

  it('has one session by two that resume and one that attaches at once', async () => {
    await interrupt('job');
    await go();
    const all = await Promise.all([backfill('resume', id), backfill('resume', id), backfill('attach', id)]);
    assert.deepEqual(
      all.slice(0, 2).map(({ code }) => code),
      [0, 0],
      all.map(({ out, err }) => out + err).join('\n'),
    );
    assert.equal(await sessions(), 2);
  });

  it('is resumed in the foreground however long it has to look whether its executor lives elsewhere', async () => {
    await interrupt('job');
    await go();
    const owner = JSON.parse(await readFile(runFile('owner-1.json'), 'utf8')) as object;
    await writeFile(runFile('owner-1.json'), JSON.stringify({ ...owner, host: 'another' }));
    const lease = JSON.parse(await readFile(runFile('lease.json'), 'utf8')) as object;
    await writeFile(runFile('lease.json'), JSON.stringify({ ...lease, at: '2021-11-05T00:00:00.000Z' }));
    const resumed = await backfill('resume', id, '--foreground');
    assert.equal(resumed.code, 0, resumed.out + resumed.err);
    assert.match(resumed.out, /for 12 s whether the executor on another still lives/);
    assert.match(resumed.out, /3\/3\] J 2021-11-03/);
  });

  it('says that its folder is gone where somebody removed it while it runs', async () => {
    await interrupt('job');
    const resumed = cli.start(fixture.folder, ['resume', id]);
    await until(async () => (await events()).filter(({ type }) => type === 'attemptStarted').length === 3);
    const started = (await events()).findLast(({ type }) => type === 'started');
    const executor = started?.type === 'started' ? started.owner : assert.fail();
    rmSync(join(fixture.folder, '.backfill'), { recursive: true, force: true });
    await go();
    const { code, err } = await resumed.ended;
    assert.equal(code, 1, err);
    assert.match(err, /The folder of backfill .* is gone: somebody has removed it/);
    await until(() => !isAlive(executor));
    assert.deepEqual(await fixture.rows('main.j'), { '2021-11-01': 10, '2021-11-02': 10 }, 'what ran has ended');
    assert.match((await backfill('runs')).out, /No backfill was launched yet/);
  });
});
