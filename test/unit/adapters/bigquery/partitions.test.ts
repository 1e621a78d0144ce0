import assert from 'node:assert/strict';
import { memoText, readMemo, tablePrint } from '../../../../src/adapters/bigquery/memo';
import {
  changedDates,
  isPartitionedBy,
  partitionPrints,
  partitionsSql,
  rangeOfPartition,
} from '../../../../src/adapters/bigquery/partitions';
import type { TableMetadata } from '../../../../src/adapters/bigquery/tableMetadata';
import { formatRange } from '../../../../src/base/day';
import { bigqueryTable } from '../../../support/bigqueryMetadata';

const daily = bigqueryTable({ timePartitioning: { type: 'DAY', field: 'Game_Date' } });

describe('Partitions of BigQuery', () => {
  it('are asked for by one query, grouped, with the whole path in one pair of backticks', () => {
    assert.equal(
      partitionsSql('my-project.nba', ['a', "b'c"]),
      [
        'SELECT table_name, partition_id, SUM(total_rows) AS row_count, SUM(total_logical_bytes) AS byte_count,',
        '  UNIX_MILLIS(MAX(last_modified_time)) AS modified_ms',
        'FROM `my-project.nba.INFORMATION_SCHEMA.PARTITIONS`',
        "WHERE table_name IN ('a', 'b\\'c')",
        'GROUP BY table_name, partition_id',
      ].join('\n'),
    );
  });

  it('have the dates that their id tells', () => {
    const textOf = (id: string) => {
      const range = rangeOfPartition(id);
      return range && formatRange(range);
    };
    assert.equal(textOf('20240229'), '2024-02-29');
    assert.equal(textOf('2021110123'), '2021-11-01');
    assert.equal(textOf('202402'), '2024-02-01 to 2024-02-29');
    assert.equal(textOf('202112'), '2021-12-01 to 2021-12-31');
    assert.equal(textOf('2021'), '2021-01-01 to 2021-12-31');
    for (const id of ['', '__NULL__', '__UNPARTITIONED__', '42', '-10', '202111012']) assert.equal(textOf(id), undefined, id);
  });

  it('changed where rows, bytes or time differ, came or went; rows without a date count for none', () => {
    const [row, ...rest] = partitionPrints([
      { table_name: 't', partition_id: '20211101', row_count: 3, byte_count: 30, modified_ms: 1000 },
      { table_name: 't', partition_id: '__NULL__', row_count: 1, byte_count: 1, modified_ms: 5 },
      { table_name: 'u', partition_id: '20211101', row_count: null, byte_count: null, modified_ms: null },
    ]).values();
    assert.ok(row);
    assert.equal(rest.length, 1);
    const changed = (change: Record<string, string | undefined>) => {
      const now = new Map(row);
      for (const [id, print] of Object.entries(change)) {
        if (print === undefined) now.delete(id);
        else now.set(id, print);
      }
      const dates = changedDates(row, now);
      return dates === 'all' ? dates : dates.map(formatRange);
    };
    assert.deepEqual(changed({ '20211102': 'new' }), ['2021-11-02']);
    assert.deepEqual(changed({ '20211101': undefined }), ['2021-11-01']);
    for (const figures of [
      { row_count: 2, byte_count: 30, modified_ms: 1000 },
      { row_count: 3, byte_count: 31, modified_ms: 1000 },
      { row_count: 3, byte_count: 30, modified_ms: 1001 },
    ]) {
      const [now] = partitionPrints([{ table_name: 't', partition_id: '20211101', ...figures }]).values();
      assert.deepEqual(changed({ '20211101': now?.get('20211101') }), ['2021-11-01']);
    }
    assert.equal(changed({ __UNPARTITIONED__: '1' }), 'all', 'rows of any date');
    assert.equal(changed({ __NULL__: 'other' }), 'all', 'no partition says what changed');
    assert.equal(changed({}), 'all');
  });

  it('tell of dates only where they are made by them', () => {
    assert.ok(isPartitionedBy(daily, 'game_date'));
    assert.ok(!isPartitionedBy(daily, 'other_date'));
    assert.ok(isPartitionedBy(bigqueryTable({ timePartitioning: { type: 'DAY' } }), '_PARTITIONDATE'));
    assert.ok(!isPartitionedBy(bigqueryTable({ timePartitioning: { type: 'DAY' } }), 'game_date'));
    assert.ok(!isPartitionedBy(bigqueryTable({ rangePartitioning: { field: 'game_date' } }), 'game_date'));
    assert.ok(!isPartitionedBy({ ...daily, type: 'MATERIALIZED_VIEW' }, 'game_date'));
  });
});

describe('The memo of a reading', () => {
  it('gives back what it was given, and tells nothing where it cannot be read', () => {
    const memo = new Map([
      ['nba.a', { print: 'x', partitions: new Map([['20211101', '3.u.rs']]), by: 'game_date' }],
      ['nba.b', { print: 'y' }],
    ]);
    assert.deepEqual(readMemo(memoText(memo)), memo);
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"version":2,"tables":{"a":["x"]}}',
      '{"version":1,"tables":{"a":"x","b":[1]}}',
      '{"version":1,"tables":null}',
    ])
      assert.deepEqual(readMemo(text), new Map(), text);
  });

  it('knows a table by everything that free metadata tell of its rows', () => {
    const print = (change: Partial<TableMetadata>, now = 0) => tablePrint(bigqueryTable(change), now);
    const changes: Partial<TableMetadata>[] = [
      { lastModifiedTime: 1 },
      { numRows: 1 },
      { numBytes: 1 },
      { streamingBuffer: { estimatedRows: 0, estimatedBytes: 0 } },
      { streamingBuffer: { estimatedRows: 1, estimatedBytes: 0 } },
      { streamingBuffer: { estimatedRows: 0, estimatedBytes: 1 } },
    ];
    assert.equal(new Set([print({}), ...changes.map((change) => print(change))]).size, changes.length + 1);
    assert.equal(print({}), print({}, 1e9), 'time alone changes no table');
    assert.equal(print({ type: 'VIEW' }), print({ type: 'VIEW' }, 60_000));
    assert.notEqual(print({ type: 'VIEW' }), print({ type: 'VIEW' }, 15 * 60_000), 'a view tells nothing of its rows');
  });
});
