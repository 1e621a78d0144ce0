import assert from 'node:assert/strict';
import fc from 'fast-check';
import { argvOf, nextCall } from '../../../../src/core/plan/runMethod';

describe('nextCall', () => {
  it('lets a range hold no expected date that was not chosen, and all dates come to their turn once', () => {
    const scope = fc.record({
      chosen: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1 }),
      expected: fc.uniqueArray(fc.integer({ min: 0, max: 30 })),
      max: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      newest: fc.boolean(),
      method: fc.constantFrom('range' as const, 'list' as const, 'date' as const),
    });
    fc.assert(
      fc.property(scope, ({ chosen, expected, max, newest, method }) => {
        const left = chosen.toSorted((a, b) => (newest ? b - a : a - b));
        const done: number[] = [];
        while (left.length > 0) {
          const call = nextCall(method, left, max, (day) => expected.includes(day) || done.includes(day));
          assert.ok(call.length > 0 && call.includes(left[0] ?? -1) && call.length <= (method === 'date' ? 1 : (max ?? 31)));
          if (method === 'range') {
            const [first = 0, last = 0] = [call[0], call.at(-1)];
            assert.deepEqual(
              call,
              call.toSorted((a, b) => a - b),
            );
            for (let day = first; day <= last; day++)
              assert.ok(call.includes(day) || !(expected.includes(day) || done.includes(day)));
          }
          for (const day of call) left.splice(left.indexOf(day), 1);
          done.push(...call);
        }
        assert.deepEqual(
          done.toSorted((a, b) => a - b),
          chosen.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});

describe('argvOf', () => {
  it('fills placeholders wherever they stand, and nothing else', () => {
    const dates = ['2021-11-05', '2021-11-06'];
    assert.deepEqual(argvOf(['x', '{start}..{end}', '--d={dates}', '{date}', '{other}', '$1'], dates), [
      'x',
      '2021-11-05..2021-11-06',
      '--d=2021-11-05,2021-11-06',
      '2021-11-05',
      '{other}',
      '$1',
    ]);
  });
});
