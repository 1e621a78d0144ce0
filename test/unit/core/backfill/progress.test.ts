import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BackfillEvent, BackfillEventBody } from '../../../../src/core/backfill/backfill';
import { ledgerOf } from '../../../../src/core/backfill/ledger';
import { progressOf, quantile, titleOf } from '../../../../src/core/backfill/progress';
import { attempted, dateOf, ended, eventsOf, planOf, START, started } from '../../cli/backfillFixture';

const PLAN = planOf([
  ['PDC', 5],
  ['PDC', 6],
  ['PDC', 7],
  ['MLFS', 5],
  ['MLFS', 6, 'skip'],
]);
const notAttempted = (processor: string, day: number): BackfillEventBody => ({
  type: 'notAttempted',
  attempt: `${processor}-${dateOf(day)}-1`,
  processor,
  date: dateOf(day),
  why: 'killed',
});
const skipped = (processor: string, day: number): BackfillEventBody => ({
  type: 'skipped',
  processor,
  date: dateOf(day),
  why: 'unmet',
});

describe('progressOf', () => {
  it('is planned before anything happened, and running as soon as somebody has it', () => {
    assert.equal(progressOf(PLAN, [], false).phase, 'planned');
    assert.equal(progressOf(PLAN, [], true).phase, 'running');
  });

  describe('of several sessions', () => {
    const cut = [
      [0, started],
      [0, attempted('PDC', 5)],
      [60, ended('PDC', 5, 60)],
      [60, attempted('PDC', 6)],
      [60, { type: 'cancelRequested', by: 'me' }],
    ] as const;
    const of = (...more: readonly (readonly [number, BackfillEventBody])[]) => eventsOf([...cut, ...more]);

    it('is interrupted, and says which job its executor left behind', () => {
      const progress = progressOf(PLAN, of(), false, true);
      assert.deepEqual([progress.phase, progress.running, progress.current], ['interrupted', 1, 'PDC 2021-11-06']);
      assert.equal(progressOf(PLAN, of(), false).current, undefined);
      const { active } = ledgerOf([{ plan: PLAN, events: of(), ownerAlive: false, jobsLeft: true }]);
      assert.deepEqual([...active], [['PDC 2021-11-06', { backfill: PLAN.id, state: 'running' }]], 'nothing else is held');
    });

    it('runs again when it is resumed: what an earlier session was asked for is over', () => {
      const torn = ended('PDC', 6, 0, { outcome: 'torn' });
      const again: BackfillEventBody = { type: 'waitsAgain', processor: 'PDC', date: dateOf(6), why: 'torn' };
      const events = of([90_000, started], [90_000, torn], [90_000, again], [90_060, attempted('PDC', 7)]);
      const progress = progressOf(PLAN, events, true);
      assert.deepEqual([progress.phase, progress.done, progress.waiting, progress.running], ['running', 1, 2, 1]);
      assert.equal(progress.startedAt, START);
    });

    it('takes a partition that was done and is empty now for failed', () => {
      const gone: BackfillEventBody = { type: 'emptied', processor: 'PDC', date: dateOf(5), message: 'gone' };
      const { done, failed, partitions } = progressOf(PLAN, of([90, started], [90, gone]), true);
      assert.deepEqual([done, failed, partitions.get('PDC 2021-11-05')], [0, 1, 'succeededButEmpty']);
    });
  });

  it('counts what the plan runs, and what became of it', () => {
    const events = eventsOf([
      [0, started],
      [0, attempted('PDC', 5)],
      [10, ended('PDC', 5, 10)],
      [10, attempted('PDC', 6)],
      [30, ended('PDC', 6, 20, { outcome: 'wroteNothing' })],
      [30, attempted('PDC', 7)],
      [30, skipped('MLFS', 5)],
    ]);
    const {
      done,
      failed,
      skipped: left,
      running,
      waiting,
      total,
      current,
      partitions,
      startedAt,
    } = progressOf(PLAN, events, true);
    assert.deepEqual(
      { done, failed, left, running, waiting, total },
      { done: 1, failed: 1, left: 1, running: 1, waiting: 0, total: 4 },
    );
    assert.equal(current, 'PDC 2021-11-07');
    assert.equal(partitions.get('MLFS 2021-11-06'), 'skipped', 'by the plan');
    assert.equal(startedAt, START);
  });

  it('lets a date that was not reached wait again', () => {
    const events = eventsOf([
      [0, started],
      [0, attempted('PDC', 5)],
      [1, notAttempted('PDC', 5)],
    ]);
    const progress = progressOf(PLAN, events, true);
    assert.deepEqual([progress.running, progress.waiting], [0, 4]);
    assert.equal(ledgerOf([{ plan: PLAN, events, ownerAlive: false }]).last.size, 0, 'it is no attempt');
  });

  it('shows what a dead executor had in hand as interrupted', () => {
    const events = eventsOf([
      [0, started],
      [0, attempted('PDC', 5)],
    ]);
    const progress = progressOf(PLAN, events, false);
    const { phase, failed, interrupted, current } = progress;
    assert.deepEqual([phase, failed, interrupted, current], ['interrupted', 0, 1, undefined]);
  });

  it('goes by the order of the journal where the clock was set back between two sessions', () => {
    const events = eventsOf([
      [90_000, started],
      [90_000, attempted('PDC', 5)],
      [90_010, ended('PDC', 5, 10, { outcome: 'torn' })],
      [0, started],
      [0, attempted('PDC', 5)],
      [10, ended('PDC', 5, 10)],
    ]);
    const { last } = ledgerOf([{ plan: PLAN, events, ownerAlive: false }]);
    assert.equal(last.get('PDC 2021-11-05')?.outcome, 'done');
  });

  it('is cancelling until it has ended', () => {
    const events = eventsOf([
      [0, started],
      [1, { type: 'cancelRequested', by: 'me' }],
      [2, { type: 'ended', result: 'cancelled' }],
    ]);
    assert.equal(progressOf(PLAN, events.slice(0, 2), true).phase, 'cancelling');
    assert.equal(progressOf(PLAN, events, true).phase, 'cancelled');
    assert.equal(progressOf(PLAN, events, false).endedAt, START + 2000);
  });

  it('never loses a finished date with a longer prefix of the events', () => {
    fc.assert(
      fc.property(history(), (events) => {
        let finished = new Set<string>();
        for (let length = 0; length <= events.length; length++) {
          const prefix = events.slice(0, length);
          const { partitions, ...counts } = progressOf(PLAN, prefix, length % 2 === 0);
          const { done, failed, interrupted, skipped: left, running, waiting, total } = counts;
          assert.equal(done + failed + interrupted + left + running + waiting, total);
          const ledger = ledgerOf([{ plan: PLAN, events: prefix, ownerAlive: true }]);
          const now = new Set([...ledger.last.keys()]);
          for (const key of finished) {
            assert.ok(now.has(key), key);
            assert.notEqual(partitions.get(key), 'waiting');
          }
          finished = now;
        }
      }),
    );
  });
});

