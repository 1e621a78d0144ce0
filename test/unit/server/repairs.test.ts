import assert from 'node:assert/strict';
import { classify } from '../../../src/core/coverage/classify';
import type { AttemptFact } from '../../../src/core/coverage/coverage';
import { isRepaired } from '../../../src/server/logs/repairs';
import { attempt, buildInput } from '../../support/builders';
import { planOf } from '../cli/backfillFixture';

describe('a partition whose attempt failed', () => {
  const plan = planOf([['A', 5]]);
  const rerun = planOf([['A', 5, 'skip']]);

  function state(rows: number, last: AttemptFact) {
    const input = buildInput({
      seasons: [['2021-11-01', '2021-11-10']],
      nodes: [{ id: 'A' }],
      data: { A: { '2021-11-05': rows } },
      last: { 'A 2021-11-05': last },
    });
    return { input, grid: classify(input), source: 'warehouse' as const };
  }
  const failed = attempt({ backfill: plan.id, outcome: 'failed', before: 'r0 e- k- w- c', after: 'r0 e- k- w- c' });
  const repaired = (rows: number, last: AttemptFact, of = plan) => isRepaired(state(rows, last), of, 'A', '2021-11-05');

  it('is repaired when it is complete, whoever filled it, or when a later backfill has done it', () => {
    assert.equal(repaired(0, failed), false);
    assert.equal(repaired(10, failed), true, 'by hand');
    assert.equal(repaired(0, attempt({ backfill: 'later', outcome: 'failed' })), false);
    assert.equal(repaired(10, attempt({ backfill: 'later', outcome: 'done', after: 'r10 e- k- w- c' })), true);
  });

  it('is not where it was complete already when its attempt failed, or where nothing is known of it', () => {
    assert.equal(repaired(10, failed, rerun), false);
    assert.equal(isRepaired(undefined, plan, 'A', '2021-11-05'), false);
    assert.equal(isRepaired(state(10, failed), plan, 'B', '2021-11-05'), false);
    assert.equal(isRepaired(state(10, failed), planOf([['A', 28]]), 'A', '2021-12-28'), false);
  });
});
