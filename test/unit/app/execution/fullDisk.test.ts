import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileJournal } from '../../../../src/adapters/journal/fileJournal';
import { withAppends } from '../../../../src/app/execution/fullDisk';
import type { Journal } from '../../../../src/app/journal';
import { ExecutionFixture } from '../../../support/execution';
import { useTemporaryFolder } from '../../../support/temporaryFolder';
import { TinyDisk } from '../../../support/tinyDisk';
import { until } from '../../../support/until';
import { planOf } from '../../cli/backfillFixture';

describe('a full disk', function () {
  this.timeout(20_000);
  let disk: TinyDisk | undefined;
  // Before the folder is removed.
  afterEach(() => disk?.unmount());
  const folder = useTemporaryFolder();
  beforeEach(async function () {
    await mkdir(join(folder(), '.backfill'));
    disk = await TinyDisk.mount(this, join(folder(), '.backfill'));
  });

  it('takes an event as a whole or not at all', async () => {
    const journal = new FileJournal(join(folder(), '.backfill'));
    const plan = planOf([['PDC', 5]]);
    await journal.create(plan);
    await journal.append(plan.id, { type: 'note', message: 'first' });
    await disk?.fill(4096);
    const long = 'x'.repeat(12_000);
    await assert.rejects(journal.append(plan.id, { type: 'note', message: long }, { type: 'note', message: 'after' }), {
      kind: 'full',
    });
    await disk?.free();
    await journal.append(plan.id, { type: 'note', message: long }, { type: 'note', message: 'after' });
    const record = await new FileJournal(join(folder(), '.backfill')).read(plan.id);
    assert.deepEqual([record?.events.map(({ seq }) => seq), record?.problems], [[1, 2, 3], []]);
  });

  it('of the journal holds up a backfill, which then writes down all that happened in its order', async () => {
    const fixture = new ExecutionFixture(folder());
    const dates = Array.from({ length: 16 }, (_, index) => `2021-11-${String(index + 5).padStart(2, '0')}`);
    await fixture.write(
      `sources: [{ id: RAW, table: main.raw, date_column: day }]
phases: [{ id: p, processors: [{ id: A, table: main.a, date_column: day, needs: [{ source: RAW }], run: { sql: sql/a.sql } }] }]`,
      { raw: Object.fromEntries(dates.map((date) => [date, 4])), a: {} },
    );
    await fixture.writeSql('a.sql', 'SELECT day, k, stamp FROM raw WHERE day = @date');
    const plan = await fixture.launch({ select: `A & ${dates.join(',')}` });
    let writes = 0;
    let fulls = 0;
    const append: Journal['append'] = async (...of) => {
      try {
        return await fixture.journal.append(...of);
      } catch (thrown) {
        fulls += 1;
        throw thrown;
      }
    };
    const { openWriter } = fixture.deps();
    const executing = fixture.execute(
      plan,
      undefined,
      fixture.deps({
        journal: withAppends(fixture.journal, { append }),
        patience: { firstOutageMs: 20 },
        openWriter: (config, where) => {
          const writer = openWriter(config, where);
          return {
            replace: async (...of) => {
              writes += 1;
              await writer.replace(...of);
              if (writes === 1) await disk?.fill();
            },
            clean: (...of) => writer.clean(...of),
            cleanSql: (...of) => writer.cleanSql(...of),
            release: () => writer.release(),
          };
        },
      }),
    );
    // It looks again every now and then, and starts nothing: what it has done is not on record yet.
    await until(() => fulls >= 3);
    const stopped = writes;
    const before = await readFile(join(folder(), '.backfill', 'runs', plan.id, 'events.ndjson'), 'utf8');
    assert.ok(before.endsWith('}\n'), 'no torn line');
    const seen = fulls;
    await until(() => fulls > seen);
    assert.equal(writes, stopped);
    await disk?.free();
    const executed = await executing;
    assert.deepEqual([executed.result, executed.progress.done, writes], ['done', 16, 16]);
    const types = executed.events.map(({ type }) => type).filter((type) => !type.startsWith('attempt'));
    assert.deepEqual(types, ['started', 'paused', 'continued', 'ended']);
    assert.deepEqual(
      executed.events.map(({ seq }) => seq),
      executed.events.map((_, index) => index + 1),
    );
    assert.deepEqual((await fixture.journal.read(plan.id))?.problems, []);
  });
});
