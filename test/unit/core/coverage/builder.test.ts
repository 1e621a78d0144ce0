import assert from 'node:assert/strict';
import { type JournaledBackfill, ledgerOf } from '../../../../src/core/backfill/ledger';
import { classify } from '../../../../src/core/coverage/classify';
import type { AttemptFact } from '../../../../src/core/coverage/coverage';
import { explain } from '../../../../src/core/coverage/explain';
import { attempt, buildInput, day } from '../../../support/builders';
import { planRequest } from '../../../support/requests';

/** Status, first reason and the attempt that it names, of A on a date with 10 rows, by its last attempt. */
function judged(last: AttemptFact, rows = 10): string {
  const input = buildInput({
    seasons: [['2021-11-01', '2021-11-10']],
    nodes: [
      { id: 'RAW', phase: 'sources' },
      { id: 'A', needs: ['RAW'] },
    ],
    data: { RAW: { '2021-11-05': 7 }, A: { '2021-11-05': rows } },
    last: { 'A 2021-11-05': last },
  });
  const { status, reasons } = explain(input, classify(input), 1, day('2021-11-05'));
  return [
    status,
    ...reasons.slice(0, 1).map((reason) => ('attempt' in reason ? `${reason.kind} by ${reason.attempt}` : reason.kind)),
  ].join(' ');
}
const r = (rows: number) => `r${rows} e- k- w- c`;
const input = (rows: number, unmet = false) => ({ node: 'RAW', day: day('2021-11-05'), fingerprint: r(rows), unmet });

describe('what built a partition', () => {
  const torn = attempt({ attempt: 'first', outcome: 'torn', before: r(0), after: r(10) });
  const stale = attempt({ attempt: 'first', outcome: 'done', before: r(0), after: r(10), inputs: [input(6)] });
  const unmet = attempt({ attempt: 'first', outcome: 'done', before: r(0), after: r(10), inputs: [input(7, true)] });
  const unchanged = { attempt: 'second', before: r(10), after: r(10) };

  it('stays what it was when a later attempt changed nothing', () => {
    for (const outcome of ['failed', 'wroteNothing', 'interrupted'] as const) {
      assert.equal(judged(attempt({ ...unchanged, outcome, builtBy: torn })), 'suspect torn by first');
      assert.equal(judged(attempt({ ...unchanged, outcome, builtBy: stale })), 'stale inputsChanged');
      assert.equal(judged(attempt({ ...unchanged, outcome, builtBy: unmet })), 'suspect upstream');
      assert.equal(judged(attempt({ ...unchanged, outcome })), 'complete', 'no attempt is known to have built it');
    }
  });

  it('is what an attempt left behind that died with its executor, if it had begun', () => {
    const died = (before: string) => attempt({ attempt: 'second', outcome: 'interrupted', before, builtBy: stale });
    assert.equal(judged(died(r(10))), 'stale inputsChanged', 'it had not');
    assert.equal(judged(died(r(4))), 'suspect torn by second');
    assert.equal(judged(died(r(4)), 0), 'failed interrupted');
  });
});

describe('the dates of a call that died with its executor', () => {
  const dates = ['2021-11-04', '2021-11-05', '2021-11-06', '2021-11-07'];
  const plan = (id: string) => ({
    version: 1 as const,
    id,
    pipeline: 'p',
    manifest: '/m',
    createdAt: '2021-12-01T00:00:00.000Z',
    mode: 'backfill' as const,
    request: planRequest({}),
    jobs: [],
    partitions: dates.map((date) => ({
      processor: 'A',
      date,
      action: 'run' as const,
      status: 'missing' as const,
      why: '',
      preflight: 'allowed' as const,
    })),
    warnings: [],
  });
  const started = (date: string, seq: number, before = r(0)) => ({
    seq,
    at: `2021-12-01T00:00:0${seq}.000Z`,
    type: 'attemptStarted' as const,
    attempt: `A-${date}-1`,
    processor: 'A',
    date,
    before,
    rowsBefore: 0,
    inputs: [],
    log: 'logs/A.log',
  });
  const ended = (date: string, seq: number, rows: number) => ({
    seq,
    at: `2021-12-01T00:00:0${seq}.000Z`,
    type: 'attemptEnded' as const,
    attempt: `A-${date}-1`,
    processor: 'A',
    date,
    outcome: 'done' as const,
    after: r(rows),
    rowsAfter: rows,
    seconds: 1,
  });
  const died = { plan: plan('1'), events: dates.map((date, index) => started(date, index + 1)), ownerAlive: false };

  function statuses(rows: Readonly<Record<string, number>>, ...later: readonly JournaledBackfill[]): string[] {
    const ledger = ledgerOf([died, ...later]);
    const coverage = buildInput({
      seasons: [['2021-11-01', '2021-11-10']],
      nodes: [{ id: 'A' }],
      data: { A: rows },
      last: Object.fromEntries(ledger.last),
    });
    return dates.map((date) => explain(coverage, classify(coverage), 0, day(date)).status);
  }

  it('are finished up to the last one that changed, which was in hand', () => {
    assert.deepEqual(statuses({ '2021-11-04': 9, '2021-11-05': 9, '2021-11-06': 4 }), [
      'complete',
      'complete',
      'suspect',
      'failed',
    ]);
  });

  it('are not finished where nothing is left of them', () => {
    assert.deepEqual(statuses({ '2021-11-05': 9 }), ['failed', 'suspect', 'failed', 'failed']);
  });

  it('stay finished when the one in hand is built again', () => {
    const again = {
      plan: plan('2'),
      events: [started('2021-11-06', 6, r(4)), ended('2021-11-06', 7, 9)],
      ownerAlive: false,
    };
    assert.deepEqual(statuses({ '2021-11-04': 9, '2021-11-05': 9, '2021-11-06': 9 }, again), [
      'complete',
      'complete',
      'complete',
      'failed',
    ]);
  });

  it('stay in hand when a later one, which it had not come to, is built by another', () => {
    const next = { plan: plan('2'), events: [started('2021-11-07', 6), ended('2021-11-07', 7, 9)], ownerAlive: false };
    assert.deepEqual(statuses({ '2021-11-04': 9, '2021-11-05': 9, '2021-11-06': 4, '2021-11-07': 9 }, next), [
      'complete',
      'complete',
      'suspect',
      'complete',
    ]);
  });
});
