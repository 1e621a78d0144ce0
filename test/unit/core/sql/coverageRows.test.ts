import assert from 'node:assert/strict';
import { calendarObservations, nodeObservations, tableDays } from '../../../../src/core/sql/coverageRows';
import { buildPipeline, DAILY, day } from '../../../support/builders';

const DAY = day('2021-11-01');

describe('The rows of a coverage query', () => {
  it('hold counts that are too many for a column as the most that it holds', () => {
    const [node] = buildPipeline({ calendars: [DAILY], nodes: [{ id: 'A', entity: ['x'], key: ['y'] }] }).nodes;
    assert.ok(node);
    const table = node.tables[0];
    const counts = { row_count: 3_000_000_000, entity_count: 5_000_000_000n, key_count: 2 };
    const days = tableDays([{ key: 'A', tbl: table, day: 'd', written_ms: null, ...counts }], () => DAY);
    const { rows, entities, keys } = nodeObservations(node, days, 0);
    assert.deepEqual([...rows, ...(entities ?? []), ...(keys ?? [])], [2 ** 31 - 1, 2 ** 31 - 1, 2]);
    assert.deepEqual([...calendarObservations(days, 0).counts], [2 ** 31 - 1]);
  });
});
