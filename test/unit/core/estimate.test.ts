import assert from 'node:assert/strict';
import { estimateOf, runTimesOf } from '../../../src/core/estimate';
import { runsOf } from '../../../src/core/runHistory';
import { attempt, buildPipeline } from '../../support/builders';
import { historyRow, historyTable } from '../../support/records';

const pipeline = buildPipeline({ nodes: [{ id: 'A', aliases: ['AProcessor'] }, { id: 'B' }] });
const runs = runsOf(
  [
    ...[10, 20, 30].map((seconds) => historyRow('AProcessor', `2021-11-${seconds}`, 'success', { run: `${seconds}`, seconds })),
    historyRow('AProcessor', '2021-11-01', 'failed', { run: 'x', seconds: 999 }),
    historyRow('B', '2021-11-01', 'partial', { run: 'y', seconds: 7 }),
    historyRow('Stranger', '2021-11-01', 'success', { run: 'z', seconds: 7 }),
    historyRow('B', '2021-11-02', 'success', { run: 'w' }),
  ],
  pipeline,
  historyTable(),
  Date.UTC(2021, 11, 2),
);
const job = (processor: string) => ({ processor, slots: 1 }) as Parameters<typeof estimateOf>[0][number];
const dates = (processor: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ processor, date: `2021-11-0${index + 1}`, action: 'run' as const, status: 'missing' as const },
    ...{ why: '', preflight: 'allowed' as const },
  }));

describe('an estimate from a run history', () => {
  const noted = runTimesOf(runs, 'ops.runs');

  it('takes the runs that ended well, of processors that are known', () => {
    assert.deepEqual(noted, {
      table: 'ops.runs',
      seconds: new Map([
        ['A', [10, 20, 30]],
        ['B', [7]],
      ]),
    });
    assert.equal(runTimesOf([], 'ops.runs'), undefined);
  });

  it('says what it rests on', () => {
    assert.deepEqual(estimateOf([job('A'), job('B')], [...dates('A', 2), ...dates('B', 1)], { last: new Map() }, noted), {
      ...{ p50: 47, p90: 63 },
      basis: '3 runs of A in ops.runs, 1 run of B in ops.runs',
      dates: [
        { processor: 'A', p50: 20, p90: 28, of: 3 },
        { processor: 'B', p50: 7, p90: 7, of: 1 },
      ],
    });
  });

  it('is no match for attempts of the journal', () => {
    const last = new Map([['A 2021-11-01', attempt({ outcome: 'done', seconds: 5 })]]);
    assert.equal(estimateOf([job('A')], dates('A', 1), { last }, noted)?.basis, '1 attempt of A');
    assert.equal(estimateOf([job('A')], dates('A', 1), { last: new Map() }), undefined);
  });
});
