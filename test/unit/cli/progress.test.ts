import assert from 'node:assert/strict';
import fc from 'fast-check';
import { selectionText } from '../../../src/base/selection/parts';
import type { StatusWord } from '../../../src/base/selection/selection';
import { sightOf } from '../../../src/cli/followBackfill';
import { endedLine, summaryLines } from '../../../src/cli/render/backfillSummary';
import { bar } from '../../../src/cli/render/bar';
import { progressFrame } from '../../../src/cli/render/progressFrame';
import { textWidth } from '../../../src/cli/textWidth';
import type { BackfillEvent, BackfillEventBody, Plan } from '../../../src/core/backfill/backfill';
import { progressOf } from '../../../src/core/backfill/progress';
import { attempted, ended, eventsOf, planOf, START, started } from './backfillFixture';

const screen = { width: 80, height: 24, color: false };
const HINT = 'Ctrl+C cancels; closing this terminal leaves it running.';

function frame(plan: Plan, events: readonly BackfillEvent[], seconds: number, size = screen): readonly string[] {
  const now = START + seconds * 1000;
  const { progress, forecast, growth } = sightOf({ plan, events, problems: [], ownerAlive: true }, now);
  return progressFrame({ plan, events, progress, forecast, growth, now, hint: HINT }, size);
}

const plan = planOf([
  ...[5, 6, 7, 8, 9].map((day) => ['PDC', day] as const),
  ...[5, 6, 7, 8, 9].map((day) => ['MLFS', day] as const),
  ['MLFS', 10, 'skip'],
]);
const failure = {
  outcome: 'failed',
  category: 'exit',
  message: 'exit code 1: no such column: minutes',
  signature: 'exit:column',
} as const;
const events = eventsOf([
  [0, started],
  [1, attempted('PDC', 5)],
  [1, attempted('PDC', 6)],
  [13, ended('PDC', 5, 12)],
  [13, attempted('PDC', 7)],
  [25, ended('PDC', 6, 24, failure)],
  [25, attempted('PDC', 8)],
  [30, { type: 'skipped', processor: 'MLFS', date: '2021-11-06', why: 'PDC 2021-11-06 is missing' }],
]);

