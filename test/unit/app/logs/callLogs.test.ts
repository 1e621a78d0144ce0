import assert from 'node:assert/strict';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLogBytes } from '../../../../src/adapters/files/logText';
import { toldRuns } from '../../../../src/app/backfillRuns';
import { CallLogs } from '../../../../src/app/logs/callLogs';
import type { BackfillEventBody } from '../../../../src/core/backfill/backfill';
import { forecastOf } from '../../../../src/core/backfill/forecast';
import { logProfile } from '../../../../src/core/logs/builtIn/profiles';
import { backfillChildren } from '../../../../src/server/backfills/backfillsTree';
import { type BackfillView, summaryOf, viewOf } from '../../../../src/server/backfills/backfillViews';
import { useTemporaryFolder } from '../../../support/temporaryFolder';
import { attempted, dateOf, eventsOf, planOf, START, started } from '../../cli/backfillFixture';

const LOG = 'logs/PDC-2021-11-05-1+2.log';
const begun = (day: number): BackfillEventBody => ({ ...attempted('PDC', day), log: LOG }) as BackfillEventBody;

describe('the logs of calls that run', () => {
  const folder = useTemporaryFolder();
  let logs: CallLogs;
  let path: string;
  beforeEach(async () => {
    await mkdir(join(folder(), 'logs'));
    path = join(folder(), LOG);
    await writeFile(path, '');
    logs = new CallLogs({
      logPath: (_, log) => join(folder(), log),
      readBytes: readLogBytes,
      profileOf: () => logProfile(undefined, 'nba-phase4') ?? {},
    });
  });

  const plan = planOf([
    ['PDC', 5],
    ['PDC', 6],
    ['PDC', 7],
  ]);
  function view(...bodies: readonly BackfillEventBody[]): BackfillView {
    return viewOf(
      { plan, events: eventsOf([started, ...bodies].map((body, at) => [at, body])), problems: [], ownerAlive: true },
      START,
    );
  }
  const running = view(begun(5), begun(6), begun(7));
  const seen = () => {
    const shown = { ...running, calls: logs.of(plan.id) };
    const parent = `backfills/${plan.id}`;
    return [
      summaryOf(shown, START).current,
      ...backfillChildren([shown], parent, START).map(({ label, description }) => `${label}: ${description}`),
    ];
  };

  it('are read in UTF-16, too', async () => {
    const text = `\ufeffINFO:__main__:Processing game date 1/3: ${dateOf(5)}\n`;
    await appendFile(path, Buffer.from(text, 'utf16le').subarray(0, 41));
    await logs.look([running]);
    await appendFile(path, Buffer.from(text, 'utf16le').subarray(41));
    await logs.look([running]);
    assert.equal(seen()[0], 'PDC 2021-11-05, 1 of 3 by its log');
  });

  it('tell the date in hand and what they claim of the others, as they grow', async () => {
    assert.equal(await logs.look([running]), false, 'nothing was written yet');
    assert.deepEqual(seen(), [
      'PDC 2021-11-05 and 2 more',
      'PDC 2021-11-05: running',
      'PDC 2021-11-06: running',
      'PDC 2021-11-07: running',
    ]);
    await appendFile(path, `INFO:__main__:Processing game date 1/3: ${dateOf(5)}\nINFO:precompute_base:✅ Successfully lo`);
    assert.equal(await logs.look([running]), true);
    assert.deepEqual(seen(), [
      'PDC 2021-11-05, 1 of 3 by its log',
      'PDC 2021-11-05: running · in hand',
      'PDC 2021-11-06: running · not begun',
      'PDC 2021-11-07: running · not begun',
    ]);
    await appendFile(
      path,
      `aded 30 rows\nINFO:__main__:  ✓ Success: 0 players\nINFO:__main__:Processing game date 2/3: ${dateOf(6)}\n`,
    );
    // Two looks at once read each byte once.
    await Promise.all([logs.look([running]), logs.look([running])]);
    assert.deepEqual(seen(), [
      'PDC 2021-11-06, 2 of 3 by its log',
      'PDC 2021-11-05: running · its log says that it loaded 30 rows',
      'PDC 2021-11-06: running · in hand',
      'PDC 2021-11-07: running · not begun',
    ]);
    assert.equal(await logs.look([running]), false);
  });

  it('are let go of when their call has ended, and nothing is said of calls for one date', async () => {
    await appendFile(path, `INFO:__main__:Processing game date 1/3: ${dateOf(5)}\n`);
    await logs.look([running]);
    assert.equal(logs.of(plan.id).length, 1);
    const over = view(begun(5), begun(6), {
      type: 'notAttempted',
      attempt: 'PDC-2021-11-06-1',
      processor: 'PDC',
      date: dateOf(6),
      why: '',
    });
    assert.equal(await logs.look([over]), true);
    assert.deepEqual(logs.of(plan.id), []);
  });

  it('tell while the call runs what grows from date to date, and how long that makes what is left', async () => {
    const days = Array.from({ length: 20 }, (_, index) => index + 1);
    const many = planOf(days.map((day) => ['PDC', day] as const));
    const call = viewOf(
      {
        plan: { ...many, jobs: many.jobs.map((job) => ({ ...job, method: 'range' as const, slots: 1 })) },
        events: eventsOf([started, ...days.map(begun)].map((body, at) => [at, body])),
        ...{ problems: [], ownerAlive: true },
      },
      START,
    );
    const lines = days
      .slice(0, 10)
      .flatMap((day) => [
        `INFO:__main__:Processing game date ${day}/20: ${dateOf(day)}`,
        `INFO:precompute_base:PRECOMPUTE_STEP Dependencies validated in ${5 + 25 * day}.0s`,
        'INFO:precompute_base:PRECOMPUTE_STEP Data extracted in 50.0s',
        `INFO:__main__:✓ ${dateOf(day)}: 214 players processed`,
      ]);
    await appendFile(path, `${lines.join('\n')}\n`);
    await logs.look([call]);
    const shown = { ...call, calls: logs.of(many.id) };
    const now = START + 3_600_000;
    assert.match(
      summaryOf(shown, now).growth?.join() ?? '',
      /^PDC: dependencies grows 25 s a date: the 10 dates left would take 1 h 15 min, not \d+ min$/,
    );
    const [first] = backfillChildren([shown], `backfills/${many.id}`, now);
    assert.deepEqual([first?.label, first?.action], ['PDC takes longer and longer', 'openTiming']);
    const { left } = forecastOf(call.record, call.progress, now, toldRuns(shown, now));
    assert.ok(Math.abs((left?.p50 ?? 0) - 4_430) < 600, `${left?.p50}`);
  });

  it('say nothing where there is no file, or the profile knows no dates', async () => {
    const none = new CallLogs({ logPath: () => join(folder(), 'none'), readBytes: readLogBytes, profileOf: () => ({}) });
    assert.equal(await none.look([running]), false);
    await appendFile(path, 'hello\n');
    const generic = new CallLogs({ logPath: () => path, readBytes: readLogBytes, profileOf: () => ({}) });
    await generic.look([running]);
    const shown = { ...running, calls: generic.of(plan.id) };
    assert.equal(summaryOf(shown, START).current, 'PDC 2021-11-05 and 2 more');
    assert.equal(backfillChildren([shown], `backfills/${plan.id}`, START)[0]?.description, 'running');
  });
});
