import assert from 'node:assert/strict';
import type { BackfillEventBody } from '../../../../src/core/backfill/backfill';
import { newsOf } from '../../../../src/core/backfill/news';
import { progressOf } from '../../../../src/core/backfill/progress';
import { attempted, dateOf, ended, eventsOf, planOf, START, started } from '../../cli/backfillFixture';

const PLAN = planOf([5, 6, 7, 8, 9, 10, 11].map((day) => ['PDC', day] as const));
const isStop = (category: string) => category === 'PROCESSING_ERROR';

function news(bodies: readonly (readonly [number, BackfillEventBody])[], alive = true, now = 10): readonly string[] {
  const events = eventsOf([[0, started], ...bodies]);
  return newsOf(events, progressOf(PLAN, events, alive), START + now * 1000, isStop).map(({ key, text }) => `${key} | ${text}`);
}

const silent = (day: number): BackfillEventBody => ({
  ...{ type: 'silent', attempt: `PDC-${dateOf(day)}-1`, processor: 'PDC', date: dateOf(day) },
  ...{ seconds: 720, basis: 'its longest silence was 40 s' },
});

describe('news of a backfill', () => {
  it('is none while it runs, however many dates end or fail', () => {
    const many = [5, 6, 7, 8].flatMap((day) => [
      [day, attempted('PDC', day)] as const,
      [day, ended('PDC', day, 1, day % 2 === 0 ? { outcome: 'failed', category: 'exit' } : {})] as const,
    ]);
    assert.deepEqual(news(many), []);
    assert.deepEqual(news([...many, [9, { type: 'paused', cause: 'asked', message: 'asked by me' }]]), [], 'by whoever asked');
    assert.deepEqual(
      news([...many, [9, { type: 'paused', cause: 'environment', message: 'no network' }]]),
      [],
      'passes by itself',
    );
  });

  it('is trouble of the surroundings that does not pass by itself', () => {
    const paused = [[9, { type: 'paused', cause: 'environment', message: 'sign in' }]] as const;
    assert.deepEqual([news(paused, true, 600).length, news(paused, true, 610).length], [0, 1]);
  });

  it('is its end, once, and once more after another session', () => {
    const end = [30, { type: 'ended', result: 'failed' }] as const;
    assert.deepEqual(news([[1, attempted('PDC', 5)]], false), ['ended-2 | ']);
    assert.deepEqual(news([[1, attempted('PDC', 5)], [9, started], end], false), ['ended-4 | ']);
  });

  it('names the first failure of a category that stops, not each', () => {
    const stop = (day: number) =>
      ended('PDC', day, 1, { outcome: 'failed', category: 'PROCESSING_ERROR', message: 'no such column' });
    assert.deepEqual(
      news([
        [1, stop(5)],
        [2, stop(6)],
        [3, stop(7)],
      ]),
      ['stop-processing_error | PDC 2021-11-05 failed with PROCESSING_ERROR: no such column'],
    );
  });

  it('is that good data became empty, as long as it is', () => {
    const gone = ended('PDC', 5, 1, { outcome: 'succeededButEmpty', alarm: true });
    const alarm = 'alarm | Good data became empty: PDC 2021-11-05';
    assert.deepEqual(news([[1, gone]]), [`${alarm}.`]);
    const emptied: BackfillEventBody = { type: 'emptied', processor: 'PDC', date: dateOf(6), message: 'gone' };
    assert.deepEqual(
      news([
        [1, gone],
        [2, emptied],
      ]),
      [`${alarm} and 1 more partition.`],
    );
    assert.deepEqual(
      news([
        [1, gone],
        [2, ended('PDC', 5, 1)],
      ]),
      [],
    );
  });

  it('is a question, and a job that may hang, until that is over', () => {
    const question: BackfillEventBody = { type: 'paused', cause: 'signature', message: 'three failures of one cause' };
    assert.match(news([[1, question]])[0] ?? '', /^pause-signature-\d+ \| three failures of one cause$/);
    assert.deepEqual(
      news([
        [1, question],
        [2, { type: 'continued', by: 'me' }],
      ]),
      [],
    );
    const begun = [
      [1, attempted('PDC', 5)],
      [1, attempted('PDC', 6)],
      [800, silent(5)],
      [900, silent(6)],
    ] as const;
    assert.deepEqual(news(begun), [
      'silent-PDC-2021-11-05-1 | PDC 2021-11-05 may hang: it has said nothing for 12 min; its longest silence was 40 s. So have 1 more job.',
    ]);
    const heard = (day: number): BackfillEventBody => ({
      type: 'heard',
      attempt: `PDC-${dateOf(day)}-1`,
      processor: 'PDC',
      date: dateOf(day),
    });
    assert.deepEqual(news([...begun, [901, heard(5)], [902, heard(6)]]), []);
  });
});
