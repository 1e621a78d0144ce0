import assert from 'node:assert/strict';
import { arrivalsOf } from '../../../../src/app/logs/arrivals';
import { LogOutliner, type OutlineMember } from '../../../../src/app/logs/logOutline';
import { logProfile } from '../../../../src/core/logs/builtIn/profiles';
import { CompiledProfile } from '../../../../src/core/logs/compiledProfile';
import { lineKindOf } from '../../../../src/core/logs/lineKinds';

const PHASE_4 = logProfile(undefined, 'nba-phase4') ?? {};
const GENERIC = logProfile(undefined, undefined) ?? {};

function outlinerOf(member: OutlineMember, before: readonly string[], lines: readonly string[]): LogOutliner {
  const outliner = new LogOutliner({ memberAt: () => member, titledAt: () => undefined });
  outliner.begin();
  for (const [index, text] of before.entries()) outliner.line(index - before.length, { offset: 0, text });
  for (const [index, text] of lines.entries()) outliner.line(index, { offset: 0, text });
  return outliner;
}

describe('the outline of what is shown of a log', () => {
  it('has a section a date, from the date that began before the window, and the problems with their lines', () => {
    const member = { key: 'a', processor: 'PDC', dates: ['2021-11-05', '2021-11-06', '2021-11-07'], profile: PHASE_4 };
    const { sections, problems, timed } = outlinerOf(
      member,
      ['INFO:__main__:Processing game date 1/3: 2021-11-05'],
      [
        'INFO:precompute_base:✅ Successfully loaded 10 rows',
        'INFO:__main__:  ✓ Success: 312 players',
        'INFO:__main__:Processing game date 2/3: 2021-11-06',
        'ERROR:precompute_base:PrecomputeProcessorBase Error: no context',
        'Traceback (most recent call last):',
        '  File "./a.py", line 323, in run',
        "KeyError: 'minutes'",
        'ERROR:__main__:  ✗ Failed: Unknown',
        'INFO:__main__:Processing game date 3/3: 2021-11-07',
      ],
    ).outline();
    assert.deepEqual(
      sections.map(({ date, line, lastLine, said }) => [date, line, lastLine, said?.outcome]),
      [
        ['2021-11-05', 0, 1, 'succeeded'],
        ['2021-11-06', 2, 7, 'failed'],
        ['2021-11-07', 8, 8, 'started'],
      ],
    );
    assert.deepEqual(
      problems.map(({ date, line, cause }) => [date, line, cause]),
      [['2021-11-06', 3, 'no context']],
    );
    assert.equal(timed, false);
  });

  it('is the date of the attempt where the log tells of none', () => {
    const member = { key: 'a', processor: 'A', dates: ['2021-11-05'], profile: GENERIC };
    const lines = ['14:00:01 begun', '14:00:02 reading', "KeyError: 'minutes'"];
    const { sections, problems, timed } = outlinerOf(member, [], lines).outline();
    assert.deepEqual(
      sections.map(({ date, line, lastLine }) => [date, line, lastLine]),
      [['2021-11-05', 0, 2]],
    );
    assert.deepEqual(
      problems.map(({ date, line, cause }) => [date, line, cause]),
      [['2021-11-05', 2, "KeyError: 'minutes'"]],
    );
    assert.equal(timed, true);
  });

  it('colours what the profile knows of a line', () => {
    const profile = new CompiledProfile(PHASE_4);
    const kindOf = (line: string) => {
      const found = lineKindOf(line, profile);
      return found === undefined ? undefined : [found.kind, line.slice(found.start, found.start + found.length)];
    };
    assert.deepEqual(kindOf('INFO:__main__:  ✓ Success: 312 players'), ['success', '✓ Success: 312 players']);
    assert.deepEqual(kindOf('INFO:__main__:Processing game date 1/3: 2021-11-05'), [
      'date',
      'Processing game date 1/3: 2021-11-05',
    ]);
    assert.deepEqual(kindOf('INFO:x:PRECOMPUTE_STEP Data extracted in 12.4s')?.[0], 'stage');
    assert.equal(kindOf('INFO:x:nothing of note'), undefined);
  });
});

describe('when lines of a log arrived', () => {
  const indexOf = (entries: readonly (readonly [number, number])[]) => {
    const bytes = Buffer.from(entries.map(([offset, time]) => `${offset} ${time}\n`).join(''));
    let read = 0;
    return {
      source: {
        look: async () => ({ size: bytes.length, identity: '' }),
        read: async (from: number, length: number) => {
          const part = bytes.subarray(from, from + length);
          read += part.length;
          return part;
        },
      },
      read: () => read,
    };
  };

  it('is when what lies before the next sample had arrived', async () => {
    const { source } = indexOf([
      [10, 1000],
      [30, 2000],
    ]);
    assert.deepEqual(await arrivalsOf(source, [0, 9, 10, 29, 30]), [1000, 1000, 2000, 2000, undefined]);
    assert.deepEqual(await arrivalsOf(source, []), []);
    assert.deepEqual(await arrivalsOf(indexOf([]).source, [5]), [undefined]);
  });

  it('is found in the index of a log that was written for a day without reading the whole', async () => {
    const entries = Array.from({ length: 345_600 }, (_, at) => [(at + 1) * 100, 1_700_000_000_000 + at * 250] as const);
    const { source, read } = indexOf(entries);
    for (const at of [0, 12_345, 200_000, 345_599])
      assert.deepEqual(await arrivalsOf(source, [at * 100, at * 100 + 99]), [
        1_700_000_000_000 + at * 250,
        1_700_000_000_000 + at * 250,
      ]);
    assert.ok(read() < 600_000, String(read()));
  });
});
