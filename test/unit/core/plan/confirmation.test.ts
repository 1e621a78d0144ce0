import assert from 'node:assert/strict';
import { formatDay } from '../../../../src/base/day';
import type { Status } from '../../../../src/base/status';
import type { Plan } from '../../../../src/core/backfill/backfill';
import { confirmationOf } from '../../../../src/core/plan/confirmation';
import { planOf } from '../../cli/backfillFixture';

function plan(
  dates: number,
  more: { readonly p50?: number; readonly status?: Status; readonly processors?: readonly string[] } = {},
): Plan {
  const { p50, status = 'missing', processors = ['A'] } = more;
  const partitions = processors.flatMap((processor) =>
    Array.from({ length: dates }, (_, index) => ({
      processor,
      date: formatDay(18_000 + index),
      action: 'run' as const,
      status,
      why: '',
      preflight: 'allowed' as const,
    })),
  );
  return { ...planOf([]), partitions, ...(p50 !== undefined && { estimate: { p50, p90: p50, basis: 'a test' } }) };
}

describe('the confirmation of a plan', () => {
  it('is for more than 60 dates, whatever the number of processors', () => {
    assert.equal(confirmationOf(plan(60, { processors: ['A', 'B', 'C'] })), undefined);
    assert.deepEqual(confirmationOf(plan(61, { processors: ['A', 'B'] })), { text: '61', why: '61 dates.' });
    assert.deepEqual(confirmationOf(plan(1096, { p50: 93_600 })), { text: '1096', why: '1,096 dates, about 1 d 2 h.' });
  });

  it('is for more than two hours', () => {
    assert.equal(confirmationOf(plan(5, { p50: 7200 })), undefined);
    assert.equal(confirmationOf(plan(5, { p50: 7201 }))?.text, '5');
  });

  it('is for whatever is complete or off', () => {
    assert.equal(confirmationOf(plan(5, { status: 'stale' })), undefined);
    assert.deepEqual(confirmationOf(plan(2, { status: 'complete' })), {
      text: '2',
      why: '2 dates, 2 complete partitions replaced.',
    });
    assert.equal(confirmationOf(plan(1, { status: 'off' }))?.why, '1 date, 1 partition where nothing is expected.');
  });

  it('does not count what is skipped', () => {
    const skipped = plan(100);
    assert.equal(
      confirmationOf({ ...skipped, partitions: skipped.partitions.map((one) => ({ ...one, action: 'skip' as const })) }),
      undefined,
    );
  });
});