describe('the live table', () => {
  it('says while it runs what grows from date to date, and no more of it after a restart', () => {
    const many = planOf(Array.from({ length: 25 }, (_, index) => ['PDC', index + 1] as const));
    const growing = { ...many, request: { ...many.request, slots: 1 } };
    let now = 0;
    const bodies: (readonly [number, BackfillEventBody])[] = [[0, started]];
    for (let day = 1; day <= 10; day++) {
      bodies.push([now, attempted('PDC', day)]);
      now += 55 + 25 * day;
      bodies.push([now, ended('PDC', day, 55 + 25 * day, { stages: { dependency_check: 5 + 25 * day, extract: 50 } })]);
    }
    const text = (all: typeof bodies) => frame(growing, eventsOf(all), now).join('\n');
    assert.match(
      text(bodies),
      /\nPDC: dependency check grows 25 s a date: the 15 dates left would take 2 h 5\nmin, not 20 min\n\n/,
    );
    assert.doesNotMatch(
      text([...bodies, [now, started], [now, attempted('PDC', 11)], [now + 60, ended('PDC', 11, 60)]]),
      /grows/,
    );
  });

  it('shows the whole, each processor and what runs now', () => {
    assert.equal(
      frame(plan, events, 40).join('\n'),
      `PDC, MLFS, 2021-11-05 to 2021-11-09: 10 partitions
██████▓▓▓▓▓▓▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  30 %
running for 40 s  3/10  1 failed  1 skipped  35–80 s left  4.8/min

PDC   ████████▓▓▓▓▓▓▓▓░░░░░░░░░░░░░░░░░░░░░░░░  2/5  1 failed, 2 running
MLFS  ▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  1/5  1 skipped
▸ PDC 2021-11-07  27 s
▸ PDC 2021-11-08  15 s

Ctrl+C cancels; closing this terminal leaves it running.`,
    );
  });

  it('counts what was deleted on purpose as done, and what was cut off apart from failures', () => {
    const cleaning = eventsOf([
      [0, started],
      [1, attempted('PDC', 5)],
      [2, ended('PDC', 5, 1, { outcome: 'cleaned' })],
      [2, attempted('PDC', 6)],
      [3, ended('PDC', 6, 1, { outcome: 'interrupted' })],
      [3, attempted('MLFS', 5)],
    ]);
    const lines = frame(plan, cleaning, 4);
    assert.match(lines[2] ?? '', / {2}2\/10 {2}1 interrupted {2}/);
    assert.deepEqual(
      lines.slice(4, 6).map((line) => line.replace(/ {2}[█▓▒░]+/, '')),
      ['PDC   2/5  1 interrupted', 'MLFS  0/5  1 running'],
    );
  });

  it('fits any terminal', () => {
    const many = planOf(Array.from({ length: 40 }, (_, index) => [`PROCESSOR_${index}`, 1 + (index % 28)] as const));
    const running = eventsOf([
      [0, started],
      ...many.partitions.map(({ processor, date }) => [1, attempted(processor, Number(date.slice(8)))] as const),
    ]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 2, max: 60 }),
        fc.boolean(),
        fc.boolean(),
        (width, height, color, big) => {
          const lines = frame(big ? many : plan, big ? running : events, 40, { width, height, color });
          assert.ok(lines.length < height && lines.length > 0, `${lines.length} lines on ${height} rows`);
          for (const line of lines)
            assert.ok(textWidth(line) < Math.max(2, width), `${textWidth(line)} columns of ${width}: ${line}`);
        },
      ),
    );
  });

  it('says why it is paused and for how long, and which job may hang', () => {
    const pause: BackfillEventBody = {
      type: 'paused',
      cause: 'asked',
      message: 'ann asked for it: what runs ends, and nothing new starts.',
    };
    const silent: BackfillEventBody = {
      ...{ type: 'silent', attempt: 'PDC-2021-11-08-1', processor: 'PDC', date: '2021-11-08' },
      ...{ seconds: 10, basis: 'the manifest allows 10 s' },
    };
    const held = [
      ...events,
      ...eventsOf([
        [35, pause],
        [38, silent],
      ]).map((event, index) => ({ ...event, seq: events.length + index + 1 })),
    ];
    const lines = frame(plan, held, 40);
    assert.match(lines[2] ?? '', /^paused for 5 s {2}3\/10/);
    assert.equal(
      lines.slice(3, 5).join(' '),
      'ann asked for it: what runs ends, and nothing new starts. To let it go on: backfill resume 20261123T140211-pdc-ab12',
    );
    assert.ok(lines.includes('▸ PDC 2021-11-08  15 s  may hang: it says nothing'), lines.join('\n'));
  });

  it('keeps room for what runs now beside many processors', () => {
    const many = planOf(Array.from({ length: 40 }, (_, index) => [`P${index}`, 5] as const));
    const lines = frame(
      many,
      eventsOf([
        [0, started],
        [1, attempted('P0', 5)],
        [1, attempted('P1', 5)],
      ]),
      2,
    );
    assert.deepEqual(lines.slice(-5), ['  and 26 more', '▸ P0 2021-11-05  1 s', '▸ P1 2021-11-05  1 s', '', HINT]);
  });
});

describe('a bar', () => {
  it('shows every kind of end that there was, and is full only at the end', () => {
    const count = fc.integer({ min: 0, max: 3000 });
    fc.assert(
      fc.property(
        count,
        count,
        count,
        count,
        count,
        fc.integer({ min: 6, max: 60 }),
        (done, failed, interrupted, skipped, left, width) => {
          const over = done + failed + interrupted + skipped;
          const drawn = bar({ done, failed, interrupted, skipped, total: over + left }, width, { color: false });
          assert.equal(textWidth(drawn), width);
          if (failed + interrupted > 0) assert.match(drawn, /▓/);
          if (skipped > 0) assert.match(drawn, /▒/);
          assert.equal(drawn.includes('░'), left > 0 || over === 0);
        },
      ),
    );
  });
});

