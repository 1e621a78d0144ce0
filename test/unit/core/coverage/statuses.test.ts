import assert from 'node:assert/strict';
import { STATUSES } from '../../../../src/base/status';
import { classify } from '../../../../src/core/coverage/classify';
import { FLAG } from '../../../../src/core/coverage/coverage';
import { explain } from '../../../../src/core/coverage/explain';
import { partitionKey, reasonText } from '../../../../src/core/words';
import { goldenCases, relativeDates } from '../../../support/statusTable';

describe('the table of docs/statuses.md', () => {
  const cases = goldenCases('docs/statuses.md');

  it('names every status', () => {
    const named = new Set(cases.map(({ status }) => status.split(' ')[0]));
    assert.deepEqual(
      [...STATUSES].filter((status) => !named.has(status)),
      [],
    );
  });

  for (const { name, input, node, day, status, reason, roots } of cases) {
    it(name, () => {
      const grid = classify(input);
      const explanation = explain(input, grid, node, day);
      const cell = node * grid.dayCount + day - grid.firstDay;
      const flags = Object.entries(FLAG).filter(([, bit]) => ((grid.flags[cell] ?? 0) & bit) !== 0);
      const [first] = explanation.reasons;
      assert.deepEqual(
        {
          status: [STATUSES[grid.status[cell] ?? 0], ...flags.map(([flag]) => `+${flag}`)].join(' '),
          reason: first === undefined ? '' : relativeDates(`${first.kind}: ${reasonText(first)}`, day),
          roots: explanation.roots.map((root) => relativeDates(`${partitionKey(root.node, root.day)} ${root.fix}`, day)),
        },
        { status, reason, roots },
      );
      assert.equal(explanation.status, STATUSES[grid.status[cell] ?? 0]);
      // What is over is told of a date and counts for nothing: it has no bit in the grid.
      const told = explanation.overlays.map(({ kind }) => kind).filter((kind) => kind !== 'waiverExpired');
      assert.deepEqual(told.sort(), flags.map(([flag]) => flag).sort());
      assert.equal(explanation.overlays.length > told.length, name === 'the waiver has expired');
    });
  }
});
