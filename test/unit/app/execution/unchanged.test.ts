import assert from 'node:assert/strict';
import { type Executed, ExecutionFixture } from '../../../support/execution';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const DATE = '2021-11-05';
const LOGGED = "log_profiles: { told: { success: ['^(?<date>\\d{4}-\\d{2}-\\d{2}): (?<rows>\\d+) rows'] } }\n";

describe('a job that writes equal rows each time', () => {
  const folder = useTemporaryFolder();
  let fixture: ExecutionFixture;
  beforeEach(() => {
    fixture = new ExecutionFixture(folder());
  });

  const write = (behaviour: string, more = '', tables = {}) =>
    fixture.write(
      `${LOGGED}phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day${more}, run: { each: date, command: [$JOB, main.j, ${behaviour}, "{date}"] } }] }]`,
      tables,
    );
  const again = () => fixture.run({ dates: [DATE], choices: ['all'] });
  const endOf = ({ events }: Executed) => events.find((event) => event.type === 'attemptEnded');
  /** Whole rows, of which nobody knows that: their job failed after it had written them. */
  async function torn(more = ''): Promise<void> {
    await write('same-fail', more, { j: {} });
    await fixture.run({ dates: [DATE] });
    assert.equal(await fixture.statusOf('J', DATE), 'suspect torn');
  }

  it('makes a torn partition whole where its log tells of as many rows as are there', async () => {
    await torn();
    await write('same', ', log: told');
    const executed = await again();
    assert.deepEqual([executed.result, endOf(executed)?.outcome], ['done', 'done']);
    assert.ok(
      executed.events.some(
        (event) =>
          event.type === 'note' &&
          event.message ===
            `J ${DATE} was in doubt, and its job has written equal rows again: its log tells of 10 rows, as many as are there.`,
      ),
    );
    assert.equal(await fixture.statusOf('J', DATE), 'complete');
  });

  it('does not where nothing is told, and says what makes it whole', async () => {
    await torn();
    await write('same');
    const executed = await again();
    assert.deepEqual([executed.result, endOf(executed)?.outcome], ['failed', 'wroteNothing']);
    assert.equal(
      endOf(executed)?.message,
      `it ended without an error and changed nothing of 10 rows; nothing proves that it is whole now: delete it by \`backfill clean J ${DATE}\` and run it again, or name the column that tells when a row was written as \`written_at\` in the manifest`,
    );
    assert.equal(await fixture.statusOf('J', DATE), 'suspect torn');
  });

  it('does not where its log tells of other rows, or it lacks of what is expected', async () => {
    await torn();
    await write('same', ', log: told, expect: { min_rows: 11 }');
    assert.equal(endOf(await again())?.outcome, 'wroteNothing');
    await write('nothing', ', log: told');
    assert.equal(endOf(await again())?.outcome, 'wroteNothing');
    assert.equal(await fixture.statusOf('J', DATE), 'suspect torn');
  });

  it('is told how its writing could be seen', async () => {
    await write('same', '', { j: {} });
    await fixture.run({ dates: [DATE] });
    const executed = await again();
    assert.match(
      endOf(executed)?.message ?? '',
      /changed nothing of 10 rows; if it writes equal rows each time, name the column that tells when a row was written as `written_at` in the manifest$/,
    );
    assert.equal(await fixture.statusOf('J', DATE), 'complete');
  });
});
