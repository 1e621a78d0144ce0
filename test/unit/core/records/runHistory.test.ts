import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HistoryRow } from '../../../../src/core/records/records';
import { errorsText, type NotedRun, outcomeOf, runsOf, stagesOf } from '../../../../src/core/records/runHistory';
import { buildPipeline } from '../../../support/builders';
import { historyRow, historyTable } from '../../../support/records';

const NOW = Date.UTC(2021, 11, 2, 12);
const MINUTE = 60_000;
const DATE = '2021-11-05';
const pipeline = buildPipeline({ nodes: [{ id: 'PDC', aliases: ['PlayerDailyCacheProcessor'] }, { id: 'MLFS' }] });
const table = historyTable();
const runs = (...rows: readonly HistoryRow[]): NotedRun[] => runsOf(rows, pipeline, table, NOW);
const outcomes = (...rows: readonly HistoryRow[]) => runs(...rows).map(({ outcome }) => outcome);

describe('a run history', () => {
  it('makes one run of the row at its start and the row at its end', () => {
    const started = NOW - 100 * MINUTE;
    const [run, ...more] = runs(
      historyRow('PlayerDailyCacheProcessor', DATE, 'running', { run: 'r1', started, seconds: 0 }),
      historyRow('PlayerDailyCacheProcessor', DATE, 'success', {
        ...{ run: 'r1', started, finished: started + 26_600, seconds: 26.6, rows: 312 },
        stages: '{"save_time": 4.5, "extract_time": "12.25", "total_runtime": 26}',
      }),
    );
    assert.deepEqual(more, []);
    assert.deepEqual(run, {
      processor: pipeline.processors[0],
      ...{ name: 'PDC', day: run?.day, run: 'r1', outcome: 'success', status: 'success', attempt: 1 },
      ...{ startedAt: started, endedAt: started + 26_600, seconds: 26.6, rows: 312 },
      stages: [
        { name: 'extract', seconds: 12.25 },
        { name: 'save', seconds: 4.5 },
      ],
    });
  });

  it('takes one run id for one run a date, as jobs reuse it', () => {
    const found = runs(
      historyRow('PDC', DATE, 'success', { run: 'r1', seconds: 1 }),
      historyRow('PDC', '2021-11-06', 'success', { run: 'r1', seconds: 2 }),
    );
    assert.deepEqual(
      found.map(({ seconds, attempt }) => [seconds, attempt]),
      [
        [1, 1],
        [2, 1],
      ],
    );
  });

  it('joins rows by the time of their start where they have no id', () => {
    const started = NOW - 100 * MINUTE;
    assert.deepEqual(
      outcomes(historyRow('PDC', DATE, 'failed', { started, seconds: 3 }), historyRow('PDC', DATE, 'running', { started })),
      ['failed'],
    );
    assert.deepEqual(outcomes(historyRow('PDC', DATE, 'success'), historyRow('PDC', DATE, 'failed')), ['success', 'failed']);
  });

  it('numbers the attempts at a date by their start, whatever the order of the rows', () => {
    const at = (minutes: number) => ({ started: NOW - minutes * MINUTE });
    const found = runs(
      historyRow('PDC', DATE, 'success', { run: 'b', ...at(100) }),
      historyRow('MLFS', DATE, 'skipped', { run: 'c', reason: 'no games', ...at(5) }),
      historyRow('Stranger', DATE, 'success', { run: 'd' }),
      historyRow('PDC', DATE, 'failed', { run: 'a', errors: '["boom"]', ...at(200) }),
    );
    assert.deepEqual(
      found.map(({ name, attempt, outcome, errors, reason, processor }) => [
        name,
        attempt,
        outcome,
        errors ?? reason,
        processor !== undefined,
      ]),
      [
        ['PDC', 1, 'failed', 'boom', true],
        ['PDC', 2, 'success', undefined, true],
        ['MLFS', 1, 'skipped', 'no games', true],
        ['Stranger', 1, 'success', undefined, false],
      ],
    );
  });

  it('knows a run that never ended by its age, or by the next one', () => {
    const running = (minutes: number, run: string) =>
      historyRow('PDC', DATE, 'running', { run, started: NOW - minutes * MINUTE });
    assert.deepEqual(outcomes(running(29, 'a')), ['running']);
    assert.deepEqual(outcomes(running(31, 'a')), ['neverEnded']);
    assert.deepEqual(outcomes(running(20, 'a'), running(10, 'b')), ['neverEnded', 'running']);
    const long = historyRow('PDC', '2021-11-04', 'success', { run: 'z', seconds: 3600 });
    assert.deepEqual(outcomes(long, running(170, 'a')), ['success', 'running']);
    assert.deepEqual(outcomes(long, running(190, 'a')), ['success', 'neverEnded']);
    assert.deepEqual(outcomes(historyRow('PDC', DATE, 'running')), ['neverEnded'], 'of unknown age');
    assert.equal(runs(running(31, 'a'))[0]?.seconds, undefined);
  });

  it('takes the time between start and end where no seconds are noted', () => {
    const started = NOW - 100 * MINUTE;
    const [run] = runs(historyRow('PDC', DATE, 'success', { run: 'a', started, finished: started + 90_000 }));
    assert.equal(run?.seconds, 90);
  });

  it('shows words that it does not know as they are', () => {
    assert.equal(outcomeOf(' SUCCESS ', table), 'success');
    assert.equal(outcomeOf('Skipped', table), 'skipped');
    const [run] = runs(historyRow('PDC', DATE, 'Zombie', { run: 'a' }));
    assert.deepEqual([run?.outcome, run?.status], ['other', 'Zombie']);
  });

  it('reads JSON that is text in JSON, and nothing of garbage', () => {
    const stages = historyTable().stages;
    assert.ok(stages);
    const extract = [{ name: 'extract', seconds: 1 }];
    assert.deepEqual(stagesOf('{"extract_time": 1}', stages), extract);
    assert.deepEqual(stagesOf('"{\\"extract_time\\": 1}"', stages), extract);
    for (const garbage of [
      undefined,
      '',
      '{',
      'null',
      '[]',
      '5',
      '{"extract_time": "x"}',
      '{"extract_time": -1}',
      '{"extract_time": null}',
    ])
      assert.deepEqual(stagesOf(garbage, stages), [], garbage);
  });

  it('tells errors in words', () => {
    for (const [text, told] of [
      ['["a", {"message": "b"}, {"error": "c"}]', 'a; b; c'],
      ['boom: {', 'boom: {'],
      ['"boom"', 'boom'],
      ['{"message": "b"}', 'b'],
      ['{"code": 5}', '{"code":5}'],
      ['[]', undefined],
      ['null', undefined],
      ['{}', undefined],
      ['', undefined],
      ['404', '404'],
    ] as const)
      assert.equal(errorsText(text), told, text);
  });

  it('survives any rows, and makes at most one run of each', () => {
    const row = fc.record(
      {
        processor: fc.constantFrom('PDC', 'pdc', 'Stranger', ''),
        day: fc.integer({ min: 18_900, max: 18_903 }),
        status: fc.oneof(fc.constantFrom('running', 'success', 'FAILED', 'skipped', 'partial'), fc.string()),
        run: fc.constantFrom('a', 'b', 'c'),
        started: fc.integer({ min: NOW - 1e8, max: NOW }),
        finished: fc.integer({ min: NOW - 1e8, max: NOW }),
        seconds: fc.double({ noNaN: true }),
        rows: fc.integer(),
        errors: fc.oneof(fc.string(), fc.json()),
        stages: fc.oneof(fc.string(), fc.json()),
      },
      { requiredKeys: ['processor', 'day', 'status'] },
    );
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const found = runsOf(rows, pipeline, table, NOW);
        assert.ok(found.length <= rows.length && (rows.length === 0 || found.length > 0));
        for (const run of found) {
          assert.ok(run.seconds === undefined || run.seconds >= 0);
          assert.ok(run.stages.every(({ seconds }) => Number.isFinite(seconds) && seconds >= 0));
        }
        const attempts = new Set(found.map(({ name, day, attempt }) => `${name} ${day} ${attempt}`));
        assert.equal(attempts.size, found.length);
      }),
    );
  });
});
