import assert from 'node:assert/strict';
import type { BackfillRecord } from '../../../../src/app/journal';
import type { LogSearch } from '../../../../src/app/logs/findInLogs';
import type { BackfillEventBody } from '../../../../src/core/backfill/backfill';
import { LogFinder } from '../../../../src/server/logs/logFinder';
import { attempted, dateOf, ended, eventsOf, planOf, started } from '../../cli/backfillFixture';

const HIT = { line: 1, offset: 0, text: 'KeyError', start: 0, length: 8 };

describe('looking for an expression in many logs', () => {
  let searched: readonly string[];
  const finds: LogSearch = async (paths, _, { found }) => {
    searched = paths;
    for (const log of paths.keys()) found({ log, hits: [HIT], more: 0, unread: 0, bytes: 10 });
    return 'done';
  };

  const record = (id: string, ...bodies: readonly BackfillEventBody[]): BackfillRecord => ({
    plan: { ...planOf([['PDC', 5]]), id },
    events: eventsOf([started, ...bodies].map((body, at) => [at, body])),
    problems: [],
    ownerAlive: false,
  });
  const failed = (day: number) => ended('PDC', day, 1, { outcome: 'failed' });
  const records = [
    record('new', attempted('PDC', 5), failed(5)),
    record('old', attempted('PDC', 5), attempted('PDC', 6), attempted('A', 5), ended('PDC', 6, 1)),
  ];
  const finderOf = (search: LogSearch) =>
    new LogFinder({
      records: () => records,
      record: async (id) => records.find(({ plan }) => plan.id === id),
      logPath: (backfill, log) => `${backfill}/${log}`,
      search,
      now: () => 0,
    });

  it('takes the last attempt at each partition of what it is asked for, or all logs of a backfill', async () => {
    const finder = finderOf(finds);
    const { logs } = await finder.find('KeyError', { nodes: ['PDC'] });
    assert.deepEqual(searched, ['new/logs/PDC-2021-11-05-1.log', 'old/logs/PDC-2021-11-06-1.log']);
    assert.deepEqual(
      logs.map(({ id, title, detail, failed: dates }) => [id.backfill, title, detail, dates]),
      [
        ['new', 'PDC 2021-11-05', 'failed', ['2021-11-05']],
        ['old', 'PDC 2021-11-06', 'done', []],
      ],
    );
    await finder.find('x', { nodes: ['PDC'], from: dateOf(6), to: dateOf(6) });
    assert.deepEqual(searched, ['old/logs/PDC-2021-11-06-1.log']);
    await finder.find('x', { backfill: 'old' });
    assert.equal(searched.length, 3);
    await finder.find('x', {});
    assert.equal(searched.length, 3, 'one log a partition');
  });

  it('names each log in which something was found, also where there is no room for its lines', async () => {
    const { logs, leftOut } = await finderOf(async (_, __, { found }) => {
      found({ log: 0, hits: [HIT], more: 0, unread: 0, bytes: 10 });
      found({ log: 1, hits: [], more: 0, unread: 0, bytes: 10 });
      found({ log: 2, hits: [], more: 9, unread: 0, bytes: 10 });
      return 'done';
    }).find('x', {});
    assert.deepEqual(
      logs.map(({ title, failed: dates, hits, more }) => [title, dates, hits.length, more]),
      [
        ['A 2021-11-05', [], 1, 0],
        ['PDC 2021-11-06', [], 0, 9],
      ],
    );
    assert.match(leftOut.join(' '), /9 more lines/);
  });

  it('says what it left out, and refuses what is no expression', async () => {
    const stopped = await finderOf(async (_, __, { found }) => {
      found({ log: 0, hits: [HIT], more: 7, unread: 5, bytes: 10 });
      return 'stopped';
    }).find('x', {});
    assert.equal(stopped.searched, 1);
    assert.match(
      stopped.leftOut.join(' '),
      /Stopped: 2 logs were not searched\. Of 1 long log only the last .* There are 7 more lines/,
    );
    const slow = await finderOf(async () => 'tooSlow').find('x', {});
    assert.match(slow.leftOut.join(' '), /takes too long on the log of A 2021-11-05: 3 logs were not searched/);
    await assert.rejects(finderOf(finds).find('(', {}), /\( is no regular expression/);
  });

  it('is ended by another search', async () => {
    const waits: LogSearch = (_, __, { signal }) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve('stopped');
        signal.addEventListener('abort', () => resolve('stopped'));
      });
    const finder = finderOf(waits);
    const first = finder.find('x', {});
    const second = finder.find('y', {});
    assert.match((await first).leftOut.join(), /Stopped/);
    finder.stop();
    await second;
  });
});
