import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DuckdbRecords } from '../../../../src/adapters/duckdb/duckdbRecords';
import { FileStore } from '../../../../src/adapters/duckdb/fileStore';
import { formatDay } from '../../../../src/base/day';
import { MOST_RECORDS } from '../../../../src/core/sql/records';
import { buildPipeline } from '../../../support/builders';
import { runDuckdb } from '../../../support/duckdb';
import { failureTable, historyTable } from '../../../support/records';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const { reason: _, created: __, ...plain } = failureTable();
const { table, processor, date, status, started = '', statuses } = historyTable();
const bare = { table, processor, date, status, started, statuses };

describe('DuckdbRecords', () => {
  const folder = useTemporaryFolder();
  const path = () => join(folder(), 'w.duckdb');
  const records = () => new DuckdbRecords(new FileStore(path()), { now: () => 1_000 });

  it('reads the newest dates up to a limit, and says that there are more', async () => {
    const count = MOST_RECORDS + 5;
    await runDuckdb(
      path(),
      'CREATE SCHEMA ops',
      `CREATE TABLE ops.failures AS SELECT 'PDC' AS processor_name, DATE '1960-01-01' + i::INTEGER AS analysis_date, 'ann' AS entity_id, 'X' AS failure_category FROM range(${count}) r(i)`,
      `CREATE TABLE ops.runs AS SELECT 'PDC' AS processor_name, DATE '1960-01-01' + i::INTEGER AS data_date, 'success' AS status, TIMESTAMP '2021-11-01' AS started_at FROM range(${count}) r(i)`,
    );
    const pipeline = buildPipeline({ nodes: [{ id: 'PDC' }], failures: [plain], history: bare });
    const failures = await records().failures(pipeline);
    const history = await records().history(pipeline);
    const last = formatDay(-3653 + count - 1);
    assert.deepEqual(
      [failures.records.length, failures.truncated, formatDay(failures.records[0]?.day ?? 0)],
      [MOST_RECORDS, true, last],
    );
    assert.deepEqual([history.rows.length, history.truncated, formatDay(history.rows[0]?.day ?? 0)], [MOST_RECORDS, true, last]);
    const all = { from: -3653, to: -3653 + MOST_RECORDS - 1 };
    assert.equal((await records().failures(pipeline, all)).truncated, false);
  });

  it('reads the others where a view among them fails', async () => {
    await runDuckdb(
      path(),
      'CREATE SCHEMA ops',
      `CREATE TABLE ops.failures AS SELECT 'PDC' AS processor_name, DATE '2021-11-05' AS analysis_date, 'ann' AS entity_id, 'X' AS failure_category`,
      `CREATE VIEW ops.broken AS SELECT 'PDC' AS processor_name, CAST(n AS DATE) AS analysis_date, 'ann' AS entity_id, 'X' AS failure_category FROM (VALUES ('no date')) t(n)`,
    );
    const pipeline = buildPipeline({
      nodes: [{ id: 'PDC' }],
      failures: [{ ...plain, table: 'ops.broken', name: 'Broken' }, plain],
    });
    const { records: found, errors: unread } = await records().failures(pipeline);
    assert.deepEqual(
      found.map((one) => one.table),
      [1],
    );
    assert.match(unread.get(0)?.message ?? '', /^Failures of Broken: .*no date/);
  });
});
