import assert from 'node:assert/strict';
import { possibleWith } from '../../../src/client/backfillText';
import { summary } from './summaries';

describe('what can be done with backfills', () => {
  it('is what one of them allows as it is now', () => {
    const jobs = [{ attempt: 'a', name: 'MLFS 2021-11-05' }];
    assert.deepEqual(possibleWith([]), []);
    assert.deepEqual(possibleWith([summary({ phase: 'done', jobs })]), []);
    assert.deepEqual(possibleWith([summary({ jobs })]), ['pause', 'cancel', 'endJob']);
    const silent = [{ attempt: 'a', name: 'MLFS 2021-11-05', silent: 'its longest silence was 40 s' }];
    assert.deepEqual(possibleWith([summary({ phase: 'cancelling', jobs: silent })]), ['cancel', 'endJob', 'keepWaiting']);
    assert.deepEqual(possibleWith([summary({ phase: 'interrupted' }), summary()]), ['pause', 'resume', 'cancel']);
  });
});
