import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { formatDay } from '../../../src/base/day';
import { readManifest } from '../../../src/core/manifest/readManifest';
import type { CommandRun, Need, Pipeline, Processor, SingleNeed } from '../../../src/core/pipeline';
import { argvOf, chooseMethod, nextCall } from '../../../src/core/plan/runMethod';
import { day } from '../../support/builders';
import { assertGolden } from '../../support/golden';
import { NBA_TABLES } from '../../support/nbaTables';

const PRESET = readFileSync('presets/nba-stats-scraper.yaml', 'utf8');
const MINIMAL = 'version: 1\nname: NBA seasons\nextends: preset:nba-stats-scraper\n';

function sound(text: string): Pipeline {
  const { pipeline, problems } = readManifest(text);
  assert.deepEqual(problems, []);
  assert.ok(pipeline);
  return pipeline;
}

const pipeline = sound(MINIMAL);

function processor(id: string): Processor {
  const found = pipeline.processors.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

describe('the preset nba-stats-scraper', () => {
  it('is a whole manifest, and one that extends it is the same', () => {
    const meaning = (from: Pipeline) =>
      JSON.stringify({ ...from, name: '' }, (key, value: unknown) => (key === 'range' ? 0 : value));
    assert.equal(meaning(pipeline), meaning(sound(PRESET)));
  });

  it('takes another project, place and interpreter in a line each', () => {
    const { warehouse, processors } = sound(
      `${MINIMAL}warehouse: { project: mine, endpoint: "http://127.0.0.1:9050" }\nprograms: { python: venv/bin/python3 }\n`,
    );
    assert.deepEqual(warehouse, {
      type: 'bigquery',
      project: 'mine',
      location: 'us-west2',
      endpoint: 'http://127.0.0.1:9050',
    });
    const programs = processors.flatMap(({ run }) => run.map((way) => way.kind === 'command' && way.argv[0]));
    assert.deepEqual([...new Set(programs)], ['venv/bin/python3']);
  });

  it('runs its processors in the order of what they need', () => {
    assert.equal(
      pipeline.processors.map(({ id }) => id).join(' '),
      'PGS TOGS TDGS UPGC UTGC TDZA PSZA PCF PDC MLFS PRED GRADE TIERS',
    );
    for (const [index, { needs }] of pipeline.processors.entries())
      for (const need of needs.flatMap(alternatives)) {
        const on = pipeline.processors.findIndex(({ index: at }) => at === need.node);
        assert.ok(on < index, `${pipeline.processors[index]?.id} comes after what it needs`);
      }
  });

  it('is what the committed text says', () => {
    assertGolden('nba/pipeline.txt', described(pipeline).join('\n'));
  });

  it('knows each processor by the names of its class, its job and its table, and each name means one', () => {
    const owners = new Map<string, string>();
    for (const { id, aliases, tables } of pipeline.processors) {
      const table = tables[0]?.split('.').at(-1) ?? '';
      assert.ok(aliases.includes(table), `${id}: ${table}`);
      assert.ok(
        aliases.some((name) => /^[A-Z]\w+$/.test(name)),
        `${id} has the name of its class`,
      );
      for (const name of aliases) {
        assert.equal(owners.get(name.toLowerCase()), undefined, name);
        owners.set(name.toLowerCase(), id);
      }
    }
    for (const job of [
      'player_game_summary',
      'team_offense_game_summary',
      'team_defense_game_summary',
      'upcoming_player_game_context',
      'team_defense_zone_analysis',
      'player_shot_zone_analysis',
      'player_composite_factors',
      'player_daily_cache',
      'ml_feature_store',
      'prediction_backfill',
      'grading_backfill',
    ])
      assert.ok(owners.has(job), `a checkpoint of ${job} finds its processor`);
  });

  it('names tables and columns that the fixture of the pipeline has, each with a partition by its date', () => {
    const tables = new Map(NBA_TABLES.map((table) => [`${table.dataset}.${table.table}`, table]));
    const check = (table: string, dateColumn: string, columns: readonly (string | undefined)[]) => {
      const known = tables.get(table);
      assert.ok(known, table);
      assert.equal(known.partition, dateColumn, table);
      for (const column of columns)
        if (column !== undefined)
          assert.ok(
            known.columns.some(({ name }) => name === column),
            `${table}.${column}`,
          );
      assert.equal(known.columns.find(({ name }) => name === dateColumn)?.type, 'DATE', table);
    };
    for (const node of pipeline.nodes)
      check(node.tables[0] ?? '', node.dateColumn, [...node.entity, ...node.key, node.writtenAt]);
    for (const calendar of pipeline.calendars)
      if (calendar.kind === 'table') check(calendar.table, calendar.dateColumn, [calendar.count]);
    for (const { table, date, processor: by, entity, category, reason, created, resolved, reprocessed } of pipeline.failures)
      check(table, date, [by, entity, category, reason, created, resolved, reprocessed]);
    const { history } = pipeline;
    assert.ok(history);
    check(history.table, history.date, [history.processor, history.status, history.run, history.started, history.finished]);
    check(history.table, history.date, [history.seconds, history.rows, history.errors, history.reason, history.stages?.column]);
  });

  it('expects the first 14 days of each season of no phase but the third', () => {
    const days = (phase: string) =>
      pipeline.processors
        .filter((one) => pipeline.phases[one.phase]?.id === phase)
        .map(({ id, bootstrapDays }) => `${id} ${bootstrapDays}`);
    assert.deepEqual(days('phase3'), ['PGS 0', 'TOGS 0', 'TDGS 0', 'UPGC 0', 'UTGC 0']);
    assert.deepEqual(days('phase4'), ['TDZA 14', 'PSZA 14', 'PCF 14', 'PDC 14', 'MLFS 14']);
    assert.deepEqual(days('phase5'), ['PRED 14', 'GRADE 14', 'TIERS 47']);
    assert.deepEqual(
      pipeline.seasons.map(({ name, from, to }) => `${name} ${formatDay(from)} ${formatDay(to)}`),
      [
        '2021-22 2021-10-19 2022-06-16',
        '2022-23 2022-10-18 2023-06-12',
        '2023-24 2023-10-24 2024-06-17',
        '2024-25 2024-10-22 2025-06-22',
      ],
    );
  });
});

/** What the script of each processor is started with, behind the interpreter and its path below backfill_jobs. */
const PATHS = {
  PGS: 'analytics/player_game_summary/player_game_summary_analytics_backfill.py',
  TOGS: 'analytics/team_offense_game_summary/team_offense_game_summary_analytics_backfill.py',
  TDGS: 'analytics/team_defense_game_summary/team_defense_game_summary_analytics_backfill.py',
  UPGC: 'analytics/upcoming_player_game_context/upcoming_player_game_context_analytics_backfill.py',
  UTGC: 'analytics/upcoming_team_game_context/upcoming_team_game_context_analytics_backfill.py',
  TDZA: 'precompute/team_defense_zone_analysis/team_defense_zone_analysis_precompute_backfill.py',
  PSZA: 'precompute/player_shot_zone_analysis/player_shot_zone_analysis_precompute_backfill.py',
  PCF: 'precompute/player_composite_factors/player_composite_factors_precompute_backfill.py',
  PDC: 'precompute/player_daily_cache/player_daily_cache_precompute_backfill.py',
  MLFS: 'precompute/ml_feature_store/ml_feature_store_precompute_backfill.py',
  PRED: 'prediction/player_prop_predictions_backfill.py',
  GRADE: 'grading/prediction_accuracy/prediction_accuracy_grading_backfill.py',
  TIERS: 'ml_feedback/scoring_tier_backfill.py',
} as const;

const RANGE = '--start-date 2022-01-02 --end-date 2022-01-09';
/** The flags of every script, as its own help lists them. */
const FLAGS: Readonly<Record<keyof typeof PATHS, string>> = {
  PGS: '--start-date --end-date --dates --dry-run --no-resume',
  TOGS: '--start-date --end-date --dates --dry-run --no-resume',
  TDGS: '--start-date --end-date --dates --dry-run --no-resume',
  UPGC: '--start-date --end-date --dry-run --no-resume',
  UTGC: '--start-date --end-date --dry-run',
  TDZA: '--start-date --end-date --dates --dry-run --no-resume --status --skip-preflight',
  PSZA: '--start-date --end-date --dates --dry-run --no-resume --status --skip-preflight',
  PCF: '--start-date --end-date --dates --dry-run --no-resume --status --skip-preflight',
  PDC: '--start-date --end-date --dates --dry-run --no-resume --status --skip-preflight',
  MLFS: '--start-date --end-date --dates --dry-run --no-resume --status --skip-preflight',
  PRED: '--start-date --end-date --dates --dry-run --no-resume --status --skip-preflight --skip-mlfs-check --min-mlfs-coverage',
  GRADE: '--start-date --end-date --dates --dry-run --no-resume --status --skip-preflight',
  TIERS: '--start-date --end-date --as-of-date --weekly',
};

describe('the commands of the preset nba-stats-scraper', () => {
  /** What would be started for dates, with the overrides that the way has. */
  function started(id: keyof typeof PATHS, dates: readonly string[]): { calls: string[]; overrides: CommandRun['overrides'] } {
    const { run, calendar } = processor(id);
    const days = dates.map(day);
    const first = days[0] ?? 0;
    // Every date is expected, or every seventh.
    const weekly = pipeline.calendars[calendar]?.kind === 'every';
    const isExpected = (other: number) => !weekly || (other - first) % 7 === 0;
    const way = chooseMethod(run, days, isExpected);
    assert.ok(way?.kind === 'command');
    const calls: string[] = [];
    const left = new Set(days);
    while (left.size > 0) {
      const call = nextCall(way.each, [...left], way.maxDates, isExpected);
      for (const date of call) left.delete(date);
      calls.push(argvOf(way.argv, call.map(formatDay)).join(' '));
    }
    return { calls, overrides: way.overrides };
  }

  const inARow = ['2022-01-02', '2022-01-03', '2022-01-04', '2022-01-05', '2022-01-06', '2022-01-07', '2022-01-08', '2022-01-09'];
  const python = (id: keyof typeof PATHS, flags: string) => `.venv/bin/python backfill_jobs/${PATHS[id]} ${flags}`;

  it('take a list, where the script does: it has no pre-flight and no checkpoint to go on from', () => {
    const scattered = ['2022-01-02', '2022-01-05', '2022-01-09'];
    for (const id of Object.keys(PATHS) as (keyof typeof PATHS)[]) {
      if (!FLAGS[id].includes('--dates')) continue;
      for (const dates of [inARow, scattered])
        assert.deepEqual(started(id, dates).calls, [python(id, `--dates ${dates.join(',')}`)]);
    }
  });

  it('take ranges, where the script takes no list', () => {
    const scattered = ['2022-01-02', '2022-01-05', '2022-01-09'];
    for (const id of ['UPGC', 'UTGC'] as const) {
      assert.deepEqual(started(id, inARow).calls, [python(id, RANGE)]);
      assert.deepEqual(
        started(id, scattered).calls,
        scattered.map((date) => python(id, `--start-date ${date} --end-date ${date}`)),
      );
    }
    assert.deepEqual(started('TIERS', ['2022-01-02', '2022-01-09']).calls, [python('TIERS', `${RANGE} --weekly`)]);
  });

  it('take ranges where an override is asked for that a list has not', () => {
    const { run } = processor('PRED');
    const days = ['2022-01-02', '2022-01-05'].map(day);
    const ways = ['skip-mlfs-check', 'skip-preflight'].map((name) => chooseMethod(run, days, () => true, [name]));
    assert.deepEqual(
      ways.map((way) => (way?.kind === 'command' ? way.each : undefined)),
      ['range', 'list'],
    );
  });

  it('take a single date', () => {
    for (const id of Object.keys(PATHS) as (keyof typeof PATHS)[]) {
      const expected = FLAGS[id].includes('--dates')
        ? '--dates 2022-01-02'
        : id === 'TIERS'
          ? '--as-of-date 2022-01-02'
          : '--start-date 2022-01-02 --end-date 2022-01-02';
      assert.deepEqual(started(id, ['2022-01-02']).calls, [python(id, expected)]);
    }
  });

  it('use no flag that the script has not, in no way and by no override', () => {
    for (const [id, flags] of Object.entries(FLAGS)) {
      const known = flags.split(' ');
      for (const way of processor(id).run) {
        assert.ok(way.kind === 'command');
        for (const word of [...way.argv, ...Object.values(way.overrides).flat()])
          if (word.startsWith('-')) assert.ok(known.includes(word), `${id} ${word}`);
      }
    }
  });

  it('offer to skip the pre-flight and to forget the checkpoint where a script has both, and with dates anyhow', () => {
    const offered = Object.fromEntries(
      Object.keys(PATHS).map((id) => [
        id,
        processor(id)
          .run.flatMap((way) => (way.kind === 'command' ? [`${way.each}: ${Object.keys(way.overrides).join(' ')}`.trim()] : []))
          .join(', '),
      ]),
    );
    const phase4 = 'list: skip-preflight fresh, range: skip-preflight fresh';
    assert.deepEqual(offered, {
      PGS: 'list: fresh, range: fresh',
      TOGS: 'list: fresh, range: fresh',
      TDGS: 'list: fresh, range: fresh',
      UPGC: 'range: fresh',
      UTGC: 'range:',
      TDZA: phase4,
      PSZA: phase4,
      PCF: phase4,
      PDC: phase4,
      MLFS: phase4,
      PRED: 'list: skip-preflight fresh, range: skip-preflight skip-mlfs-check fresh',
      GRADE: phase4,
      TIERS: 'date:, range:',
    });
  });

  it('run one at a time a job, from the root, unbuffered', () => {
    for (const { id, run, env, log } of pipeline.processors) {
      assert.deepEqual(env, { PYTHONPATH: '.', PYTHONUNBUFFERED: '1' }, id);
      assert.match(log ?? '', /^nba-phase[345]$/);
      for (const way of run) assert.ok(way.kind === 'command' && way.slots === 1 && way.silenceMs === 600_000, id);
    }
  });
});

function alternatives(need: Need): readonly SingleNeed[] {
  return need.kind === 'anyOf' ? need.alternatives : [need];
}

/** A pipeline in lines that a person can check against what is written about it. */
function described({ nodes, calendars, phases }: Pipeline): string[] {
  const single = ({ node, window, minRows, backfillMinRows, minEntities, atLeast, mode }: SingleNeed): string =>
    [
      nodes[node]?.id,
      window.kind === 'same'
        ? ''
        : window.kind === 'lastDates'
          ? `last ${window.count} dates`
          : window.kind === 'lastDays'
            ? `last ${window.days} days`
            : window.kind,
      minRows === undefined ? '' : `${minRows} rows`,
      backfillMinRows === undefined ? '' : `(backfill ${backfillMinRows})`,
      minEntities === undefined ? '' : `${minEntities} entities`,
      atLeast === undefined ? '' : `of ${atLeast}`,
      mode === undefined ? '' : `in ${mode}`,
    ]
      .filter((part) => part !== '')
      .join(' ');
  return nodes.flatMap((node) => {
    const phase = node.kind === 'source' ? 'source' : (phases[node.phase]?.id ?? '');
    const { minRows: _, ratioOf, ...rest } = node.expect;
    const expected = [
      ...Object.entries(rest).map(([key, value]) => `${key} ${value}`),
      ...(ratioOf === undefined ? [] : [`${ratioOf.atLeast} of ${nodes[ratioOf.node]?.id}`]),
    ];
    return [
      `${node.id} (${phase}, ${calendars[node.calendar]?.name}, bootstrap ${node.bootstrapDays}): ${node.tables.join(', ')} by ${node.dateColumn}`,
      `  entity ${node.entity.join(', ') || '-'}; key ${node.key.join(', ') || '-'}; written ${node.writtenAt ?? '-'}; expects ${expected.join(', ') || 'a row'}`,
      ...node.checks.map(({ name, expression, atLeast }) => `  check ${name}: ${expression}, ${atLeast}`),
      ...(node.kind === 'source' ? [] : node.needs).map(
        (need) => `  needs ${alternatives(need).map(single).join(' or ')}${need.critical ? '' : ', not critical'}`,
      ),
    ];
  });
}
