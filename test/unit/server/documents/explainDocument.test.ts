import assert from 'node:assert/strict';
import { classify } from '../../../../src/core/coverage/classify';
import type { AttemptFact } from '../../../../src/core/coverage/coverage';
import { explain } from '../../../../src/core/coverage/explain';
import { explainDocument, explainTooltip } from '../../../../src/server/documents/explainDocument';
import { attempt, buildInput, DAILY, day } from '../../../support/builders';

const DATE = '2021-11-05';

/** A is empty on the date, after this attempt. */
function shown(last: Partial<AttemptFact> & Pick<AttemptFact, 'outcome'>): { document: string; tooltip: string } {
  const input = buildInput({
    seasons: [[DATE, DATE]],
    calendars: [DAILY],
    nodes: [{ id: 'A' }],
    data: { A: {} },
    last: { [`A ${DATE}`]: attempt(last) },
  });
  const grid = classify(input);
  const node = input.pipeline.nodes[0];
  assert.ok(node);
  const explanation = explain(input, grid, 0, day(DATE));
  return { document: explainDocument(explanation, { input, node }), tooltip: explainTooltip(explanation, { input, node }) };
}

describe('an explanation with what a log said', () => {
  it('tells the cause of a failure, and the seconds of its stages', () => {
    const { document, tooltip } = shown({
      outcome: 'failed',
      category: 'ValueError',
      message: 'exit code 1: No upcoming player context data extracted',
      signature: 's',
      seconds: 26.4,
      stages: { extract: 12.4, calculate_and_save: 14 },
    });
    assert.match(document, /^- The last run failed: exit code 1: No upcoming player context data extracted\.$/m);
    const attempted = /## Last attempt\n\n(.*)\n\n> (.*)/.exec(document);
    assert.match(attempted?.[1] ?? '', / · took 26 s · extract 12 s, calculate and save 14 s · backfill b1$/);
    assert.equal(attempted?.[2], 'exit code 1: No upcoming player context data extracted');
    assert.match(tooltip, /took 26 s · extract 12 s, calculate and save 14 s/);
  });

  it('tells why a date was left out', () => {
    const message = 'it ended without an error and left no rows; its log says: skipped, bootstrap period';
    const { document } = shown({ outcome: 'succeededButEmpty', category: 'empty', message, signature: 's' });
    assert.match(document, /^- Attempt a1 ended without an error and left no rows; its log says: skipped, bootstrap period\.$/m);
  });
});
