import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseFingerprint, sameFingerprint } from '../../../../src/core/observation/fingerprint';
import { fingerprintOf } from '../../../../src/core/observation/observation';

const measures = fc.record(
  {
    rows: fc.nat(),
    entities: fc.nat(),
    keys: fc.nat(),
    written: fc.integer({ min: 0, max: 4e12 }),
    checks: fc.array(
      fc.integer({ min: 0, max: 1000 }).map((share) => share / 1000),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['rows', 'checks'], noNullPrototype: true },
);

describe('fingerprints', () => {
  it('are read back as they were made', () => {
    fc.assert(
      fc.property(measures, (made) => {
        assert.deepEqual(parseFingerprint(fingerprintOf(made)), made);
      }),
    );
  });

  it('of other text are none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.equal(parseFingerprint(text), undefined);
      }),
    );
  });

  it('differ by rows, entities, keys, time or checks', () => {
    const one = { rows: 9, entities: 8, keys: 7, written: 6, checks: [0.5] };
    const same = (change: Partial<typeof one>) => sameFingerprint(fingerprintOf(one), fingerprintOf({ ...one, ...change }));
    assert.equal(same({}), true);
    for (const change of [{ rows: 1 }, { entities: 1 }, { keys: 1 }, { written: 1 }, { checks: [0.4] }]) {
      assert.equal(same(change), false, JSON.stringify(change));
    }
  });

  it('are the same when only one of them tells of a column or check', () => {
    const bare = fingerprintOf({ rows: 9, checks: [] });
    assert.equal(sameFingerprint(bare, fingerprintOf({ rows: 9, entities: 3, keys: 4, written: 5, checks: [1] })), true);
    assert.equal(sameFingerprint(fingerprintOf({ rows: 9, checks: [1] }), fingerprintOf({ rows: 9, checks: [1, 0.5] })), true);
  });

  it('of empty partitions are the same', () => {
    assert.equal(sameFingerprint('r0 e0 k0 w- c-', fingerprintOf({ rows: 0, checks: [] })), true);
    assert.equal(sameFingerprint('r0 e0 k0 w- c-', fingerprintOf({ rows: 1, checks: [] })), false);
  });
});
