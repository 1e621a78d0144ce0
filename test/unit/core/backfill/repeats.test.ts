import assert from 'node:assert/strict';
import { type EndedAttempt, Repeats } from '../../../../src/core/backfill/repeats';
import { silenceLimit } from '../../../../src/core/backfill/silence';

const failed = (processor: string, day: number, signature = 'exit: KeyError'): EndedAttempt => ({
  ...{ processor, date: `2021-11-${String(day).padStart(2, '0')}`, outcome: 'failed', signature, message: 'KeyError' },
});

describe('failures in a row', () => {
  const asked = (attempts: readonly EndedAttempt[]) => {
    const repeats = new Repeats();
    return attempts.flatMap((attempt, index) => (repeats.ended(attempt) === undefined ? [] : [index + 1]));
  };

  it('are asked about with the third, and then after twice as many each time', () => {
    assert.deepEqual(asked(Array.from({ length: 22 }, (_, index) => failed('A', index + 1))), [3, 9, 21]);
    assert.equal(
      [1, 2, 3]
        .map((day) => failed('A', day))
        .reduce<{ repeats: Repeats; text?: string }>(
          ({ repeats }, attempt) => {
            const text = repeats.ended(attempt);
            return { repeats, ...(text !== undefined && { text }) };
          },
          { repeats: new Repeats() },
        ).text,
      '3 attempts of A in a row failed in one way (2021-11-01, 2021-11-02, 2021-11-03): KeyError',
    );
  });

  it('are of one processor and of one cause, with no success between them', () => {
    assert.deepEqual(asked([failed('A', 1), failed('B', 1), failed('A', 2), failed('B', 2), failed('A', 3)]), [5]);
    assert.deepEqual(asked([failed('A', 1), failed('A', 2), failed('A', 3, 'exit: ValueError'), failed('A', 4)]), []);
    const done: EndedAttempt = { processor: 'A', date: '2021-11-03', outcome: 'done' };
    assert.deepEqual(asked([failed('A', 1), failed('A', 2), done, failed('A', 4), failed('A', 5)]), []);
  });

  it('do not count what somebody ended', () => {
    assert.deepEqual(asked([1, 2, 3].map((day) => ({ ...failed('A', day), category: 'ended' }))), []);
    assert.deepEqual(asked([1, 2, 3].map((day) => ({ ...failed('A', day), outcome: 'interrupted' as const }))), []);
  });
});

describe('how long a job may say nothing', () => {
  it('is what the manifest says, else what its history explains, else ten minutes', () => {
    assert.deepEqual(silenceLimit(5_000, [100, 100, 100]), { afterMs: 5_000, basis: 'the manifest allows 5 s' });
    assert.deepEqual(silenceLimit(undefined, [40, 10, 30]), {
      afterMs: 120_000,
      basis: 'its longest silence in 3 attempts was 40 s',
    });
    assert.equal(silenceLimit(undefined, [1, 2, 1]).afterMs, 60_000, 'never less than a minute');
    assert.equal(silenceLimit(undefined, [500, 500]).afterMs, 600_000, 'two attempts tell too little');
  });
});
