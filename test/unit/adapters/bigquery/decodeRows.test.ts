import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeRows, type PlainValue } from '../../../../src/adapters/bigquery/decodeRows';
import type { TableField } from '../../../../src/adapters/bigquery/tableMetadata';
import { parseTablePath } from '../../../../src/adapters/bigquery/tablePath';

function field(type: string, mode: TableField['mode'] = 'NULLABLE', fields: readonly TableField[] = []): TableField {
  return { name: 'x', type, mode, fields };
}

function decoded(of: TableField, v: unknown): PlainValue | undefined {
  return decodeRows([of], [{ f: [{ v }] }])[0]?.['x'];
}

describe('Rows of BigQuery', () => {
  const table: readonly (readonly [string, TableField, unknown, PlainValue])[] = [
    ['a whole number', field('INT64'), '42', 42],
    ['the largest exact number', field('INT64'), '9007199254740991', 9007199254740991],
    ['a number beyond it', field('INT64'), '-9007199254740993', -9007199254740993n],
    ['a decimal', field('NUMERIC'), '0.125', 0.125],
    ['infinity', field('FLOAT64'), '-Infinity', Number.NEGATIVE_INFINITY],
    ['infinity in short', field('FLOAT64'), '-inf', Number.NEGATIVE_INFINITY],
    ['no number', field('FLOAT64'), 'NaN', Number.NaN],
    ['a truth', field('BOOL'), 'false', false],
    ['a time in microseconds', field('TIMESTAMP'), '1635724800123456', 1635724800123.456],
    ['a time before 1970', field('TIMESTAMP'), '-1000', -1],
    ['a time in seconds, as an emulator may give it', field('TIMESTAMP'), '1.635724800123E9', 1635724800123],
    ['a time as a text', field('TIMESTAMP'), '2021-11-01 00:00:00 UTC', 1635724800000],
    ['a date', field('DATE'), '2021-11-01', '2021-11-01'],
    ['JSON', field('JSON'), '{"a":[1,null]}', { a: [1, null] }],
    ['JSON that is none', field('JSON'), '{', '{'],
    ['nothing', field('INT64'), null, null],
    ['a list', field('INT64', 'REPEATED'), [{ v: '1' }, { v: '2' }], [1, 2]],
    ['no list', field('INT64', 'REPEATED'), null, []],
    ['a record', field('STRUCT', 'NULLABLE', [{ ...field('BOOL'), name: 'y' }]), { f: [{ v: 'true' }] }, { y: true }],
  ];
  for (const [title, of, cell, expected] of table) {
    it(`hold ${title}`, () => assert.deepEqual(decoded(of, cell), expected));
  }

  it('are read whatever is in them', () => {
    const types = fc.constantFrom(
      'INT64',
      'FLOAT64',
      'NUMERIC',
      'BOOL',
      'DATE',
      'TIMESTAMP',
      'JSON',
      'STRING',
      'STRUCT',
      'RANGE',
    );
    const modes = fc.constantFrom<TableField['mode']>('NULLABLE', 'REQUIRED', 'REPEATED');
    fc.assert(
      fc.property(types, modes, fc.jsonValue(), (type, mode, cell) => {
        assert.notEqual(decoded(field(type, mode), cell), undefined);
      }),
    );
  });
});

describe('The path of a table', () => {
  it('is of the default project unless it names one, with dashes, a domain or a partition', () => {
    assert.deepEqual(parseTablePath('nba.pdc', 'my-project'), { project: 'my-project', dataset: 'nba', table: 'pdc' });
    assert.deepEqual(parseTablePath('their-project-1.nba.pdc$20211101', 'p'), {
      project: 'their-project-1',
      dataset: 'nba',
      table: 'pdc$20211101',
    });
    assert.deepEqual(parseTablePath('example.com:p.nba.pdc', 'p'), { project: 'example.com:p', dataset: 'nba', table: 'pdc' });
  });
});
