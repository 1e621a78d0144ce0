import assert from 'node:assert/strict';
import { classify } from '../../../../src/core/coverage/classify';
import { answerSelection, canonical } from '../../../../src/server/requests/selections';
import { buildInput } from '../../../support/builders';

describe('a selection that somebody types', () => {
  const input = buildInput({
    seasons: [['2021-11-01', '2021-11-30']],
    nodes: [{ id: 'RAW', phase: 'sources' }, { id: 'A' }, { id: 'B', phase: 'phase2' }],
    data: { A: { '2021-11-01': 3 } },
  });
  const state = { input, grid: classify(input) } as Parameters<typeof answerSelection>[0];

  it('is told in canonical form, with what it means now', () => {
    assert.deepEqual(answerSelection(state, 'a b, 2021-11-01..2021-11-03'), {
      text: 'A, B & [2021-11-01..2021-11-03]',
      partitions: 5,
      dates: 3,
    });
    assert.deepEqual(answerSelection(state, 'phase:2 & 2021-11-07 | A & 2021-11-01 & complete'), {
      text: 'phase:2 & 2021-11-07 | A & 2021-11-01 & complete',
      partitions: 2,
      dates: 2,
    });
    assert.deepEqual(answerSelection(state, 'A & complete, !2021-11-01'), {
      text: 'A & complete & !2021-11-01',
      partitions: 0,
      dates: 0,
    });
  });

  it('is refused with the place of what is wrong', () => {
    const message = '“2021-11-1” is no date: write YYYY-MM-DD.';
    assert.deepEqual(answerSelection(state, 'A, 2021-11-1'), { problem: { message, from: 3, to: 12 } });
    assert.throws(() => canonical(state, 'A, 2021-11-1'), /at 4: “2021-11-1” is no date/);
    assert.equal(canonical(state, 'b'), 'B');
  });
});
