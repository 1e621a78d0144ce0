import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { logProfile } from '../../../../src/core/logs/builtIn/profiles';
import { digestLog } from '../../../../src/core/logs/digestLog';
import type { LogDate, LogDigest } from '../../../../src/core/logs/logDigest';
import { SHARED_DATA } from '../../../support/realSeasons';
import { skipBecause } from '../../../support/skip';

/** The fields of a date that the tables of `test/fixtures/logs` hold. Who reads a sample writes them down; no reader's output is copied. */
type ExpectedDate = Omit<LogDate, 'firstLine' | 'lastLine' | 'causeLine' | 'startedAt' | 'endedAt'>;

interface ExpectedLog {
  readonly profile: string;
  readonly dates: readonly ExpectedDate[];
  readonly progress?: LogDigest['progress'] | null;
  readonly summary?: LogDigest['summary'] | null;
  readonly failure?: { readonly cause: string; readonly category?: string };
  readonly unmatched?: readonly string[];
}

const FOLDER = path.join(SHARED_DATA, 'logs');

function expectedOf<T>(name: string): T {
  return JSON.parse(readFileSync(`test/fixtures/logs/${name}.json`, 'utf8'));
}

function digestOf(text: string, profile: string): LogDigest {
  const patterns = logProfile(undefined, profile);
  assert.ok(patterns, profile);
  return digestLog(text, patterns);
}

function fieldsOf({ firstLine: _1, lastLine: _2, causeLine: _3, startedAt: _4, endedAt: _5, ...fields }: LogDate): ExpectedDate {
  return fields;
}

function compare(digest: LogDigest, expected: ExpectedLog): void {
  assert.deepEqual(digest.dates.map(fieldsOf), expected.dates);
  assert.deepEqual(digest.progress, expected.progress ?? undefined);
  assert.deepEqual(digest.summary, expected.summary ?? undefined);
  assert.deepEqual(
    digest.unmatched.samples.map(({ text }) => text),
    expected.unmatched ?? [],
  );
  assert.equal(digest.unmatched.lines, digest.unmatched.samples.length);
}

describe('logs of a real pipeline', () => {
  before(function () {
    if (!existsSync(FOLDER)) skipBecause(this, `no public logs in ${FOLDER}`);
  });

  for (const name of ['ml_feature_store', 'tdza', 'tdza_rerun', 'tdza_rerun_stdout', 'player_game_summary']) {
    it(`are read as somebody read them: ${name}`, () => {
      const expected = expectedOf<ExpectedLog & { sample: string; lines: number }>(name);
      const text = readFileSync(path.join(FOLDER, expected.sample), 'utf8');
      const digest = digestOf(text, expected.profile);
      compare(digest, expected);
      assert.equal(digest.lines, expected.lines);
      assert.ok(digest.unmatched.lines < expected.lines / 100);
    });
  }

  it('are read as somebody read them: excerpts', () => {
    const expected = expectedOf<{ sample: string; separator: string; lines: number; excerpts: ExpectedLog[] }>('excerpts');
    const text = readFileSync(path.join(FOLDER, expected.sample), 'utf8');
    const [, ...excerpts] = text.split(new RegExp(`^${expected.separator}\n`, 'm'));
    assert.equal(excerpts.length, expected.excerpts.length);
    let unmatched = 0;
    for (const [index, one] of expected.excerpts.entries()) {
      const digest = digestOf(excerpts[index] ?? '', one.profile);
      compare(digest, one);
      const { line: _, ...failure } = digest.failure ?? { line: 0 };
      assert.deepEqual(failure, one.failure ?? {}, excerpts[index]);
      unmatched += digest.unmatched.lines;
    }
    assert.ok(unmatched < expected.lines / 100, `${unmatched} lines`);
  });

  it('tell each attempt at a date where two runs were appended, and the last counts', () => {
    const read = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');
    const expected = [
      ...expectedOf<ExpectedLog>('tdza').dates,
      ...expectedOf<ExpectedLog>('tdza_rerun').dates.map((date) => ({ ...date, run: 2 })),
    ];
    const digest = digestOf(read('tdza.stderr') + read('tdza_rerun.stderr'), 'nba-phase4');
    assert.deepEqual(digest.dates.map(fieldsOf), expected);
    assert.deepEqual(digest.progress, { done: 12, total: 12 });
  });

  it('begin the clock of the stages anew with a second run', () => {
    const text = readFileSync(path.join(FOLDER, 'player_game_summary.stderr'), 'utf8');
    const { dates } = expectedOf<ExpectedLog>('player_game_summary');
    assert.deepEqual(digestOf(text + text, 'nba-phase3').dates.map(fieldsOf), [
      ...dates,
      ...dates.map((date) => ({ ...date, run: 2 })),
    ]);
  });

  it('say when a date ran, where anything tells', () => {
    const text = readFileSync(path.join(FOLDER, 'tdza.stderr'), 'utf8');
    const { dates } = digestOf(text, 'nba-phase4');
    const { startedAt, endedAt, firstLine, lastLine } = dates[1] ?? {};
    assert.deepEqual(
      [startedAt, endedAt, firstLine, lastLine],
      ['2026-11-23T10:23:08', '2026-11-23T10:23:09.097899+00:00', 20, 49],
    );
  });

  it('have no end while they run, and name the date in hand', () => {
    const lines = readFileSync(path.join(FOLDER, 'tdza.stderr'), 'utf8').split('\n');
    const digest = digestOf(lines.slice(0, 60).join('\n'), 'nba-phase4');
    assert.deepEqual([digest.current, digest.progress, digest.summary], ['2021-11-03', { done: 2, total: 12 }, undefined]);
  });
});
