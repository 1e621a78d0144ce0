import assert from 'node:assert/strict';
import { messagesOf, type Untold } from '../../../src/client/news';
import type { BackfillNews, BackfillSummary } from '../../../src/protocol/messages';
import { summary } from './summaries';

const news = (kind: BackfillNews['kind'], text = '', at = 1): BackfillNews => ({
  kind,
  key: kind,
  at,
  text,
  target: { backfill: 'b1' },
});
const untold = (backfill: Partial<BackfillSummary>, ...all: BackfillNews[]): Untold => ({
  backfill: summary(backfill),
  news: all,
});
const texts = (...all: Untold[]) => messagesOf(all).map(({ text }) => text);
const titles = (...all: Untold[]) => messagesOf(all).flatMap(({ actions }) => actions.map(({ title }) => title));

describe('messages', () => {
  it('tell an end with what came of it, and of several ends only the last in full', () => {
    const done = untold({ phase: 'done', done: 25, running: 0 }, news('ended'));
    assert.deepEqual(texts(done), ['The backfill of MLFS is done: 25 of 25 partitions done.']);
    const later = untold({ phase: 'failed', processors: ['PDC'], done: 24, failed: 1 }, news('ended', '', 9));
    assert.deepEqual(texts(later, done), [
      'The backfill of PDC ended with failures: 24 of 25 partitions done, 1 failed. 1 more ended, too.',
    ]);
    assert.deepEqual(
      messagesOf([done, later]).map(({ isGood }) => isGood),
      [false],
    );
    assert.deepEqual(titles(done), ['Show in Terminal', 'Show Coverage']);
  });

  it('offer to resume what was interrupted, and say what is left', () => {
    const cut = untold(
      { phase: 'interrupted', done: 12, interrupted: 1, left: '13 left: 1 cut off, 12 not begun · ~5 min' },
      news('ended'),
    );
    assert.deepEqual(texts(cut), [
      'The backfill of MLFS was interrupted: 12 of 25 partitions done, 1 interrupted; 13 left: 1 cut off, 12 not begun · ~5 min.',
    ]);
    assert.equal(titles(cut)[0], 'Resume');
  });

  it('offer to build again what was deleted', () => {
    const select = 'PDC & 2021-11-05';
    const deleted = untold({ phase: 'done', done: 1, total: 1, running: 0, deleted: select }, news('ended'));
    assert.deepEqual(texts(deleted), ['The deletion of MLFS is done: 1 of 1 partition done.']);
    assert.deepEqual(messagesOf([deleted])[0]?.actions[0], {
      ...{ title: 'Build Again…', command: 'backfill.launch', target: { select } },
    });
  });

  it('are one for each backfill, whatever happened to it at once', () => {
    const two = untold(
      {},
      news('alarm', 'Good data became empty: PDC 2021-11-05.'),
      news('stop', 'PDC 2021-11-06 failed with X:\n  y'),
    );
    assert.deepEqual(texts(two), [
      'The backfill of MLFS: Good data became empty: PDC 2021-11-05. PDC 2021-11-06 failed with X: y.',
    ]);
    assert.deepEqual(titles(two), ['Explain', 'Open Log', 'Pause']);
    const over = untold({ phase: 'done', done: 25 }, news('ended'), news('alarm', 'Good data became empty: PDC 2021-11-05.'));
    assert.deepEqual(texts(over), [
      'The backfill of MLFS is done: 25 of 25 partitions done. Good data became empty: PDC 2021-11-05.',
    ]);
    assert.equal(messagesOf([over])[0]?.isGood, false);
  });

  it('have what to do about it', () => {
    assert.deepEqual(titles(untold({}, news('stop', 'x'))), ['Open Log', 'Pause', 'Cancel…']);
    assert.deepEqual(titles(untold({ phase: 'paused' }, news('pause', 'x'))), ['Resume', 'Show in Terminal', 'Cancel…']);
    assert.deepEqual(titles(untold({}, news('silent', 'x'))), ['Open Log', 'End This Job…', 'Wait']);
    assert.deepEqual(texts(untold({ phase: 'paused' }, news('pause', 'three failures'))), [
      'The backfill of MLFS is paused: three failures.',
    ]);
  });
});
