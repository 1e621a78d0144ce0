import assert from 'node:assert/strict';
import { restartDelay } from '../../../src/client/restartPolicy';

const NOW = 1_000_000_000;

describe('restartDelay', () => {
  it('waits longer with every ending, and gives up at the sixth in three minutes', () => {
    const endings: number[] = [];
    const delays = Array.from({ length: 6 }, () => {
      endings.push(NOW);
      return restartDelay(endings, NOW);
    });
    assert.deepEqual(delays, [500, 1_000, 2_000, 5_000, 10_000, undefined]);
  });

  it('forgets endings after three minutes', () => {
    assert.equal(restartDelay([...Array.from({ length: 9 }, () => NOW - 180_000), NOW], NOW), 500);
  });
});
