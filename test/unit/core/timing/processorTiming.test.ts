import assert from 'node:assert/strict';
import { formatDay } from '../../../../src/base/day';
import { runsOf } from '../../../../src/core/records/runHistory';
import { timingOf } from '../../../../src/core/timing/processorTiming';
import { buildPipeline, day } from '../../../support/builders';
import { historyRow, historyTable } from '../../../support/records';

const pipeline = buildPipeline({ nodes: [{ id: 'PDC' }, { id: 'MLFS' }] });
const rows = [1, 2, 3, 4, 5].map((date) =>
  historyRow('MLFS', `2021-11-0${date}`, 'success', {
    ...{ run: `r${date}`, seconds: date * 10 },
    stages: JSON.stringify({ extract_time: date, ...(date > 3 && { save_time: 2 }) }),
  }),
);
const runs = runsOf(
  [
    ...rows,
    historyRow('MLFS', '2021-11-06', 'failed', { run: 'x', seconds: 1 }),
    historyRow('MLFS', '2021-11-07', 'skipped', { run: 'y', seconds: 0 }),
    historyRow('MLFS', '2021-11-08', 'running', { run: 'z' }),
  ],
  pipeline,
  historyTable(),
  Date.UTC(2021, 11, 2),
);

describe('timing', () => {
  it('is of runs that ended well', () => {
    const [timing] = timingOf(runs, [], ['PDC', 'MLFS']);
    assert.ok(timing);
    assert.deepEqual([timing.runs, timing.failed, timing.neverEnded, timing.p50, timing.p95], [5, 1, 1, 30, 48]);
    assert.deepEqual(
      timing.slowest.map((one) => [formatDay(one.day), one.seconds]),
      [
        ['2021-11-05', 50],
        ['2021-11-04', 40],
        ['2021-11-03', 30],
      ],
    );
    assert.deepEqual(timing.stages, [
      { name: 'extract', p50: 3 },
      { name: 'save', p50: 2 },
    ]);
  });

  it('is of the journal for processors that the history does not know, in the order of the pipeline', () => {
    const attempt = (processor: string, seconds: number, outcome: 'done' | 'failed') => ({
      ...{ processor, seconds, outcome, day: day('2021-11-05'), stages: [{ name: 'save', seconds: 1 }] },
    });
    const timings = timingOf(
      runs,
      [attempt('MLFS', 999, 'done'), attempt('PDC', 7, 'done'), attempt('PDC', 9, 'failed'), attempt('Old', 1, 'failed')],
      ['PDC', 'MLFS'],
    );
    assert.deepEqual(
      timings.map(({ name, source, runs: count, failed, p50 }) => [name, source, count, failed, p50]),
      [
        ['PDC', 'journal', 1, 1, 7],
        ['MLFS', 'history', 5, 1, 30],
        ['Old', 'journal', 0, 1, undefined],
      ],
    );
  });
});
