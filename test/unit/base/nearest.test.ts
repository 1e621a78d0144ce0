import assert from 'node:assert/strict';
import { nearest } from '../../../src/base/nearest';

describe('what somebody meant', () => {
  it('is the word with the fewest slips', () => {
    assert.equal(nearest('tabel', ['tables', 'table', 'label']), 'table');
    assert.equal(nearest('min_row', ['min_rows', 'max_rows']), 'min_rows');
    assert.equal(nearest('mlfs', ['PDC', 'MLFS']), 'MLFS');
  });

  it('is nothing when no word is near', () => {
    assert.equal(nearest('colour', ['after_days', 'zone']), undefined);
    assert.equal(nearest('XY', ['AB']), undefined);
    assert.equal(nearest('', ['AB']), undefined);
  });
});
