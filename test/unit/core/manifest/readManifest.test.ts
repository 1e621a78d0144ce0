import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseDay } from '../../../../src/base/day';
import { BUILT_IN_PROFILES } from '../../../../src/core/logs/builtIn/profiles';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import type { Pipeline, Processor } from '../../../../src/core/pipeline';

const WHOLE = readFileSync('test/fixtures/manifests/whole.yaml', 'utf8');
const MINIMAL = `version: 1
name: Small
warehouse: { type: duckdb, path: w.duckdb }
seasons: [{ name: s, start: 2021-01-01, end: 2021-12-31 }]
phases: [{ id: p, processors: [{ id: A, table: d.a, date_column: day }] }]
`;

function sound(text: string): Pipeline {
  const { pipeline, problems } = readManifest(text);
  assert.deepEqual(problems, []);
  assert.ok(pipeline);
  return pipeline;
}

function processorOf(pipeline: Pipeline, id: string): Processor {
  const found = pipeline.processors.find((processor) => processor.id === id);
  assert.ok(found, id);
  return found;
}

describe('a sound manifest', () => {
  const whole = sound(WHOLE);
  const index = (id: string): number => whole.nodes.findIndex((node) => node.id === id);

  it('lists sources, then processors by phase and file order', () => {
    assert.deepEqual(
      whole.nodes.map(({ id, kind, index: at }) => `${at} ${kind} ${id}`),
      ['0 source BOX', '1 processor PGS', '2 processor TDGS', '3 processor UPGC', '4 processor TDZA', '5 processor MLFS'],
    );
    assert.deepEqual(
      whole.processors.map(({ id, phase }) => `${id} ${whole.phases[phase]?.id}`),
      ['PGS phase3', 'TDGS phase3', 'UPGC phase3', 'TDZA phase4', 'MLFS phase4'],
    );
    assert.deepEqual([...whole.sources, ...whole.processors], whole.nodes);
  });

  it('brings seasons into the order of time', () => {
    assert.deepEqual(
      whole.seasons.map(({ name }) => name),
      ['2020-21', '2021-22'],
    );
    assert.deepEqual(whole.seasons[1], { name: '2021-22', from: parseDay('2021-10-19'), to: parseDay('2022-06-16') });
  });

  it('reads calendars, exclusions and the time that a date is due', () => {
    assert.deepEqual(whole.calendars, [
      {
        kind: 'table',
        name: 'games',
        table: 'raw.schedule',
        dateColumn: 'game_date',
        where: 'game_status = 3',
        count: 'game_id',
      },
      { kind: 'every', name: 'daily', every: 'day' },
      { kind: 'every', name: 'weekly', every: 'week', on: 0 },
    ]);
    assert.deepEqual(whole.exclusions, [
      { from: parseDay('2022-02-18'), to: parseDay('2022-02-23'), reason: 'All-Star break' },
      { from: parseDay('2021-11-25'), to: parseDay('2021-11-25'), reason: 'Thanksgiving' },
    ]);
    assert.deepEqual(whole.due, { afterDays: 1, zone: 'America/New_York' });
  });

  it('takes calendar and bootstrap from the processor, else from its phase, else from the pipeline', () => {
    assert.deepEqual(
      whole.nodes.map(({ id, calendar, bootstrapDays }) => `${id} ${whole.calendars[calendar]?.name} ${bootstrapDays}`),
      ['BOX games 0', 'PGS games 0', 'TDGS games 0', 'UPGC games 0', 'TDZA daily 14', 'MLFS games 7'],
    );
  });

  it('reads what a table is and should hold', () => {
    const { range: _, needs: __, run: ___, ...mlfs } = processorOf(whole, 'MLFS');
    assert.deepEqual(mlfs, {
      kind: 'processor',
      index: 5,
      id: 'MLFS',
      name: 'MLFS',
      phase: 1,
      tables: ['nba_predictions.features'],
      dateColumn: 'game_date',
      where: "feature_version = 'v1'",
      entity: ['player_id'],
      key: [],
      calendar: 0,
      bootstrapDays: 7,
      expect: { minRows: 1, rowsPerCount: 20, ratioOf: { node: index('UPGC'), atLeast: 0.9 } },
      checks: [{ name: 'strength present', expression: 'strength > 0', atLeast: 0.95 }],
      env: { PYTHONPATH: '.', PYTHONUNBUFFERED: '1' },
      log: 'nba-phase4',
      writes: [
        { name: 'strength', type: 'FLOAT64', nullable: false },
        { name: 'game_id', type: 'STRING', nullable: true },
      ],
      aliases: ['MLFeatureStoreProcessor', 'ml_feature_store'],
    });
    assert.deepEqual(processorOf(whole, 'TDGS').tables, ['nba_analytics.team_defense', 'nba_analytics.team_defense_detail']);
    assert.deepEqual(processorOf(whole, 'PGS').key, ['game_id', 'player_id']);
    assert.equal(processorOf(whole, 'PGS').writtenAt, 'processed_at');
  });

  it('reads needs with windows, numbers and alternatives', () => {
    const same = { kind: 'same' } as const;
    assert.deepEqual(processorOf(whole, 'TDGS').needs, [{ kind: 'single', node: 0, critical: true, window: same }]);
    assert.deepEqual(processorOf(whole, 'TDZA').needs, [
      { kind: 'single', node: index('TDGS'), critical: true, window: { kind: 'lastDates', count: 15 }, atLeast: 0.9 },
      { kind: 'single', node: index('TDZA'), critical: false, window: { kind: 'previous' } },
      { kind: 'single', node: 0, critical: true, window: { kind: 'lastDays', days: 30 }, minRows: 100 },
    ]);
    assert.deepEqual(processorOf(whole, 'MLFS').needs, [
      { kind: 'single', node: index('PGS'), critical: true, window: same, minRows: 100, backfillMinRows: 20 },
      { kind: 'single', node: index('TDZA'), critical: true, window: same, minEntities: 30, backfillMinEntities: 20 },
      {
        kind: 'anyOf',
        critical: false,
        alternatives: [
          { kind: 'single', node: index('UPGC'), critical: false, window: same },
          { kind: 'single', node: index('PGS'), critical: false, mode: 'backfill', window: same, minRows: 10 },
        ],
      },
    ]);
  });

  it('reads the ways to run a processor', () => {
    assert.deepEqual(processorOf(whole, 'PGS').run, [{ kind: 'sql', file: 'sql/player_games.sql' }]);
    assert.deepEqual(processorOf(whole, 'UPGC').run, []);
    assert.deepEqual(processorOf(whole, 'MLFS').run, [
      {
        kind: 'command',
        each: 'list',
        maxDates: 40,
        argv: ['.venv/bin/python', 'job.py', '--dates', '{dates}'],
        overrides: {},
      },
      {
        kind: 'command',
        each: 'range',
        maxDates: 30,
        argv: ['.venv/bin/python', 'job.py', '--from={start}', '--to={end}'],
        timeoutPerDateMs: 600_000,
        silenceMs: 90_000,
        slots: 1,
        overrides: { 'skip-preflight': ['--skip-preflight'], fresh: ['--no-resume'] },
      },
    ]);
  });

  it('knows where each node stands', () => {
    const lines = WHOLE.split('\n');
    for (const { id, range } of whole.nodes) {
      assert.match(lines[range.start.line]?.slice(range.start.column) ?? '', new RegExp(`^(?:\\{ )?id: ${id}\\b`));
      assert.doesNotMatch(lines[range.end.line]?.slice(0, range.end.column) ?? '', /\s$/);
    }
    const [box, pgs] = whole.nodes;
    assert.deepEqual(box?.range, { start: { line: 17, column: 4 }, end: { line: 17, column: 108 } });
    assert.deepEqual([pgs?.range.start.line, pgs?.range.end.line], [22, 30]);
  });

  it('fills in what is left out', () => {
    const pipeline = sound(MINIMAL);
    assert.deepEqual(pipeline.calendars, [{ kind: 'every', name: 'daily', every: 'day' }]);
    assert.deepEqual(pipeline.due, { afterDays: 1, zone: 'UTC' });
    assert.deepEqual(pipeline.exclusions, []);
    const { range: _, ...processor } = processorOf(pipeline, 'A');
    assert.deepEqual(processor, {
      kind: 'processor',
      index: 0,
      id: 'A',
      name: 'A',
      phase: 0,
      tables: ['d.a'],
      dateColumn: 'day',
      entity: [],
      key: [],
      calendar: 0,
      bootstrapDays: 0,
      expect: { minRows: 1 },
      checks: [],
      needs: [],
      run: [],
      env: {},
      writes: [],
      aliases: [],
    });
    assert.deepEqual(
      [pipeline.failures, pipeline.history, pipeline.checkpoints, pipeline.logProfiles],
      [[], undefined, undefined, new Map()],
    );
  });

  it('reads what jobs leave beside their tables', () => {
    assert.deepEqual(whole.failures, [
      {
        table: 'nba_processing.failures',
        processor: 'processor_name',
        date: 'analysis_date',
        entity: 'entity_id',
        category: 'failure_category',
        reason: 'failure_reason',
        created: 'created_at',
        expected: ['INSUFFICIENT_DATA'],
        stop: ['PROCESSING_ERROR'],
        meanings: new Map([['insufficient_data', 'too few games so far']]),
      },
      {
        table: 'nba_processing.names',
        name: 'Unknown players',
        processor: 'processor_name',
        date: 'game_date',
        entity: 'player',
        label: 'UNKNOWN_PLAYER',
        created: 'created_at',
        resolved: 'resolved_at',
        reprocessed: 'reprocessed_at',
        expected: [],
        stop: [],
        meanings: new Map(),
      },
    ]);
    assert.deepEqual(whole.history, {
      table: 'nba_reference.run_history',
      processor: 'processor_name',
      date: 'data_date',
      status: 'status',
      run: 'run_id',
      started: 'started_at',
      finished: 'processed_at',
      seconds: 'duration_seconds',
      rows: 'records_processed',
      errors: 'errors',
      reason: 'skip_reason',
      stages: {
        column: 'summary',
        seconds: new Map([
          ['extract', 'extract_time'],
          ['calculate', 'calculate_time'],
        ]),
      },
      statuses: {
        running: ['running'],
        success: ['success', 'good'],
        partial: ['partial'],
        failed: ['failed'],
        skipped: ['skipped'],
      },
    });
    assert.deepEqual(whole.checkpoints, { path: '/tmp/checkpoints/{job}_{start}_{end}.json' });
    assert.deepEqual(whole.logProfiles.get('nba-phase4'), {
      dateStart: ['^Processing date (?<date>\\S+)'],
      success: ['^ok'],
      failure: ['^failed'],
      rows: ['wrote (?<rows>\\d+)'],
    });
  });

  it('knows the usual words of a run history, but for those that mean something else here', () => {
    const { history } = sound(
      `${MINIMAL}history: { table: a.h, processor: p, date: d, status: s, statuses: { failed: [done, Crashed] } }\n`,
    );
    assert.deepEqual(history?.statuses.failed, ['done', 'crashed']);
    assert.ok(history?.statuses.success.includes('success'));
    assert.ok(!history?.statuses.success.includes('done'));
  });

  it('reads log profiles, alone and on top of a built-in one', () => {
    const { logProfiles } = sound(`${MINIMAL}
log_profiles:
  mine: { date_start: '^(?<date>\\S+) begins', stage: ['^a (?<a>\\d+)', '^b (?<b>\\d+)'], silent_success: true }
  theirs: { extends: nba-phase4, ignore: ^noise }
`);
    assert.deepEqual(logProfiles.get('mine'), {
      dateStart: ['^(?<date>\\S+) begins'],
      stage: ['^a (?<a>\\d+)', '^b (?<b>\\d+)'],
      silentSuccess: true,
    });
    const built = BUILT_IN_PROFILES.get('nba-phase4');
    assert.deepEqual(logProfiles.get('theirs'), { ...built, ignore: ['^noise', ...(built?.ignore ?? [])] });
  });

  it('reads every kind of warehouse', () => {
    const warehouse = (yaml: string): unknown => sound(MINIMAL.replace('{ type: duckdb, path: w.duckdb }', yaml)).warehouse;
    assert.deepEqual(warehouse('{ type: duckdb, path: w.duckdb }'), { type: 'duckdb', path: 'w.duckdb' });
    assert.deepEqual(warehouse('{ type: duckdb, path: data/ }'), { type: 'parquet', path: 'data' });
    assert.deepEqual(warehouse('{ type: parquet, path: data// }'), { type: 'parquet', path: 'data' });
    assert.deepEqual(warehouse('{ type: parquet, path: / }'), { type: 'parquet', path: '/' });
    assert.deepEqual(warehouse('{ type: bigquery, project: my-project }'), { type: 'bigquery', project: 'my-project' });
    const owned = warehouse('{ type: bigquery, project: "example.com:my-project" }');
    assert.deepEqual(owned, { type: 'bigquery', project: 'example.com:my-project' });
    assert.deepEqual(
      warehouse('{ type: bigquery, project: p, location: us-west2, max_bytes_billed: 1GB, endpoint: "http://127.0.0.1:9050/" }'),
      { type: 'bigquery', project: 'p', location: 'us-west2', maxBytesBilled: 1e9, endpoint: 'http://127.0.0.1:9050' },
    );
  });

  it('reads sizes and durations', () => {
    const size = (text: string): unknown => {
      const { warehouse } = sound(
        MINIMAL.replace('{ type: duckdb, path: w.duckdb }', `{ type: bigquery, project: p, max_bytes_billed: ${text} }`),
      );
      return warehouse.type === 'bigquery' && warehouse.maxBytesBilled;
    };
    assert.deepEqual(['1000', '1.5KB', '2 MB', '1gib', '1TB'].map(size), [1000, 1500, 2e6, 2 ** 30, 1e12]);
    const silence = (text: string): unknown => {
      const [run] = processorOf(
        sound(MINIMAL.replace('date_column: day', `date_column: day, run: { command: [x, "{date}"], silence: ${text} }`)),
        'A',
      ).run;
      return run?.kind === 'command' && run.silenceMs;
    };
    assert.deepEqual(['90s', '10m', '2h', '1.5h', '1d'].map(silence), [90_000, 600_000, 7_200_000, 5_400_000, 86_400_000]);
  });

  it('orders nodes of a date after what they need of it, and leaves the rest in file order', () => {
    const text = MINIMAL.replace(
      /processors: .*/,
      `processors: [
        { id: A, table: d.a, date_column: day, needs: [{ processor: C }, { processor: D, at: previous }] },
        { id: B, table: d.b, date_column: day },
        { id: C, table: d.c, date_column: day, expect: { ratio_of: { processor: D, at_least: 1 } } },
        { id: D, table: d.d, date_column: day, needs: [{ any_of: [B], critical: false }] }] }]`,
    );
    const { order, nodes } = sound(text);
    assert.equal(order.map((at) => nodes[at]?.id).join(' '), 'B D C A');
  });

  it('follows aliases', () => {
    const text = MINIMAL.replace(
      /processors: .*/,
      'processors: [{ id: A, table: d.a, date_column: &c day, env: &e { X: y } }, { id: B, table: d.b, date_column: *c, env: *e }] }]',
    );
    const [a, b] = sound(text).processors;
    assert.deepEqual([b?.dateColumn, b?.env], ['day', { X: 'y' }]);
    assert.deepEqual(b?.env, a?.env);
  });

  it('reads Windows line ends', () => {
    const pipeline = sound(WHOLE.replaceAll('\n', '\r\n'));
    assert.deepEqual(pipeline, whole);
  });
});
