import assert from 'node:assert/strict';
import { openWarehouse } from '../../../../src/adapters/openWarehouse';
import { prepareClean } from '../../../../src/app/planning/prepareClean';
import { launchPlan } from '../../../../src/app/planning/preparePlan';
import type { Plan } from '../../../../src/core/backfill/backfill';
import { classify } from '../../../../src/core/coverage/classify';
import { runDuckdb } from '../../../support/duckdb';
import { ExecutionFixture } from '../../../support/execution';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const PIPELINE = `sources: [{ id: RAW, table: main.raw, date_column: day }]
phases:
  - id: build
    processors:
      - { id: A, table: main.a, date_column: day, needs: [{ source: RAW }], run: { sql: sql/a.sql } }
      - { id: B, table: main.b, date_column: day, needs: [{ processor: A }], run: { sql: sql/b.sql } }`;
const DATE = '2021-11-05';

describe('a plan that deletes partitions', () => {
  const temporary = useTemporaryFolder();
  let fixture: ExecutionFixture;

  beforeEach(async () => {
    fixture = new ExecutionFixture(temporary());
    await fixture.write(PIPELINE, { raw: { [DATE]: 8 }, a: { [DATE]: 8 }, b: { [DATE]: 8 } });
    await fixture.writeSql('a.sql', 'SELECT day, k, 1 AS stamp FROM raw WHERE day = @date\n');
    await fixture.writeSql('b.sql', 'SELECT day, k, 1 AS stamp FROM a WHERE day = @date\n');
  });

  async function clean(withDownstream = true): Promise<Plan> {
    const input = await fixture.input();
    const warehouse = openWarehouse(input.pipeline.warehouse, fixture.folder, Date);
    const request = { select: `A & ${DATE} & all`, withDownstream, author: 'ann' };
    const plan = await prepareClean({ input, grid: classify(input), request }, warehouse, fixture.manifest);
    await launchPlan(plan, fixture.journal, fixture.deps().readText);
    return plan;
  }

  it('keeps what was shown of each partition, and deletes it', async () => {
    const plan = await clean();
    assert.deepEqual(
      plan.partitions.map(({ processor, shown }) => `${processor} ${shown?.rows.join()}`),
      ['B 8', 'A 8'],
    );
    assert.deepEqual((await fixture.journal.read(plan.id))?.plan, plan);
    assert.equal((await fixture.execute(plan)).result, 'done');
    assert.deepEqual([await fixture.rows('a'), await fixture.rows('b')], [{}, {}]);
    assert.equal(await fixture.statusOf('A', DATE), 'missing cleaned');
  });

  it('leaves what holds other rows by then, and all that it was built from', async () => {
    const plan = await clean();
    await runDuckdb(fixture.database, `INSERT INTO b SELECT DATE '${DATE}', 100, 0`);
    const { result, events } = await fixture.execute(plan);
    assert.equal(result, 'failed');
    const ends = events.filter((event) => event.type === 'attemptEnded');
    assert.deepEqual(
      ends.map(({ processor, outcome, category, message }) => [processor, outcome, category, message]),
      [['B', 'failed', 'guard', 'it holds 9 rows, where 8 rows were shown: nothing was deleted']],
    );
    assert.deepEqual([await fixture.rows('a'), await fixture.rows('b')], [{ [DATE]: 8 }, { [DATE]: 9 }]);
  });

  it('notices rows that were replaced by as many others', async () => {
    const plan = await clean();
    await runDuckdb(fixture.database, 'UPDATE b SET stamp = 7 WHERE k = 3');
    const { events } = await fixture.execute(plan);
    const [end] = events.filter((event) => event.type === 'attemptEnded');
    assert.match(end?.message ?? '', /other rows than the 8 rows that were shown: nothing was deleted/);
  });

  it('does not delete by a manifest that means other rows than it was planned with', async () => {
    const plan = await clean();
    const { readFile, writeFile } = await import('node:fs/promises');
    const manifest = await readFile(fixture.manifest, 'utf8');
    await writeFile(fixture.manifest, manifest.replace('id: B, table: main.b,', 'id: B, table: main.b, where: "stamp > 5",'));
    await assert.rejects(fixture.execute(plan), { kind: 'changed' });
    const now = fixture.execute(plan, undefined, fixture.deps(), { manifest: 'asItIsNow' });
    await assert.rejects(now, { kind: 'changed', message: /can only go on with --as-planned/ });
    assert.deepEqual(await fixture.rows('b'), { [DATE]: 8 });
  });

  it('leaves to another backfill what it holds, and is no reason for another to think that it was built', async () => {
    const run = await fixture.launch({ processors: ['A'], dates: [DATE], choices: ['all'] });
    const plan = await clean(false);
    assert.equal((await fixture.execute(plan)).result, 'done');
    const { result, events } = await fixture.execute(run);
    assert.equal(result, 'done');
    assert.ok(events.some((event) => event.type === 'attemptEnded' && event.outcome === 'done'));
    assert.deepEqual(await fixture.rows('a'), { [DATE]: 8 });
  });

  it('goes on after a crash: what was deleted is not asked for again, what was not is deleted', async () => {
    const plan = await clean();
    let isGone = false;
    // The executor dies between the delete and its line in the journal.
    const dying = new Proxy(fixture.journal, {
      get(journal, key) {
        if (key === 'append')
          return async (id: string, ...bodies: Parameters<typeof journal.append> extends [string, ...infer B] ? B : never) => {
            isGone ||= bodies.some(({ type }) => type === 'attemptEnded');
            if (isGone) throw new Error('the executor is gone');
            return journal.append(id, ...bodies);
          };
        const value: unknown = Reflect.get(journal, key);
        return typeof value === 'function' ? value.bind(journal) : value;
      },
    });
    await assert.rejects(fixture.execute(plan, undefined, fixture.deps({ journal: dying })), /the executor is gone/);
    assert.deepEqual([await fixture.rows('a'), await fixture.rows('b')], [{ [DATE]: 8 }, {}]);
    const { result, events } = await fixture.execute(plan, undefined, fixture.deps(), { resume: true });
    assert.equal(result, 'done');
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'attemptEnded' ? [`${event.processor} ${event.outcome}`] : [])),
      ['B cleaned', 'A cleaned'],
    );
    assert.deepEqual(await fixture.rows('a'), {});
  });
});
