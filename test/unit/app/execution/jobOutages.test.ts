import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { BackfillEvent, Plan } from '../../../../src/core/backfill/backfill';
import { type Executed, ExecutionFixture } from '../../../support/execution';
import { useTemporaryFolder } from '../../../support/temporaryFolder';
import { until } from '../../../support/until';

const DATES = ['2021-11-05', '2021-11-06', '2021-11-07', '2021-11-08'];
const SOON = { patience: { firstOutageMs: 30 } };

describe('jobs whose surroundings fail', function () {
  this.timeout(90_000);
  const folder = useTemporaryFolder();
  let fixture: ExecutionFixture;
  let plan: Plan;
  beforeEach(() => {
    fixture = new ExecutionFixture(folder());
  });

  async function launch(behaviour: string, run = 'each: date', dates = '"{date}"', more = ''): Promise<void> {
    await fixture.write(
      `phases: [{ id: p, processors: [{ id: J, table: main.j, date_column: day${more}, run: { command: [$JOB, main.j, ${behaviour}, ${dates}], ${run} } }] }]`,
      { j: {} },
    );
    plan = await fixture.launch({ dates: DATES });
  }
  const events = async (): Promise<readonly BackfillEvent[]> => (await fixture.journal.read(plan.id))?.events ?? [];
  const count = (all: readonly BackfillEvent[], type: BackfillEvent['type']) => all.filter((event) => event.type === type).length;
  const saw = (type: BackfillEvent['type'], times = 1) => until(async () => count(await events(), type) >= times);
  const signIn = () => writeFile(`${fixture.database}.signedIn`, '');
  const endings = ({ events: all }: Executed) =>
    all.flatMap((event) => (event.type === 'attemptEnded' ? [`${event.date.slice(-2)} ${event.outcome}`] : [])).sort();

  for (const behaviour of ['sign-in', 'sign-in-quiet']) {
    it(`cost no attempt and hold up the backfill until one of them works: ${behaviour}`, async () => {
      await launch(behaviour);
      const executing = fixture.execute(plan, undefined, fixture.deps(SOON));
      await saw('notAttempted', 4);
      const held = await events();
      const paused = held.find((event) => event.type === 'paused');
      assert.ok(paused?.type === 'paused' && paused.cause === 'environment');
      assert.match(
        paused.message,
        /^Jobs of J cannot work now: RefreshError: Reauthentication is needed\. Please run .* goes on by itself once it can\.$/,
      );
      await signIn();
      const executed = await executing;
      assert.equal(executed.result, 'done');
      assert.deepEqual(endings(executed), ['05 done', '06 done', '07 done', '08 done']);
      assert.deepEqual([count(executed.events, 'paused'), count(executed.events, 'continued')], [1, 1]);
      assert.match(JSON.stringify(executed.events), /"why":"its surroundings failed: RefreshError: Reauthentication is needed/);
    });
  }

  it('are tried one at a time, whatever the slots', async () => {
    await launch('sign-in');
    const executing = fixture.execute(plan, undefined, fixture.deps(SOON));
    await saw('notAttempted', 6);
    await signIn();
    const { events: all } = await executing;
    const at = all.findIndex(({ type }) => type === 'paused');
    let running = 0;
    let atOnce = 0;
    for (const { type } of all.slice(
      at + 1,
      all.findIndex((event) => event.type === 'continued'),
    )) {
      if (type === 'attemptStarted') running += 1;
      if (type === 'attemptEnded' || type === 'notAttempted') running = Math.max(0, running - 1);
      atOnce = Math.max(atOnce, running);
    }
    assert.equal(atOnce, 1);
  });

  it('leave a range to run again but for what was done, and what they tore', async () => {
    await launch('sign-in-late', 'each: range', '"{start}..{end}"');
    const executing = fixture.execute(plan, undefined, fixture.deps(SOON));
    await saw('notAttempted', 4);
    await signIn();
    const executed = await executing;
    assert.deepEqual([executed.result, executed.progress.done], ['done', 4]);
  });

  it('leave a date torn that they had begun to write, and take it up again', async () => {
    await fixture.write(
      'phases: [{ id: p, processors: [{ id: J, table: main.j, date_column: day, run: { command: [$JOB, main.j, sign-in-late, "{date}"], each: date } }] }]',
      { j: { '2021-11-05': 3 } },
    );
    plan = await fixture.launch({ dates: ['2021-11-05'], choices: ['all'] });
    const executing = fixture.execute(plan, undefined, fixture.deps(SOON));
    await saw('waitsAgain');
    await signIn();
    const executed = await executing;
    assert.deepEqual([executed.result, executed.progress.done], ['done', 1]);
    assert.equal(endings(executed)[0], '05 done');
    assert.ok(endings(executed).includes('05 torn'), 'it was suspect in between');
  });

  it('go on at once when somebody says that it is mended', async () => {
    await launch('sign-in');
    const executing = fixture.execute(plan, undefined, fixture.deps({ patience: { firstOutageMs: 1_000_000 } }));
    await saw('paused');
    await signIn();
    await fixture.journal.request(plan.id, { kind: 'continue' }, 'ann');
    assert.equal((await executing).result, 'done');
  });

  it('can be cancelled meanwhile', async () => {
    await launch('sign-in');
    const executing = fixture.execute(plan, undefined, fixture.deps({ patience: { firstOutageMs: 1_000_000 } }));
    await saw('paused');
    await fixture.journal.request(plan.id, { kind: 'cancel' }, 'ann');
    const { result, progress } = await executing;
    assert.deepEqual([result, progress.failed, progress.waiting], ['cancelled', 0, 4]);
  });

  it('are not waited for without end where nobody watches', async () => {
    await launch('sign-in');
    const { result, events: all } = await fixture.execute(
      plan,
      undefined,
      fixture.deps({ patience: { firstOutageMs: 20, giveUpMs: 100 } }),
      {
        unattended: true,
      },
    );
    assert.equal(result, 'failed');
    assert.match(JSON.stringify(all), /"type":"note","message":"[^"]*Reauthentication is needed/);
  });

  it('are not believed for ever of a date whose neighbours work', async () => {
    await launch('blames=2021-11-05');
    const executed = await fixture.execute(
      await fixture.launch({ dates: [...DATES, '2021-11-09', '2021-11-10'] }),
      undefined,
      fixture.deps(SOON),
    );
    assert.deepEqual(endings(executed), ['05 failed', '06 done', '07 done', '08 done', '09 done', '10 done']);
  });

  it('are not taken for what a job got over before it failed in another way', async () => {
    await launch('retries');
    const { result, events: all } = await fixture.execute(plan, undefined, fixture.deps(SOON), { unattended: true });
    assert.deepEqual([result, count(all, 'paused'), count(all, 'notAttempted')], ['failed', 0, 0]);
    assert.match(JSON.stringify(all), /KeyError: 'minutes'/);
  });

  it('are known by the words of the manifest, too', async () => {
    await fixture.write(
      `log_profiles: { own: { error: '^(?<cause>no credit .*)', environment: 'no credit' } }
phases: [{ id: p, processors: [{ id: J, table: main.j, date_column: day, log: own, run: { command: [sh, -c, "test -e w.duckdb.signedIn || { echo no credit today; exit 1; }", "{date}"], each: date } }] }]`,
      { j: {} },
    );
    plan = await fixture.launch({ dates: ['2021-11-05'] });
    const executing = fixture.execute(plan, undefined, fixture.deps(SOON));
    await saw('paused');
    await signIn();
    const { events: all } = await executing;
    assert.equal(count(all, 'continued'), 1);
  });
});