describe('ledgerOf', () => {
  const fact = (bodies: readonly (readonly [number, BackfillEventBody])[], ownerAlive = false) =>
    ledgerOf([{ plan: PLAN, events: eventsOf([[0, started], ...bodies]), ownerAlive }]);

  it('knows how many calls ran beside each attempt, on average over its time', () => {
    const sameCall = (day: number): BackfillEventBody =>
      ({ ...attempted('MLFS', day), log: 'logs/call.log' }) as BackfillEventBody;
    const { last } = fact([
      [0, attempted('PDC', 5)],
      [60, attempted('PDC', 6)],
      [60, ended('PDC', 5, 60)],
      [120, ended('PDC', 6, 60)],
      [200, sameCall(5)],
      [200, sameCall(6)],
      [200, attempted('PDC', 7)],
      [210, ended('MLFS', 5, 10)],
      [220, ended('MLFS', 6, 20)],
      [240, ended('PDC', 7, 40)],
      [240, attempted('PDC', 7)],
      [240, ended('PDC', 7, 0)],
    ]);
    const atOnce = (day: number, processor = 'PDC') => last.get(`${processor} ${dateOf(day)}`)?.atOnce;
    assert.deepEqual([atOnce(5), atOnce(6), atOnce(5, 'MLFS'), atOnce(6, 'MLFS'), atOnce(7)], [1, 1, 2, 2, 1]);
    const cut = fact([
      [0, attempted('PDC', 5)],
      [300, started],
      [300, attempted('PDC', 6)],
      [360, ended('PDC', 6, 60)],
    ]);
    assert.equal(cut.last.get(`PDC ${dateOf(6)}`)?.atOnce, 1, 'what an earlier session left is no call of this one');
  });

  it('has the last attempt of a partition over all backfills, whatever the order in which they are read', () => {
    const early = {
      plan: PLAN,
      events: eventsOf([
        [1, attempted('PDC', 5)],
        [2, ended('PDC', 5, 1, { outcome: 'failed' })],
      ]),
      ownerAlive: false,
    };
    const late = {
      plan: { ...PLAN, id: 'later' },
      events: eventsOf([
        [3, attempted('PDC', 5)],
        [4, ended('PDC', 5, 1, { after: 'r9' })],
      ]),
      ownerAlive: false,
    };
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      const last = ledgerOf(order).last.get('PDC 2021-11-05');
      assert.deepEqual([last?.backfill, last?.outcome, last?.after, last?.builtBy], ['later', 'done', 'r9', undefined]);
    }
  });

  it('remembers what a partition was built by when later attempts did not change it', () => {
    const torn = ended('PDC', 5, 1, { outcome: 'torn', after: 'r5' });
    const again = { ...attempted('PDC', 5), before: 'r5' } as BackfillEventBody;
    const failed = ended('PDC', 5, 1, { outcome: 'failed', after: 'r5' });
    const last = fact([
      [1, attempted('PDC', 5)],
      [2, torn],
      [3, again],
      [4, failed],
      [5, again],
      [6, failed],
    ]).last.get('PDC 2021-11-05');
    assert.deepEqual([last?.outcome, last?.builtBy?.outcome], ['failed', 'torn']);
    const mended = fact([
      [1, attempted('PDC', 5)],
      [2, torn],
      [3, again],
      [4, ended('PDC', 5, 1, { after: 'r9' })],
    ]).last.get('PDC 2021-11-05');
    assert.deepEqual([mended?.outcome, mended?.builtBy], ['done', undefined]);
  });

  it('remembers it over backfills, too, whatever the order in which they are read', () => {
    const again = { ...attempted('PDC', 5), before: 'r5' } as BackfillEventBody;
    const nothing = ended('PDC', 5, 1, { outcome: 'wroteNothing', after: 'r5' });
    const of = (id: string, at: number, begun: BackfillEventBody, over: BackfillEventBody) => ({
      plan: { ...PLAN, id },
      events: eventsOf([
        [at, begun],
        [at + 1, over],
      ]),
      ownerAlive: false,
    });
    const first = of('a', 1, attempted('PDC', 5), ended('PDC', 5, 1, { outcome: 'torn', after: 'r5' }));
    const second = of('b', 3, again, nothing);
    const third = of('c', 5, again, nothing);
    for (const order of [
      [first, second, third],
      [first, third, second],
      [third, first, second],
      [third, second, first],
    ]) {
      const last = ledgerOf(order).last.get('PDC 2021-11-05');
      assert.deepEqual([last?.backfill, last?.builtBy?.backfill, last?.builtBy?.outcome], ['c', 'a', 'torn']);
    }
  });

  it('holds partitions only while an executor lives', () => {
    const bodies = [[1, attempted('PDC', 5)]] as const;
    assert.deepEqual(
      [...fact(bodies, true).active].map(([key, { state }]) => `${key} ${state}`),
      ['PDC 2021-11-05 running', 'PDC 2021-11-06 queued', 'PDC 2021-11-07 queued', 'MLFS 2021-11-05 queued'],
    );
    assert.equal(fact(bodies).active.size, 0);
    assert.equal(ledgerOf([{ plan: PLAN, events: [], ownerAlive: false }]).active.size, 0, 'a plan holds nothing');
  });
});

