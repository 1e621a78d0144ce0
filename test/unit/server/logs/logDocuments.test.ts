import assert from 'node:assert/strict';
import { appendFile, mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileBytes } from '../../../../src/adapters/files/fileBytes';
import type { BackfillRecord } from '../../../../src/app/journal';
import type { BackfillEventBody } from '../../../../src/core/backfill/backfill';
import { logProfile } from '../../../../src/core/logs/builtIn/profiles';
import { LINE_KINDS } from '../../../../src/core/logs/lineKinds';
import { LOG_TOKEN_TYPES } from '../../../../src/protocol/contributions/logLanguage';
import { LOG_TOKENS, type LogChange, type LogId } from '../../../../src/protocol/logs';
import { LogDocuments } from '../../../../src/server/logs/logDocuments';
import { useTemporaryFolder } from '../../../support/temporaryFolder';
import { attempted, dateOf, ended, eventsOf, planOf, started } from '../../cli/backfillFixture';

const RANGE = 'PDC-2021-11-05-1+1.log';
const ONE = 'A-2021-11-07-1.log';
const RANGE_ID: LogId = { backfill: 'b', log: RANGE };
const ONE_ID: LogId = { backfill: 'b', log: ONE };
const WHOLE: LogId = { backfill: 'b' };

describe('logs that are open in editors', () => {
  const folder = useTemporaryFolder();
  let bodies: BackfillEventBody[];
  let active: boolean;
  let changes: LogChange[];
  let now: number;
  let repaired: Set<string>;
  let logs: LogDocuments;

  const begun = (processor: string, day: number, log: string) =>
    ({ ...attempted(processor, day), log: `logs/${log}` }) as BackfillEventBody;
  const write = (log: string, text: string) => appendFile(join(folder(), 'logs', log), text);
  const record = (): BackfillRecord => ({
    plan: planOf([['PDC', 5]]),
    events: eventsOf(bodies.map((body, at) => [at, body])),
    problems: [],
    ownerAlive: active,
  });

  beforeEach(async () => {
    await mkdir(join(folder(), 'logs'));
    bodies = [started, begun('PDC', 5, RANGE), begun('PDC', 6, RANGE), begun('A', 7, ONE)];
    active = true;
    changes = [];
    now = 0;
    repaired = new Set();
    logs = new LogDocuments({
      record: async (id) => (id === 'b' ? record() : undefined),
      logPath: (_, log) => join(folder(), log),
      openFile: fileBytes,
      profileOf: (processor) => logProfile(undefined, processor === 'PDC' ? 'nba-phase4' : undefined) ?? {},
      isRepaired: (_, processor, date) => repaired.has(`${processor} ${date}`),
      now: () => now,
      changed: (change) => changes.push(change),
      failed: (what) => assert.fail(what),
      lookMs: 3_600_000,
    });
  });
  afterEach(() => logs.dispose());

  async function look(id: LogId, following = true): Promise<LogChange | undefined> {
    changes = [];
    logs.watch([{ id, following }]);
    await logs.look();
    return changes[0];
  }

  it('begin with nothing, say so, and grow by what is appended', async () => {
    const page = await logs.open({ id: ONE_ID });
    assert.deepEqual([page.text, page.state.pending], ['', 'Nothing was written here yet.']);
    await write(ONE, 'reading\n 10%');
    const first = await look(ONE_ID);
    assert.equal(first?.page?.text, 'reading\n');
    assert.equal(first?.page?.state.pending, ' 10%');
    await write(ONE, '\r 20%');
    assert.deepEqual(await look(ONE_ID), {
      id: ONE_ID,
      version: first?.version,
      state: { earlier: 0, later: 0, pending: ' 20%' },
    });
    assert.equal(await look(ONE_ID), undefined, 'nothing to tell');
  });

  it('tell dates, how they ended and what went wrong, by the journal as soon as it knows', async () => {
    await write(
      RANGE,
      [
        `INFO:__main__:Processing game date 1/2: ${dateOf(5)}`,
        'INFO:__main__:  ✓ Success: 312 players',
        `INFO:__main__:Processing game date 2/2: ${dateOf(6)}`,
        'ERROR:precompute_base:PrecomputeProcessorBase Error: no context',
        '',
      ].join('\n'),
    );
    assert.equal((await logs.open({ id: RANGE_ID })).outline, undefined, 'the text comes first');
    const { outline } = (await look(RANGE_ID)) ?? {};
    assert.deepEqual(
      outline?.sections.map(({ title, detail, outcome, line, lastLine }) => [title, detail, outcome, line, lastLine]),
      [
        ['PDC 2021-11-05', 'its log says that it succeeded, by its own count with 312 rows', 'good', 0, 1],
        ['PDC 2021-11-06', 'running', 'open', 2, 3],
      ],
    );
    assert.deepEqual(outline?.problems, [{ line: 3, message: 'PDC 2021-11-06: no context', severity: 'warning' }]);

    bodies.push(
      ended('PDC', 5, 1, { outcome: 'wroteNothing', message: 'ended well, 0 rows' }),
      ended('PDC', 6, 1, { outcome: 'failed', message: 'exit code 1: no context' }),
    );
    active = false;
    now = 5_000;
    const change = await look(RANGE_ID);
    assert.equal(change?.append, undefined);
    assert.deepEqual(
      change?.outline?.sections.map(({ detail, outcome }) => [detail, outcome]),
      [
        ['ended well, changed nothing · ended well, 0 rows', 'bad'],
        ['failed · exit code 1: no context', 'bad'],
      ],
    );
    assert.deepEqual(
      change?.outline?.problems.map(({ severity }) => severity),
      ['error'],
    );
  });

  it('have no problem any more when its date is repaired, also while they are not on the screen', async () => {
    await write(ONE, "KeyError: 'minutes'\n");
    bodies.push(ended('A', 7, 1, { outcome: 'failed', message: 'exit code 1' }));
    active = false;
    await logs.open({ id: ONE_ID });
    const { outline } = (await look(ONE_ID)) ?? {};
    assert.deepEqual(outline?.problems, [{ line: 0, message: "A 2021-11-07: KeyError: 'minutes'", severity: 'error' }]);
    logs.watch([]);
    const judged = async () => {
      changes = [];
      await logs.judgeAgain();
      return changes;
    };
    assert.deepEqual(await judged(), [], 'nothing has changed');
    repaired.add('A 2021-11-07');
    assert.deepEqual(
      (await judged()).map(({ outline: said, append }) => [said?.problems, append]),
      [[[], undefined]],
    );
  });

  it('say that they cannot be read, and are shown as soon as they can', async () => {
    await mkdir(join(folder(), 'logs', ONE));
    const { text, state } = await logs.open({ id: ONE_ID });
    assert.deepEqual([text, state.pending], ['', 'This log cannot be read: it is a folder.']);
    await look(ONE_ID);
    assert.equal(await look(ONE_ID), undefined, 'nothing to tell');
    await rm(join(folder(), 'logs', ONE), { recursive: true });
    assert.equal((await look(ONE_ID))?.state.pending, 'Nothing was written here yet.');
    await write(ONE, 'one\n');
    assert.equal((await look(ONE_ID))?.page?.text, 'one\n');
    await rm(join(folder(), 'logs', ONE));
    assert.equal(await look(ONE_ID), undefined, 'what was read stays');
    await write(ONE, 'another one\n');
    assert.equal((await look(ONE_ID))?.page?.text, 'another one\n');
  });

  it('hold every line once while one is written 500 times a second, and rotated meanwhile', async function () {
    this.timeout(20_000);
    const path = join(folder(), 'logs', ONE);
    await write(ONE, '');
    let shown = (await logs.open({ id: ONE_ID })).text;
    const take = (change: LogChange | undefined) => {
      if (change?.page !== undefined) shown = change.page.text;
      else shown += change?.append ?? '';
    };
    let at = 0;
    const burst = async (lines: number) => {
      for (let line = 0; line < lines; line++) {
        const writing = write(ONE, `line ${at++}\n`);
        if (line % 50 === 0) take(await look(ONE_ID));
        await writing;
      }
      take(await look(ONE_ID));
    };
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join('');
    await burst(1_000);
    assert.equal(shown, lines(0, 1_000));
    await rename(path, `${path}.1`);
    await burst(1_200);
    assert.equal(shown, lines(1_000, 2_200));
    await truncate(path, 0);
    await burst(3_000);
    assert.equal(shown, lines(2_200, 5_200));
  });

  it('end with a line that has no end, once nothing more is written', async () => {
    await write(ONE, 'one\nlast words');
    const { text, state } = await logs.open({ id: ONE_ID });
    assert.deepEqual([text, state.pending], ['one\n', 'last words']);
    active = false;
    const change = await look(ONE_ID);
    assert.deepEqual([change?.append, change?.state.pending], ['last words\n', '']);
    assert.equal(await look(ONE_ID), undefined);
  });

  it('are shown anew where they were rotated or made shorter', async () => {
    await write(ONE, 'one\ntwo\n');
    await logs.open({ id: ONE_ID });
    await truncate(join(folder(), 'logs', ONE), 0);
    await writeFile(join(folder(), 'logs', ONE), 'new\n');
    assert.equal((await look(ONE_ID))?.page?.text, 'new\n');
  });

  it('are found where a date begins, also far from the end, and show the bytes that are asked for', async () => {
    await write(RANGE, `INFO:__main__:Processing game date 1/2: ${dateOf(5)}\n${'INFO:x:words\n'.repeat(100_000)}`);
    await write(RANGE, `INFO:__main__:Processing game date 2/2: ${dateOf(6)}\nINFO:x:end\n`);
    const there = await logs.open({ id: RANGE_ID, at: { node: 'PDC', date: dateOf(6) } });
    assert.match(there.text.split('\n')[there.line ?? -1] ?? '', /2021-11-06/);
    const far = await logs.open({ id: RANGE_ID, at: { node: 'PDC', date: dateOf(5) } });
    assert.equal(far.line, 0);
    assert.match(far.text, /^INFO:__main__:Processing game date 1\/2: 2021-11-05\n/);
    const around = await logs.open({ id: { ...RANGE_ID }, at: { offset: 60 } });
    assert.match(around.text.split('\n')[around.line ?? -1] ?? '', /words/);
    const end = await logs.move({ id: RANGE_ID, to: 'end' });
    assert.ok(end.state.earlier > 0 && end.text.endsWith('INFO:x:end\n'));
    const earlier = await logs.move({ id: RANGE_ID, to: 'earlier' });
    assert.ok(earlier.state.earlier < end.state.earlier);
    assert.ok(earlier.text.endsWith(end.text), 'what was shown is shown, with more before it');
    assert.equal(earlier.text.split('\n')[earlier.line ?? -1], end.text.split('\n')[0]);
  });

  it('are found where a date begins beyond all that would be shown at once', async function () {
    this.timeout(20_000);
    await write(RANGE, `INFO:__main__:Processing game date 1/2: ${dateOf(5)}\nINFO:x:first of it\n`);
    for (let round = 0; round < 20; round++) await write(RANGE, 'INFO:x:words\n'.repeat(80_000));
    await write(RANGE, `INFO:__main__:Processing game date 2/2: ${dateOf(6)}\nINFO:x:end\n`);
    const far = await logs.open({ id: RANGE_ID, at: { node: 'PDC', date: dateOf(5) } });
    assert.equal(far.line, 0);
    assert.match(far.text, /^INFO:__main__:Processing game date 1\/2: 2021-11-05\nINFO:x:first of it\n/);
    assert.ok(far.state.later > 8 << 20 && far.text.length < 1 << 20);
    assert.equal(far.outline?.sections[0]?.date, dateOf(5));
    const none = await logs.open({ id: RANGE_ID, at: { node: 'PDC', date: dateOf(7) } });
    assert.ok(none.line === undefined && none.text.endsWith('INFO:x:end\n'), 'the end where the log does not tell of it');
  });

  it('of a whole backfill are one, with a title before each', async () => {
    await write(RANGE, `INFO:__main__:Processing game date 1/2: ${dateOf(5)}\n`);
    await write(ONE, "begun\nKeyError: 'minutes'\n");
    const { text } = await logs.open({ id: WHOLE });
    const { outline } = (await look(WHOLE)) ?? {};
    assert.equal(
      text,
      `==> PDC 2021-11-05 to 2021-11-06, 2 dates <==\nINFO:__main__:Processing game date 1/2: 2021-11-05\n\n==> A 2021-11-07 <==\nbegun\nKeyError: 'minutes'\n`,
    );
    assert.deepEqual(
      outline?.sections.map(({ title, line, lastLine }) => [title, line, lastLine]),
      [
        ['PDC 2021-11-05', 1, 1],
        ['A 2021-11-07', 3, 5],
      ],
    );
    assert.deepEqual(outline?.problems, [{ line: 5, message: "A 2021-11-07: KeyError: 'minutes'", severity: 'warning' }]);
    await write(ONE, 'more\n');
    assert.equal((await look(WHOLE))?.append, 'more\n');
  });

  it('have colours by the profile of their processor, and times of arrival', async () => {
    await write(RANGE, 'INFO:__main__:  ✓ Success: 312 players\nINFO:x:words\n');
    await writeFile(join(folder(), 'logs', `${RANGE}.idx`), '30 1700000000000\n60 1700000001000\n');
    await logs.open({ id: RANGE_ID });
    const lines = ['INFO:__main__:  ✓ Success: 312 players', 'INFO:x:words'];
    const tokens = await logs.tokens({ id: RANGE_ID, first: 0, lines });
    assert.deepEqual(tokens, [[0, 16, 22, LOG_TOKENS.indexOf('success')]]);
    assert.deepEqual(await logs.arrivals({ id: RANGE_ID, first: 0, count: 3 }), [1_700_000_000_000, 1_700_000_001_000, null]);
    assert.deepEqual(LOG_TOKENS, LINE_KINDS);
    assert.equal(Object.keys(LOG_TOKEN_TYPES).length, LOG_TOKENS.length);
  });

  it('are only those that the journal names', async () => {
    await assert.rejects(logs.open({ id: { backfill: 'b', log: '../plan.json' } }), /has no log/);
    await assert.rejects(logs.open({ id: { backfill: 'c' } }), /no backfill c/);
    await assert.rejects(logs.move({ id: ONE_ID, to: 'end' }), /not open any more/);
  });
});
