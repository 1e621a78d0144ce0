import assert from 'node:assert/strict';
import { classify } from '../../../src/core/classify';
import type { AttemptFact } from '../../../src/core/coverage';
import { explain } from '../../../src/core/explain';
import { attempt, buildInput, day } from '../../support/builders';

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
