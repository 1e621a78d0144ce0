import assert from 'node:assert/strict';
import { endedSince } from '../../../src/client/endings';
import { summary } from './summaries';

describe('endedSince', () => {
  it('tells what ended after an instant, oldest first, and nothing that still runs', () => {
    const backfills = [
      summary({ id: 'running', phase: 'running' }),
      summary({ id: 'late', phase: 'failed', endedAt: 30 }),
      summary({ id: 'interrupted', phase: 'interrupted', endedAt: 20 }),
      summary({ id: 'old', phase: 'done', endedAt: 10 }),
      summary({ id: 'planned', phase: 'planned' }),
    ];
    assert.deepEqual(
      endedSince(backfills, 10).map(({ id }) => id),
      ['interrupted', 'late'],
    );
  });
});
