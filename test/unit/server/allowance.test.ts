import assert from 'node:assert/strict';
import type { CoverageState } from '../../../src/app/session/pipelineSession';
import type { WarehouseConfig } from '../../../src/core/pipeline';
import { Allowance } from '../../../src/server/allowance';

const GIB = 2 ** 30;
const HOUR = 3_600_000;
const GOOGLE: WarehouseConfig = { type: 'bigquery', project: 'p' };

/** What one read cost. */
const read = (bytes: number, warehouse = GOOGLE) =>
  ({ cost: { queries: 1, bytes }, input: { pipeline: { warehouse } } }) as unknown as CoverageState;

describe('What may be paid without being asked', () => {
  it('is 1 GiB an hour, and what was spent beyond it has to be waited for', () => {
    const allowance = new Allowance();
    assert.ok(allowance.isLeft(0));
    allowance.note(read(GIB / 2), false, 0);
    assert.ok(allowance.isLeft(0));
    allowance.note(read(GIB), false, 0);
    assert.ok(!allowance.isLeft(HOUR / 2));
    assert.ok(allowance.isLeft(HOUR / 2 + 1));
  });

  it('is saved up for no longer than an hour', () => {
    const allowance = new Allowance();
    allowance.note(read(GIB), false, 0);
    allowance.note(read(GIB), false, 100 * HOUR);
    assert.ok(!allowance.isLeft(100 * HOUR));
  });

  it('is not touched by what somebody asked for, by an emulator, nor twice by one read', () => {
    const allowance = new Allowance();
    allowance.note(read(9 * GIB), true, 0);
    allowance.note(read(9 * GIB, { ...GOOGLE, endpoint: 'http://127.0.0.1:9050' }), false, 0);
    allowance.note(undefined, false, 0);
    const once = read(0.6 * GIB);
    allowance.note(once, false, 0);
    allowance.note({ ...once }, false, 0);
    assert.ok(allowance.isLeft(0));
  });
});
