import assert from 'node:assert/strict';
import { formatDay } from '../../../../src/base/day';
import {
  fragmentsOf,
  type JobPlace,
  type JobProcess,
  jobCommands,
  jobProcesses,
  type SystemProcess,
} from '../../../../src/core/checkpoints/jobProcesses';
import { pathTemplate } from '../../../../src/core/checkpoints/pathTemplate';
import { scriptOf } from '../../../../src/core/checkpoints/scriptOf';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import type { RunMethod } from '../../../../src/core/pipeline';
import { processorNames } from '../../../../src/core/records/processorNames';
import { buildPipeline } from '../../../support/builders';

const SCRIPT = 'backfill_jobs/precompute/tdza/tdza_precompute_backfill.py';
const range = (...argv: string[]): RunMethod => ({ kind: 'command', each: 'range', argv, overrides: {} });
const list = (...argv: string[]): RunMethod => ({ kind: 'command', each: 'list', argv, overrides: {} });

const PIPELINE = buildPipeline({
  nodes: [
    {
      id: 'TDZA',
      aliases: ['team_defense_zone_analysis'],
      run: [
        list('.venv/bin/python', SCRIPT, '--dates', '{dates}'),
        range('.venv/bin/python', SCRIPT, '--start-date', '{start}', '--end-date', '{end}'),
      ],
    },
    { id: 'PDC', run: [range('node', 'jobs/job.mjs', '--processor', 'PDC', '--since={start}', '--until={end}')] },
    { id: 'PCF', run: [range('node', 'jobs/job.mjs', '--processor', 'PCF', '--since={start}', '--until={end}')] },
    { id: 'SQL' },
    { id: 'RAW', run: [range('bin/run.sh', '{start}', '{end}')] },
    { id: 'DBT', run: [range('dbtx', 'run', '--vars', '{start}')] },
    { id: 'ONE', run: [range('python', '/opt/tools/run_job.py', 'one', '--start', '{start}')] },
  ],
});
const COMMANDS = jobCommands(PIPELINE);
const HERE: JobPlace = { folder: '/repo', shared: false };

function process(argv: readonly string[], change: Partial<SystemProcess> = {}): SystemProcess {
  return { pid: 100, ancestors: [1], group: 100, session: 100, startedAt: 0, argv, cwd: '/repo', ...change };
}

function found(argv: readonly string[], change: Partial<SystemProcess> = {}, place = HERE): string[] {
  return jobProcesses(COMMANDS, [process(argv, change)], place).map(text);
}

function text({ processor, start, end, dates }: JobProcess): string {
  const shown = (day: number | undefined) => (day === undefined ? '?' : formatDay(day));
  const id = PIPELINE.nodes[processor]?.id ?? '';
  return dates === undefined ? `${id} ${shown(start)} ${shown(end)}` : `${id} [${dates.map(formatDay).join()}]`;
}

const RANGE = ['--start-date', '2021-11-01', '--end-date', '2021-11-14'];
const THE_RANGE = ['TDZA 2021-11-01 2021-11-14'];

describe('what a command line runs', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['python x.py --a', 'file x.py'],
    ['/usr/bin/python3.11 -u -X dev x.py', 'file x.py'],
    ['python -m a.b.c --start-date 2021-11-01', 'module a.b.c'],
    ['python -c print(1)', undefined],
    ['bash -c', undefined],
    ['bash run.sh', 'file run.sh'],
    ['bin/run.sh 2021-11-01', 'file bin/run.sh'],
    ['dbt run', 'program dbt'],
    ['timeout 21600 python3 x.py', 'wrapped file x.py'],
    ['env A=1 -u B python x.py', 'wrapped file x.py'],
    ['uv run x.py', 'wrapped file x.py'],
    ['nice -n 5 python x.py', 'wrapped file x.py'],
    ['node --import tsx x.ts', 'file x.ts'],
    ['python', undefined],
  ];
  for (const [line, expected] of cases) {
    it(`${line}: ${expected ?? 'nothing'}`, () => {
      const script = scriptOf(line.split(' '));
      assert.equal(script && `${script.wrapped ? 'wrapped ' : ''}${script.kind} ${script.name}`, expected);
    });
  }
});

