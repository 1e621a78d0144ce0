import assert from 'node:assert/strict';
import { estimateOf, runTimesOf } from '../../../../src/core/plan/estimate';
import { runsOf } from '../../../../src/core/records/runHistory';
import { attempt, buildPipeline } from '../../../support/builders';
import { historyRow, historyTable } from '../../../support/records';

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

const SLOTS = { slots: 1 };
const NONE = { last: new Map() };

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
    assert.deepEqual(
      estimateOf([job('A'), job('B')], [...dates('A', 2), ...dates('B', 1)], { ...SLOTS, attempts: NONE, noted }),
      {
        ...{ p50: 47, p90: 63 },
        basis: '3 runs of A in ops.runs, 1 run of B in ops.runs; one at a time',
        dates: [
          { processor: 'A', p50: 20, p90: 28, of: 3 },
          { processor: 'B', p50: 7, p90: 7, of: 1 },
        ],
      },
    );
  });

  it('is no match for attempts of the journal', () => {
    const last = new Map([['A 2021-11-01', attempt({ outcome: 'done', seconds: 5 })]]);
    assert.equal(
      estimateOf([job('A')], dates('A', 1), { ...SLOTS, attempts: { last }, noted })?.basis,
      '1 attempt of A; one at a time',
    );
    assert.equal(estimateOf([job('A')], dates('A', 1), { ...SLOTS, attempts: NONE }), undefined);
  });
});

describe('an estimate', () => {
  const attempts = {
    last: new Map([
      ['A 2021-10-01', attempt({ outcome: 'done', seconds: 10 })],
      ['B 2021-10-01', attempt({ outcome: 'done', seconds: 30 })],
    ]),
  };
  const both = [...dates('A', 4), ...dates('B', 4)];
  const p50 = (jobs: Parameters<typeof estimateOf>[0], slots: number, partitions = both) =>
    estimateOf(jobs, partitions, { attempts, slots })?.p50;
  const a = { ...job('A'), slots: 4 };
  const b = { ...job('B'), slots: 4 };

  it('is what a sliding pool takes at this concurrency', () => {
    assert.equal(p50([a, b], 1), 160);
    assert.equal(p50([a, b], 2), 80);
    assert.equal(p50([a, b], 8), 30);
    assert.equal(estimateOf([a, b], both, { attempts, slots: 8 })?.basis, '1 attempt of A, 1 attempt of B; 8 at once');
  });

  it('rests on attempts at this concurrency where there are enough, and else says at which they ran', () => {
    const past = (count: number, seconds: number, atOnce: number, month: string) =>
      Array.from({ length: count }, (_, index): [string, ReturnType<typeof attempt>] => [
        `A 2021-${month}-${String(index + 1).padStart(2, '0')}`,
        attempt({ outcome: 'done', seconds, atOnce }),
      ]);
    const of = (slots: number, ...facts: [string, ReturnType<typeof attempt>][][]) =>
      estimateOf([a], dates('A', 8), { attempts: { last: new Map(facts.flat()) }, slots });
    const [alone, four] = [past(20, 10, 1, '09'), past(5, 25, 3.6, '10')];
    assert.deepEqual([of(4, alone, four)?.p50, of(4, alone, four)?.basis], [50, '5 attempts of A; 4 at once']);
    assert.deepEqual([of(1, alone, four)?.p50, of(1, alone, four)?.basis], [80, '20 attempts of A; one at a time']);
    assert.equal(of(4, alone)?.basis, '20 attempts of A (which ran one at a time); 4 at once');
    assert.equal(of(4, alone, four.slice(1))?.basis, '24 attempts of A (which ran one at a time); 4 at once');
    assert.equal(of(1, four.slice(1), past(1, 25, 2, '11'))?.basis, '5 attempts of A (which ran 2 to 4 at once); one at a time');
    assert.equal(
      estimateOf([a], dates('A', 1), { attempts: { last: new Map(alone) }, slots: 4 })?.basis,
      '20 attempts of A; one at a time',
      'a single date never runs 4 at once',
    );
  });

  it('knows what waits for one another, and what one table or file keeps apart', () => {
    assert.equal(p50([a, { ...b, after: ['A'] }], 8), 40);
    const lane = { lane: 'w.duckdb', slots: 1 };
    assert.equal(
      p50(
        [
          { ...a, ...lane },
          { ...b, ...lane },
        ],
        8,
      ),
      160,
    );
    assert.match(
      estimateOf(
        [
          { ...a, ...lane },
          { ...b, ...lane },
        ],
        both,
        { attempts, slots: 8 },
      )?.basis ?? '',
      /; one at a time$/,
    );
    assert.equal(p50([{ ...b, slots: 1, sequential: 'B needs its own earlier dates' }], 8, dates('B', 4)), 120);
  });

  it('takes hardly longer for a hundred thousand partitions, and comes to the same', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => {
      const date = new Date(Date.UTC(1990, 0, 1 + Math.floor(index / 2))).toISOString().slice(0, 10);
      return { ...dates('A', 1)[0], processor: index % 2 === 0 ? 'A' : 'B', date } as (typeof both)[number];
    });
    const started = performance.now();
    const seconds = p50([a, b], 4, many) ?? 0;
    assert.ok(Math.abs(seconds / ((50_000 * 40) / 4) - 1) < 0.02, `${seconds}`);
    assert.ok(performance.now() - started < 3_000);
  });
});
