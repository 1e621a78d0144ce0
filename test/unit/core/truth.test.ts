import assert from 'node:assert/strict';
import { STATUSES } from '../../../src/base/status';
import { classify } from '../../../src/core/classify';
import expected from '../../fixtures/coverage-nov-2021.expected.json';
import { buildInput, day } from '../../support/builders';
import { NOVEMBER_NODES, november2021 } from '../../support/realSeasons';

describe('real data', () => {
  it('smoke', () => {
    const input = buildInput(november2021(NOVEMBER_NODES));
    const grid = classify(input);
    for (const { date, statuses } of expected.dates) {
      const got = Object.fromEntries(
        input.pipeline.nodes.map((n) => [n.id, STATUSES[grid.status[n.index * grid.dayCount + day(date) - grid.firstDay] ?? 0]]),
      );
      assert.deepEqual(got, statuses, date);
    }
  });
});
