import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CallEnding, type DateEvidence, judgeCall } from '../../../../src/core/backfill/outcome';

const FINISHED: CallEnding = { how: 'finished' };
const EXIT: CallEnding = { how: 'failed', category: 'exit', message: 'exit code 1' };
const died = (category: 'timeout' | 'signal' | 'cancelled'): CallEnding => ({ how: 'died', category, message: category });

/** `10>10` is unchanged, `10>12` changed, `10>3!` changed and below its expectation. */
function date(text: string, day = 0): DateEvidence {
  const [before = '', after = ''] = text.split('>');
  const rows = Number.parseInt(after, 10);
  return {
    day,
    before: { day, rows: Number(before), checks: [] },
    after: { day, rows, checks: [] },
    ...(after.endsWith('!') && { shortfall: `${rows} rows are too few` }),
  };
}
function judged(ending: CallEnding, each: 'date' | 'many', ...texts: string[]): string[] {
  return judgeCall(
    ending,
    each,
    texts.map((text, index) => date(text, index)),
  ).map((verdict) =>
    verdict.kind === 'ended'
      ? `${verdict.outcome}${verdict.alarm === true ? ' alarm' : ''}`
      : `not reached${verdict.again ? ', again' : ''}`,
  );
}

describe('judgeCall', () => {
  it('decides by what is there, when the call ended without an error', () => {
    for (const each of ['date', 'many'] as const) {
      assert.deepEqual(judged(FINISHED, each, '0>10'), ['done']);
      assert.deepEqual(judged(FINISHED, each, '0>3!'), ['partial']);
      assert.deepEqual(judged(FINISHED, each, '10>10'), ['wroteNothing']);
      assert.deepEqual(judged(FINISHED, each, '3>3!'), ['wroteNothing']);
      assert.deepEqual(judged(FINISHED, each, '0>0'), ['succeededButEmpty']);
      assert.deepEqual(judged(FINISHED, each, '10>0'), ['succeededButEmpty alarm']);
    }
    assert.deepEqual(judged({ how: 'finished', replaced: true }, 'date', '10>10'), ['done'], 'equal rows that it wrote itself');
  });

  it('takes new content for a change where the counts are equal', () => {
    const one = { ...date('10>10') };
    const [verdict] = judgeCall(FINISHED, 'date', [
      { ...one, before: { ...one.before, content: 'a' }, after: { ...one.after, content: 'b' } },
    ]);
    assert.equal(verdict?.kind === 'ended' && verdict.outcome, 'done');
  });

  it('calls a date torn that an abnormal end left changed', () => {
    for (const ending of [EXIT, died('timeout'), died('signal'), died('cancelled')]) {
      assert.deepEqual(judged(ending, 'date', '0>10'), ['torn']);
      assert.deepEqual(judged(ending, 'date', '10>0'), ['torn alarm']);
    }
    assert.deepEqual(judged(EXIT, 'date', '10>10'), ['failed']);
    assert.deepEqual(judged(died('timeout'), 'date', '0>0'), ['failed']);
    assert.deepEqual(judged(died('cancelled'), 'date', '0>0'), ['interrupted']);
  });

  it('judges each date of a call that ended by itself', () => {
    assert.deepEqual(judged(EXIT, 'many', '0>10', '0>3!', '0>0', '10>10', '10>0'), [
      'done',
      'partial',
      'failed',
      'failed',
      'torn alarm',
    ]);
  });

  it('finds the date that a killed call had in hand, and those that it did not come to', () => {
    assert.deepEqual(judged(died('signal'), 'many', '0>10', '10>10', '0>9', '0>0', '5>5'), [
      'done',
      'wroteNothing',
      'torn',
      'not reached, again',
      'not reached, again',
    ]);
    assert.deepEqual(judged(died('cancelled'), 'many', '0>10', '0>0'), ['torn', 'not reached']);
    assert.deepEqual(judged(died('timeout'), 'many', '0>0', '0>0'), ['failed', 'not reached']);
    assert.deepEqual(judged(died('cancelled'), 'many', '0>0', '0>0'), ['interrupted', 'not reached']);
  });

  it('says done only of dates with rows that meet their expectation, and always ends at least one', () => {
    const ending = fc.constantFrom(FINISHED, EXIT, died('timeout'), died('signal'), died('cancelled'));
    const evidence = fc
      .tuple(fc.constantFrom(0, 5), fc.constantFrom(0, 5, 7), fc.boolean())
      .map(([before, after, short]) => `${before}>${after}${short ? '!' : ''}`);
    fc.assert(
      fc.property(
        ending,
        fc.constantFrom('date' as const, 'many' as const),
        fc.array(evidence, { minLength: 1, maxLength: 6 }),
        (how, each, texts) => {
          const verdicts = judged(how, each, ...texts);
          assert.equal(verdicts.length, texts.length);
          assert.ok(verdicts.some((verdict) => !verdict.startsWith('not reached')));
          verdicts.forEach((verdict, index) => {
            const { before, after, shortfall } = date(texts[index] ?? '');
            if (verdict.startsWith('done')) assert.ok(after.rows > 0 && after.rows !== before.rows && shortfall === undefined);
            assert.equal(verdict.includes('alarm'), !verdict.startsWith('not reached') && before.rows > 0 && after.rows === 0);
          });
        },
      ),
    );
  });
});