describe('titleOf', () => {
  it('names processors, dates and how many partitions run', () => {
    assert.equal(titleOf(PLAN), 'PDC, MLFS, 2021-11-05 to 2021-11-07: 4 partitions');
    assert.equal(titleOf(planOf([['PDC', 5]])), 'PDC, 2021-11-05: 1 partition');
    assert.equal(titleOf(planOf([])), 'Nothing to run, no dates');
  });
});

describe('quantile', () => {
  it('interpolates', () => {
    assert.equal(quantile([], 0.5), undefined);
    assert.equal(quantile([3, 1, 2], 0.5), 2);
    assert.equal(quantile([1, 2], 0.5), 1.5);
    assert.equal(quantile([1, 2, 3, 4, 5], 0.9), 4.6);
  });
});

/** Events of any kind in any order, as a mangled journal may have them. */
function history(): fc.Arbitrary<BackfillEvent[]> {
  const partition = fc.tuple(fc.constantFrom('PDC', 'MLFS', 'OTHER'), fc.integer({ min: 4, max: 8 }));
  const outcome = fc.constantFrom('done', 'failed', 'torn', 'wroteNothing', 'interrupted') as fc.Arbitrary<'done'>;
  const body: fc.Arbitrary<BackfillEventBody> = fc.oneof(
    fc.constant(started),
    partition.map(([processor, day]) => attempted(processor, day)),
    fc.tuple(partition, outcome).map(([[processor, day], result]) => ended(processor, day, 1, { outcome: result })),
    partition.map(([processor, day]) => notAttempted(processor, day)),
    partition.map(([processor, day]) => skipped(processor, day)),
    fc.constant<BackfillEventBody>({ type: 'cancelRequested', by: 'x' }),
    fc.constant<BackfillEventBody>({ type: 'ended', result: 'failed' }),
  );
  return fc.array(body, { maxLength: 30 }).map((bodies) => eventsOf(bodies.map((one, index) => [index, one] as const)));
}