describe('processes of jobs', () => {
  it('are found by their script, however it is written, and by the dates of their flags', () => {
    assert.deepEqual(found(['.venv/bin/python', SCRIPT, ...RANGE]), THE_RANGE);
    assert.deepEqual(found(['/repo/.venv/bin/python', `/repo/${SCRIPT}`, ...RANGE], { cwd: '/' }), THE_RANGE);
    assert.deepEqual(
      found(['python', 'tdza_precompute_backfill.py', ...RANGE], { cwd: '/repo/backfill_jobs/precompute/tdza' }),
      THE_RANGE,
    );
    assert.deepEqual(found(['python3', '-m', SCRIPT.slice(0, -3).replaceAll('/', '.'), ...RANGE]), THE_RANGE);
    assert.deepEqual(
      found(['python', `./${SCRIPT}`, '--start-date=2021-11-01', '--end=2021-11-14', '--skip-preflight']),
      THE_RANGE,
    );
    assert.deepEqual(found(['python', SCRIPT, '--dates', '2021-11-05,2021-11-07']), ['TDZA [2021-11-05,2021-11-07]']);
    assert.deepEqual(found(['python', SCRIPT, '--start-date', '2021-11-01']), ['TDZA 2021-11-01 ?']);
    assert.deepEqual(found(['python', SCRIPT]), ['TDZA ? ?']);
    assert.deepEqual(found(['bash', 'bin/run.sh', '2021-11-01', '2021-11-14']), ['RAW 2021-11-01 2021-11-14']);
  });

  it('are not what only starts, shows or mentions the job', () => {
    const line = `PYTHONPATH=. .venv/bin/python ${SCRIPT} ${RANGE.join(' ')} 2>&1 | tee /tmp/tdza.log`;
    for (const argv of [
      ['bash', '-c', line],
      ['/bin/sh', '-c', line],
      ['tee', '/tmp/tdza_precompute_backfill.log'],
      ['tee', SCRIPT],
      ['timeout', '21600', 'python3', SCRIPT, ...RANGE],
      ['vim', SCRIPT],
      ['grep', 'x', SCRIPT],
      ['python', 'other.py', SCRIPT],
      ['python', SCRIPT, ...RANGE, '--status'],
      ['python', SCRIPT, ...RANGE, '--dry-run'],
      ['python', SCRIPT, '--help'],
      [],
    ])
      assert.deepEqual(found(argv), [], argv.join(' '));
  });

  it('leave out the workers that a job makes of itself', () => {
    const job = process(['python', SCRIPT, ...RANGE], { pid: 10, ancestors: [9, 1] });
    const worker = process(['python', SCRIPT, ...RANGE], { pid: 11, ancestors: [10, 9, 1] });
    assert.deepEqual(
      jobProcesses(COMMANDS, [worker, job], HERE).map(({ process: { pid } }) => pid),
      [10],
    );
  });

  it('are those of this checkout, unless others write the same warehouse', () => {
    const elsewhere = { cwd: '/other/checkout' };
    assert.deepEqual(found(['python', SCRIPT, ...RANGE], elsewhere), []);
    assert.deepEqual(found(['python', SCRIPT, ...RANGE], elsewhere, { ...HERE, shared: true }), THE_RANGE);
    const { cwd: _, ...unknown } = process(['python', SCRIPT, ...RANGE]);
    assert.deepEqual(jobProcesses(COMMANDS, [unknown], HERE).map(text), THE_RANGE);
    assert.deepEqual(found(['/opt/bin/dbtx', 'run', '--vars', '2021-11-01'], { cwd: '/repo' }), ['DBT 2021-11-01 ?']);
    assert.deepEqual(found(['/opt/bin/dbtx', 'run', '--vars', '2021-11-01'], elsewhere), []);
  });

  it('tell processors with one script apart by the other words', () => {
    const argv = (id: string) => ['node', 'jobs/job.mjs', '--processor', id, '--since=2021-11-01', '--until', '2021-11-02'];
    assert.deepEqual(found(argv('PCF')), ['PCF 2021-11-01 2021-11-02']);
    assert.deepEqual(found(argv('OTHER')), []);
  });

  it('are of somebody else where a script for many jobs runs another one', () => {
    assert.deepEqual(found(['python', '/opt/tools/run_job.py', 'one', '--start', '2021-11-01']), ['ONE 2021-11-01 ?']);
    assert.deepEqual(found(['python', '/opt/tools/run_job.py', 'two', '--start', '2021-11-01']), []);
  });

  it('have a name in common with their command, which is cheap to look for', () => {
    assert.deepEqual(fragmentsOf(COMMANDS), ['tdza_precompute_backfill', 'job', 'run', 'dbtx', 'run_job']);
  });
});

describe('the jobs of the NBA stats scraper', () => {
  const { pipeline } = readManifest(
    'version: 1\nname: nba\nextends: preset:nba-stats-scraper\nwarehouse: { type: bigquery, project: p }\n',
  );
  assert.ok(pipeline !== undefined);

  it('are known by the names that their checkpoints have', () => {
    const { match } = pathTemplate(pipeline.checkpoints?.path ?? '');
    const names = [
      ...['player_game_summary', 'team_offense_game_summary', 'team_defense_game_summary', 'upcoming_player_game_context'],
      ...['team_defense_zone_analysis', 'player_shot_zone_analysis', 'player_composite_factors', 'player_daily_cache'],
      ...['ml_feature_store', 'prediction_backfill', 'grading_backfill'],
    ];
    const found = names.map((name) => processorNames(pipeline)(match(`${name}_2021-11-01_2021-11-14.json`)?.job ?? '')?.id);
    assert.equal(new Set(found).size, names.length);
    assert.ok(!found.includes(undefined), found.join());
  });

  it('are recognised as they are typed in a shell', () => {
    const commands = jobCommands(pipeline);
    for (const { id, index, run } of pipeline.processors) {
      const argv = run.flatMap((method) => (method.kind === 'command' && method.each === 'range' ? [method.argv] : []))[0] ?? [];
      const [, script = ''] = argv;
      const typed = ['.venv/bin/python', script, '--start-date', '2021-11-01', '--end-date', '2021-11-14', '--skip-preflight'];
      const jobs = jobProcesses(commands, [process(typed, { cwd: '/home/op/checkout' })], { folder: '/repo', shared: true });
      assert.deepEqual(
        jobs.map(({ processor, start, end }) => [processor, start && formatDay(start), end && formatDay(end)]),
        [[index, '2021-11-01', '2021-11-14']],
        id,
      );
    }
  });
});
