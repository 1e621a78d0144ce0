import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileJournal } from '../../../../src/adapters/journal/fileJournal';
import type { Plan } from '../../../../src/core/backfill/backfill';
import { ExecutionFixture } from '../../../support/execution';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const DATES = ['2021-11-01', '2021-11-02'];

describe('a plan that somebody edited by hand', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  /** What its execution comes to: the result and the notes, or why it is refused. */
  async function executed(edit: (plan: Plan) => Plan): Promise<readonly string[]> {
    const fixture = new ExecutionFixture(folder());
    await fixture.write(
      'phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day, run: { each: date, command: [$JOB, main.j, fill, "{date}"] } }] }]',
      { j: {} },
    );
    const plan = await fixture.launch({ dates: DATES });
    const path = join(fixture.journal.folder(plan.id), 'plan.json');
    await writeFile(path, JSON.stringify(edit(JSON.parse(await readFile(path, 'utf8')) as Plan)));
    const journal = new FileJournal(join(fixture.folder, '.backfill'), { heartbeatMs: 100 });
    const deps = fixture.deps({ journal });
    return fixture.execute(plan, undefined, deps).then(
      ({ result, events }) => [result, ...events.flatMap((event) => (event.type === 'note' ? [event.message] : []))],
      (thrown: unknown) => [String(thrown)],
    );
  }

  it('never runs another command than was planned by itself', async () => {
    const [refused = ''] = await executed((plan) => ({
      ...plan,
      jobs: plan.jobs.map((job) => ({ ...job, command: ['false'] })),
    }));
    assert.match(refused, /J: plan\.json tells another job than the manifest that it was made from\. Say what to go by/);
  });

  for (const [what, jobs] of [
    ['no job', () => []],
    ['no slot', (plan: Plan) => plan.jobs.map((job) => ({ ...job, slots: 0 }))],
  ] as const) {
    it(`says what it could not start for ${what}`, async () => {
      assert.deepEqual(await executed((plan) => ({ ...plan, jobs: jobs(plan) })), [
        'failed',
        '2 partitions could not be started: plan.json has no job with a slot for them. Plan again what is left.',
      ]);
    });
  }

  it('runs a partition once that it names twice', async () => {
    assert.deepEqual(await executed((plan) => ({ ...plan, partitions: [...plan.partitions, ...plan.partitions] })), ['done']);
  });
});
