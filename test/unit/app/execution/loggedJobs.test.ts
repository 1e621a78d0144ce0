import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { classify } from '../../../../src/core/coverage/classify';
import { explain } from '../../../../src/core/coverage/explain';
import { reasonText } from '../../../../src/core/words';
import { day } from '../../../support/builders';
import { type Executed, ExecutionFixture } from '../../../support/execution';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const JOB = resolve('test/support/jobs/loggedJob.mjs');

describe('attempts whose jobs log by date', () => {
  const folder = useTemporaryFolder();
  let fixture: ExecutionFixture;
  beforeEach(() => {
    fixture = new ExecutionFixture(folder());
  });

  async function run(told: readonly string[], rows: Readonly<Record<string, number>> = {}): Promise<Executed> {
    const argv = [process.execPath, JOB, fixture.database, 'j', '{start}..{end}', ...told];
    await fixture.write(
      `phases: [{ id: one, processors: [{ id: J, table: main.j, date_column: day, log: nba-phase4, run: { command: ${JSON.stringify(argv)}, each: range } }] }]`,
      { j: rows },
    );
    return fixture.run({ from: '2021-11-02', to: '2021-11-05', choices: ['all'] });
  }
  const ends = ({ events }: Executed) => events.filter((event) => event.type === 'attemptEnded');
  const told = (executed: Executed) =>
    ends(executed).map(({ date, outcome, category, message }) => [date.slice(-2), outcome, category, message]);

  it('tell why each date failed or was skipped, and what their log claims', async () => {
    const executed = await run(['fail=2021-11-03', 'skip=2021-11-04', 'lie=2021-11-05'], { '2021-11-05': 3 });
    assert.deepEqual(told(executed), [
      ['02', 'done', undefined, undefined],
      [
        '03',
        'succeededButEmpty',
        'ValueError',
        'it ended without an error and left no rows; its log says that it failed: No upcoming player context data extracted',
      ],
      ['04', 'succeededButEmpty', 'empty', 'it ended without an error and left no rows; its log says: skipped, bootstrap period'],
      [
        '05',
        'wroteNothing',
        'wroteNothing',
        'it ended without an error and changed nothing of 3 rows; its log says that it succeeded, by its own count with 312 rows',
      ],
    ]);
  });

  it('say why a date has no rows, to whoever asks', async () => {
    await run(['skip=2021-11-04']);
    const input = await fixture.input();
    const { reasons } = explain(input, classify(input), 0, day('2021-11-04'));
    assert.deepEqual(reasons.map(reasonText), [
      'attempt J-2021-11-04-1 ended without an error and left no rows; its log says: skipped, bootstrap period',
    ]);
  });

  it('keep the seconds of their stages, in the journal and in the ledger', async () => {
    const executed = await run(['fail=2021-11-03']);
    assert.deepEqual(
      ends(executed).map(({ stages }) => stages),
      [
        { dependencies: 0, extract: 0.1 },
        { dependencies: 0 },
        { dependencies: 0, extract: 0.1 },
        { dependencies: 0, extract: 0.1 },
      ],
    );
    const { last } = await fixture.journal.ledger();
    assert.deepEqual(last.get('J 2021-11-02')?.stages, { dependencies: 0, extract: 0.1 });
  });

  it('say of a check that kept all of them from running what it was', async () => {
    const executed = await run(['preflight']);
    assert.deepEqual(
      [...new Set(ends(executed).map(({ outcome, message }) => `${outcome}: ${message}`))],
      ['failed: exit code 1: PRE-FLIGHT CHECK FAILED: Phase 3 data is incomplete!'],
    );
  });
});