describe('plain lines', () => {
  it('tell one partition each', () => {
    const line = (body: ReturnType<typeof ended>) => {
      const [event] = eventsOf([[1, body]]);
      assert.ok(event?.type === 'attemptEnded');
      return endedLine(event, 3, 120);
    };
    assert.equal(line(ended('PDC', 5, 12.34)), '[3/120] PDC 2021-11-05: done, 214 rows in 12 s');
    assert.equal(
      line(ended('PDC', 6, 0.42, failure)),
      '[3/120] PDC 2021-11-06: failed, 214 rows in 0.4 s. exit code 1: no such column: minutes',
    );
    assert.equal(
      line(ended('PDC', 6, 3, { outcome: 'succeededButEmpty', rowsAfter: 0, alarm: true })),
      '[3/120] PDC 2021-11-06: succeeded but empty, 0 rows in 3 s. ALARM: it had rows before and is empty now. ended without an error and left the partition empty',
    );
    // What a job wrote cannot steer the terminal or break the line.
    assert.equal(
      line(ended('PDC', 6, 3, { outcome: 'failed', message: 'a\u001b[2J\nb\u0007' })),
      '[3/120] PDC 2021-11-06: failed, 214 rows in 3 s. a b',
    );
  });
});

describe('the summary', () => {
  const summary = (all: readonly BackfillEvent[]) => summaryLines(plan, all, progressOf(plan, all, false), screen).join('\n');

  it('is short when all is well', () => {
    const all = eventsOf([
      [0, started],
      ...['PDC', 'MLFS'].flatMap((processor) => [5, 6, 7, 8, 9].map((day) => [day, ended(processor, day, 1)] as const)),
      [190, { type: 'ended', result: 'done' }],
    ]);
    assert.equal(summary(all), 'Backfill 20261123T140211-pdc-ab12 is done after 3 min 10 s: 10 of 10 done.');
  });

  it('names only what is left after a cancellation or an interruption', () => {
    const all = eventsOf([
      [0, started],
      ...[5, 6, 7].map((day) => [day, ended('PDC', day, 1)] as const),
      ...[5, 6].map((day) => [day, ended('MLFS', day, 1)] as const),
      [20, { type: 'ended', result: 'cancelled' }],
    ]);
    const next = (choices: readonly StatusWord[]) => {
      const chosen = { ...plan, request: { ...plan.request, select: selectionText({ choices }) } };
      return summaryLines(chosen, all, progressOf(chosen, all, false), screen).filter((line) => line.includes('backfill run'));
    };
    const dates = (...days: number[]) => days.map((date) => `2021-11-0${date}`).join(',');
    assert.deepEqual(
      next(['all']).map((line) => /--processor \S+ --dates \S+/.exec(line)?.[0]),
      [`--processor PDC --dates ${dates(8, 9)}`, `--processor MLFS --dates ${dates(7, 8, 9)}`],
    );
    assert.deepEqual(
      next(['missing', 'failed', 'partial', 'suspect']).map((line) => /--processor \S+ --dates \S+/.exec(line)?.[0]),
      [`--processor PDC,MLFS --dates ${dates(7, 8, 9)}`],
    );
    assert.match(next(['complete', 'missing']).join('\n'), /--select 'PDC & 2021-11-08, 2021-11-09 & missing, complete'/);
    assert.doesNotMatch(next(['all']).join(), /--from|--to/);
  });

  it('groups failures and skips by their reason and says what to do next', () => {
    const all = eventsOf([
      [0, started],
      [12, ended('PDC', 5, 12)],
      [24, ended('PDC', 6, 24, failure)],
      [26, ended('PDC', 7, 24, failure)],
      [28, ended('PDC', 8, 24, { outcome: 'wroteNothing', rowsAfter: 0 })],
      [40, ended('PDC', 9, 12)],
      [41, { type: 'skipped', processor: 'MLFS', date: '2021-11-06', why: 'PDC failed on that date' }],
      [41, { type: 'skipped', processor: 'MLFS', date: '2021-11-07', why: 'PDC failed on that date' }],
      [50, { type: 'ended', result: 'failed' }],
    ]);
    assert.equal(
      summary(all),
      `Backfill 20261123T140211-pdc-ab12 ended with failures after 50 s: 2 of 10 done,
3 failed, 2 skipped, 3 not started.

Failed:
  2  PDC: exit code 1: no such column: minutes
     2021-11-06 to 2021-11-07
  1  PDC: ended without an error and changed nothing
     2021-11-08

Skipped:
  2  MLFS: PDC failed on that date
     2021-11-06 to 2021-11-07

Next:
  backfill logs 20261123T140211-pdc-ab12 PDC 2021-11-06
  backfill gaps --processor PDC`,
    );
  });
});
