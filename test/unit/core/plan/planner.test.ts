import assert from 'node:assert/strict';
import type { Plan } from '../../../../src/core/backfill/backfill';
import { classify } from '../../../../src/core/coverage/classify';
import { confirmationOf } from '../../../../src/core/plan/confirmation';
import { makePlan, planId } from '../../../../src/core/plan/planner';
import { conflictWords, verdictsText } from '../../../../src/core/plan/preflight';
import { attempt, buildInput, DAILY, GAMES, type InputSpec } from '../../../support/builders';
import { planRequest, type RequestParts } from '../../../support/requests';

/** RAW → A → B in phase 1, C in phase 2 needs B with 5 rows. */
const CHAIN: InputSpec['nodes'] = [
  { id: 'RAW', phase: 'sources' },
  { id: 'A', needs: ['RAW'] },
  { id: 'B', needs: ['A'] },
  { id: 'C', phase: 'phase2', needs: [{ node: 'B', minRows: 5 }] },
];
const SEASON = [['2021-11-01', '2021-11-10']] as const;
const days = (rows: number, ...dates: number[]) =>
  Object.fromEntries(dates.map((date) => [`2021-11-${String(date).padStart(2, '0')}`, rows]));

const WAREHOUSES = {
  parquet: { type: 'parquet', path: 'data' },
  bigquery: { type: 'bigquery', project: 'nba' },
} as const;

function plan(spec: InputSpec, request: RequestParts = {}, warehouse?: keyof typeof WAREHOUSES): Plan {
  const built = buildInput({ seasons: SEASON, ...spec });
  const input = warehouse === undefined ? built : { ...built, pipeline: { ...built.pipeline, warehouse: WAREHOUSES[warehouse] } };
  return makePlan({
    input,
    grid: classify(input),
    request: planRequest({ slots: 4, ...request }),
    manifest: '/x/backfill.yaml',
    salt: 'ab12',
    sqlText: (file) => (file.startsWith('missing') ? undefined : `SELECT '${file}'`),
    digest: (text) => `#${text}`,
  });
}

const brief = ({ partitions }: Plan) =>
  partitions.map(({ processor, date, action, preflight }) => {
    const marks = { allowed: '', overrideNeeded: ' override', never: ' never' };
    return `${action} ${processor} ${date.slice(-2)}${marks[preflight]}`;
  });
const why = (planned: Plan, processor: string, date: string) =>
  planned.partitions.find((one) => one.processor === processor && one.date === date)?.why;

describe('makePlan', () => {
  it('runs what is missing, and says of the rest why not', () => {
    const planned = plan({ nodes: [{ id: 'A' }], data: { A: days(1, 2) } }, { from: '2021-11-01', to: '2021-11-03' });
    assert.deepEqual(brief(planned), ['run A 01', 'skip A 02', 'run A 03']);
    assert.equal(why(planned, 'A', '2021-11-01'), 'no rows, and no backfill ran it');
    assert.match(why(planned, 'A', '2021-11-02') ?? '', /^complete \(chosen: missing/);
  });

  it('orders by phase, upstream first, then by date', () => {
    const chain = { nodes: CHAIN, data: { RAW: days(9, 1, 2) } };
    const request = { from: '2021-11-01', to: '2021-11-02' };
    assert.deepEqual(brief(plan(chain, request)), ['run A 01', 'run A 02', 'run B 01', 'run B 02', 'run C 01', 'run C 02']);
    assert.deepEqual(brief(plan(chain, { ...request, order: 'newest' })), [
      'run A 02',
      'run A 01',
      'run B 02',
      'run B 01',
      'run C 02',
      'run C 01',
    ]);
  });

  it('allows what is blocked only by what the plan itself fills', () => {
    const chain = { nodes: CHAIN, data: { RAW: days(9, 1) } };
    const planned = plan(chain, { from: '2021-11-01', to: '2021-11-02' });
    assert.deepEqual(brief(planned), [
      'run A 01',
      'skip A 02 override',
      'run B 01',
      'skip B 02 override',
      'run C 01',
      'skip C 02 override',
    ]);
    assert.equal(why(planned, 'C', '2021-11-01'), 'after B of this plan');
    assert.match(why(planned, 'A', '2021-11-02') ?? '', /^RAW 2021-11-02: missing, needs/);
    assert.equal(planned.partitions.find(({ action }) => action === 'skip')?.override, 'skip-needs');
    assert.deepEqual(brief(plan(chain, { processors: ['C'], dates: ['2021-11-01'] })), ['skip C 01 override']);
  });

  it('runs what is blocked with the override that says so', () => {
    const planned = plan({ nodes: CHAIN }, { processors: ['B', 'C'], dates: ['2021-11-01'], overrides: ['skip-needs'] });
    assert.deepEqual(brief(planned), ['run B 01 override', 'run C 01 override']);
    assert.match(why(planned, 'B', '2021-11-01') ?? '', /^A 2021-11-01: .*; skip-needs runs it nevertheless$/);
  });

  it('adds the gaps upstream that keep a partition from running, as far as they can run', () => {
    const chain = { nodes: CHAIN, data: { RAW: days(9, 1) } };
    const planned = plan(chain, { processors: ['C'], dates: ['2021-11-01', '2021-11-02'], withUpstream: true });
    assert.deepEqual(brief(planned), ['run A 01', 'run B 01', 'run C 01', 'skip C 02 override']);
    assert.equal(why(planned, 'A', '2021-11-01'), 'no rows, and no backfill ran it; added for what depends on it');
    assert.match(planned.warnings.join(), /2 partitions of A and B were added/);
  });

  it('does not add what is complete and too little: running it again changes nothing', () => {
    const chain = { nodes: CHAIN, data: { RAW: days(9, 1), A: days(9, 1), B: days(3, 1) } };
    assert.deepEqual(brief(plan(chain, { processors: ['C'], withUpstream: true, dates: ['2021-11-01'] })), [
      'skip C 01 override',
    ]);
  });

  it('adds the gaps downstream that would become runnable', () => {
    const nodes = [...CHAIN, { id: 'D', phase: 'phase2', needs: ['B', 'OTHER'] }, { id: 'OTHER', phase: 'sources' }];
    const chain = { nodes, data: { RAW: days(9, 1, 2) } };
    const planned = plan(chain, { processors: ['A'], dates: ['2021-11-01'], withDownstream: true });
    assert.deepEqual(brief(planned), ['run A 01', 'run B 01', 'run C 01'], 'D lacks OTHER besides');
  });

  it('runs what nobody expects only by an override that is named, and never what is in the future', () => {
    const spec = {
      nodes: [{ id: 'A', calendar: 'games', bootstrapDays: 2 }],
      calendars: [DAILY, GAMES],
      calendarDates: { games: days(3, 1, 2, 3, 4) },
      exclusions: [{ from: 18_935, to: 18_935, reason: 'All-Star break' }],
      now: Date.UTC(2021, 10, 8, 12),
    };
    const planned = plan(spec, {
      dates: ['2021-11-01', '2021-11-03', '2021-11-04', '2021-11-06', '2021-11-09', '2022-02-01'],
      choices: ['all'],
    });
    assert.deepEqual(brief(planned), [
      'skip A 01 override',
      'run A 03',
      'skip A 04 override',
      'skip A 06 override',
      'skip A 09 never',
      'skip A 01 never',
    ]);
    assert.equal(why(planned, 'A', '2021-11-01'), 'Bootstrap, day 1 of 2');
    assert.equal(why(planned, 'A', '2021-11-04'), 'Excluded: All-Star break');
    assert.equal(why(planned, 'A', '2021-11-09'), 'In the future');
    const range = plan(spec, { from: '2021-11-01', to: '2021-11-09' });
    assert.deepEqual(brief(range), ['run A 03'], 'a range means the dates on which something is expected');
    assert.match(
      range.warnings.join(),
      /left out where nothing is expected: .*2 bootstrap.*1 excluded.*The override off-dates runs them/,
    );

    const overrides = ['off-dates'];
    const asked = plan(spec, { dates: ['2021-11-01', '2021-11-09', '2022-02-01'], overrides });
    assert.deepEqual(brief(asked), ['run A 01 override', 'skip A 09 never', 'skip A 01 never']);
    assert.equal(why(asked, 'A', '2021-11-01'), 'Bootstrap; off-dates runs it nevertheless');
    assert.match(confirmationOf(asked)?.why ?? '', /^1 date, .*1 partition where nothing is expected/);
    assert.deepEqual(
      asked.overrides?.filter(({ name }) => name === 'off-dates').map(({ processors, chosen }) => [processors, chosen]),
      [[['A'], true]],
    );
    const ranged = plan(spec, { from: '2021-11-01', to: '2021-11-09', overrides });
    assert.deepEqual(
      brief(ranged).filter((line) => line.startsWith('run')),
      [
        'run A 01 override',
        'run A 02 override',
        'run A 03',
        'run A 04 override',
        'run A 05 override',
        'run A 06 override',
        'run A 07 override',
        'run A 08 override',
      ],
    );
    assert.deepEqual(
      brief(plan(spec, { overrides })),
      ['run A 03'],
      'without a date every date is meant on which something is expected',
    );
    const written = plan({ ...spec, data: { A: days(5, 1) } }, { dates: ['2021-11-01', '2021-11-02'], overrides });
    assert.deepEqual(brief(written), ['skip A 01', 'run A 02 override'], 'rows that are there are replaced by all alone');
  });

  it('takes complete dates only when all are chosen, and warns of it', () => {
    const spec = { nodes: [{ id: 'A' }], data: { A: days(1, 1) } };
    assert.deepEqual(brief(plan(spec, { dates: ['2021-11-01'], choices: ['missing', 'stale'] })), ['skip A 01']);
    const all = plan(spec, { dates: ['2021-11-01'], choices: ['all'] });
    assert.deepEqual(brief(all), ['run A 01']);
    assert.match(all.warnings.join(), /1 complete partition will be replaced/);
  });

  it('leaves waived gaps alone', () => {
    const waivers = [{ node: 'A', from: 18_932, to: 18_932, reason: 'no games', author: 'Ann' }];
    const planned = plan({ nodes: [{ id: 'A' }], waivers }, { dates: ['2021-11-01'] });
    assert.deepEqual(brief(planned), ['skip A 01']);
    assert.equal(why(planned, 'A', '2021-11-01'), 'waived by Ann: no games');
  });

  it('never takes what another backfill holds', () => {
    const planned = plan(
      { nodes: [{ id: 'A' }], active: { 'A 2021-11-01': 'queued' } },
      { dates: ['2021-11-01'], choices: ['all'] },
    );
    assert.deepEqual(brief(planned), ['skip A 01 never']);
    assert.equal(why(planned, 'A', '2021-11-01'), 'backfill b1 has it in its queue');
    assert.equal(planned.partitions[0]?.status, 'queued');
    assert.deepEqual(planned.warnings, []);
    assert.deepEqual(planned.conflicts?.map(conflictWords), [
      {
        ...{ who: 'backfill b1', which: 'A 2021-11-01', effect: 'It has them, and this plan leaves them out.' },
        ...{ advice: 'Wait until it has ended, or cancel it, and plan again.', command: 'backfill attach b1' },
      },
    ]);
  });

  it('never runs what cannot be judged or has no way to run', () => {
    const nodes = [{ id: 'A' }, { id: 'B', run: [] }, { id: 'C', run: [{ kind: 'sql' as const, file: 'missing.sql' }] }];
    const planned = plan({ nodes, data: { A: null } }, { dates: ['2021-11-01'], choices: ['all'] });
    assert.deepEqual(brief(planned), ['skip A 01 never', 'skip B 01 never', 'skip C 01 never']);
    assert.equal(why(planned, 'C', '2021-11-01'), 'missing.sql cannot be read');
    assert.deepEqual(planned.jobs, []);
    assert.deepEqual(brief(plan({ nodes: [{ id: 'A' }] }, { dates: ['2021-11-01'] }, 'parquet')), ['skip A 01 never']);
  });

  it('says what of a request means nothing', () => {
    const { warnings } = plan({ nodes: CHAIN }, { processors: ['RAW', 'NOPE'], overrides: ['fresh'] });
    assert.deepEqual(warnings, [
      'There is no processor “NOPE”. Known: RAW, A, B, C.',
      'RAW is a source: it is observed and never run.',
      'No processor has an override "fresh": it changes nothing.',
    ]);
  });

  it('runs nothing where it cannot tell what is selected', () => {
    const planned = plan({ nodes: CHAIN }, { select: 'A & 2021-02-30' });
    assert.deepEqual(planned.partitions, []);
    assert.deepEqual(planned.warnings, ['Nothing is selected: at 5: “2021-02-30” is no date: write YYYY-MM-DD.']);
  });

  it('joins groups, each with its own statuses, and leaves out what is excepted', () => {
    const data = { RAW: days(9, 1, 2, 3), A: days(1, 1, 2) };
    const groups = plan({ nodes: CHAIN, data }, { select: 'A & 2021-11-01, 2021-11-03 & all | A & [2021-11-02..2021-11-03]' });
    assert.equal(verdictsText(groups.partitions), '2 partitions run · 1 not chosen');
    assert.deepEqual(brief(groups), ['run A 01', 'skip A 02', 'run A 03']);
    const except = plan({ nodes: CHAIN, data }, { select: 'phase:1 & 2021-11-01.., !B, !2021-11-02, !2021-11-04..' });
    assert.deepEqual(brief(except), ['skip A 01', 'run A 03']);
    assert.deepEqual(brief(plan({ nodes: CHAIN, data }, { select: 'A & 2021-11-03, 2021-11-02 & !missing' })), [
      'skip A 02',
      'skip A 03',
    ]);
  });

  it('looks at windows as they will be: enough of them filled by the plan is enough', () => {
    const window = { kind: 'lastDates', count: 4 } as const;
    const nodes = [{ id: 'A' }, { id: 'B', needs: [{ node: 'A', window, atLeast: 0.75 }] }];
    const data = { A: days(1, 1) };
    const planned = plan({ nodes, data }, { processors: ['A', 'B'], dates: ['2021-11-02', '2021-11-03', '2021-11-05'] });
    assert.deepEqual(
      brief(planned).filter((line) => line.includes('B')),
      ['run B 02', 'run B 03', 'run B 05'],
      'the window of the 5th has 1, 2 and 3 of its 4 dates',
    );
    assert.match(why(planned, 'B', '2021-11-05') ?? '', /^after A 2021-11-02, A 2021-11-03 of this plan$/);
    assert.deepEqual(brief(plan({ nodes, data }, { processors: ['B'], dates: ['2021-11-05'] })), ['skip B 05 override']);
  });

  it('fills a chain of dates that need each other', () => {
    const nodes = [{ id: 'A', needs: [{ node: 'A', window: { kind: 'previous' } as const }] }];
    const planned = plan({ nodes }, { from: '2021-11-01', to: '2021-11-03', order: 'newest' });
    assert.deepEqual(brief(planned), ['run A 01', 'run A 02', 'run A 03'], 'no date overtakes what it needs');
    assert.deepEqual(brief(plan({ nodes }, { dates: ['2021-11-01', '2021-11-03'] })), ['run A 01', 'skip A 03 override']);
    assert.equal(planned.jobs[0]?.slots, 1);
    assert.match(planned.jobs[0]?.sequential ?? '', /A needs its own earlier dates/);
    assert.match(planned.warnings.join(), /A needs its own earlier dates, and so runs oldest first/);
  });

  it('chooses the way to run that takes the fewest calls for the dates, and of equals the first of the manifest', () => {
    const run = [
      { kind: 'command', each: 'list', argv: ['l', '{dates}'], maxDates: 3, overrides: {} },
      {
        kind: 'command',
        each: 'range',
        argv: ['r', '{start}', '{end}'],
        maxDates: 30,
        slots: 2,
        timeoutPerDateMs: 1000,
        overrides: { fresh: ['--no-resume'] },
      },
    ] as const;
    const job = (request: RequestParts) => plan({ nodes: [{ id: 'A', run }] }, request, 'parquet').jobs[0];
    assert.equal(job({ from: '2021-11-01', to: '2021-11-05' })?.method, 'range', 'one call in place of two');
    assert.equal(job({ dates: ['2021-11-01', '2021-11-03', '2021-11-05'] })?.method, 'list', 'one in place of three');
    assert.equal(job({ from: '2021-11-01', to: '2021-11-02' })?.method, 'list', 'the first of the manifest');
    assert.deepEqual(job({ from: '2021-11-01', to: '2021-11-05', overrides: ['fresh'] }), {
      processor: 'A',
      method: 'range',
      command: ['r', '{start}', '{end}', '--no-resume'],
      hash: '#["r","{start}","{end}","--no-resume"]',
      maxDates: 30,
      timeoutPerDateMs: 1000,
      slots: 2,
    });
  });

  it('takes the way that has what was asked for', () => {
    const run = [
      { kind: 'command', each: 'list', argv: ['l', '{dates}'], overrides: { fresh: [] } },
      { kind: 'command', each: 'range', argv: ['r', '{start}', '{end}'], overrides: { fresh: ['--f'], deep: ['--d'] } },
    ] as const;
    const command = (...overrides: string[]) =>
      plan({ nodes: [{ id: 'A', run }] }, { dates: ['2021-11-01', '2021-11-03'], overrides }, 'parquet').jobs[0]?.command;
    assert.deepEqual(command(), ['l', '{dates}']);
    assert.deepEqual(command('fresh'), ['l', '{dates}'], 'it does so anyhow');
    assert.deepEqual(command('fresh', 'deep'), ['r', '{start}', '{end}', '--f', '--d']);
    assert.deepEqual(command('nothing of the kind'), ['l', '{dates}']);
  });

  it('runs one at a time where the warehouse has one writer, and says so', () => {
    const [job] = plan({ nodes: [{ id: 'A' }] }, { dates: ['2021-11-01'] }).jobs;
    assert.deepEqual([job?.slots, job?.sequential], [1, 'a DuckDB file has one writer at a time']);
  });

  it('changes a table of BigQuery once at a time where processors share it, and says so', () => {
    const sql = [{ kind: 'sql', file: 'a.sql' }] as const;
    const nodes = [
      { id: 'WHOLE', tables: ['mart.whole'], run: sql },
      { id: 'V1', tables: ['mart.store'], where: "version = 'v1'", run: sql },
      { id: 'V2', tables: ['nba.mart.STORE'], where: "version = 'v2'", run: sql },
      {
        id: 'JOB',
        tables: ['mart.store'],
        run: [{ kind: 'command', each: 'date', argv: ['j', '{date}'], overrides: {} }] as const,
      },
      { id: 'TWIN', tables: ['mart.twin'], run: sql },
      { id: 'OTHER', tables: ['mart.twin'], run: sql },
    ];
    const { jobs } = plan({ nodes }, { dates: ['2021-11-01'] }, 'bigquery');
    const why = (table: string) => `BigQuery takes one change of ${table} at a time`;
    assert.deepEqual(
      jobs.map(({ processor, slots, lane, sequential }) => [processor, slots, lane, sequential]),
      [
        ['WHOLE', 4, undefined, undefined],
        ['V1', 1, 'nba.mart.store', why('mart.store')],
        ['V2', 1, 'nba.mart.store', why('nba.mart.STORE')],
        ['JOB', 4, undefined, undefined],
        ['TWIN', 1, 'nba.mart.twin', why('mart.twin')],
        ['OTHER', 1, 'nba.mart.twin', why('mart.twin')],
      ],
    );
  });

  it('estimates from what earlier attempts took, and says on what', () => {
    const last = Object.fromEntries(
      [10, 20, 30, 40, 50].map((seconds, index) => [`A 2021-11-0${index + 1}`, attempt({ outcome: 'done', seconds })]),
    );
    const nodes = [{ id: 'A' }, { id: 'B' }];
    const planned = plan({ nodes, last }, { dates: ['2021-11-06', '2021-11-07'] });
    assert.deepEqual(planned.estimate, {
      ...{ p50: 60, p90: 92, basis: '5 attempts of A; one at a time; without B, which has no history' },
      dates: [{ processor: 'A', p50: 30, p90: 46, of: 5 }],
    });
    assert.equal(plan({ nodes }, { dates: ['2021-11-06'] }).estimate, undefined);
  });

  it('has an id that sorts by time and names a processor', () => {
    assert.equal(planId(Date.UTC(2021, 10, 5, 10, 15), 'MLFS', 'ab12'), '20211105T101500-mlfs-ab12');
    const planned = plan({ nodes: [{ id: 'A' }] }, { dates: ['2021-11-01'] });
    assert.equal(planned.id, '20211202T120000-a-ab12');
    assert.equal(planned.createdAt, '2021-12-02T12:00:00.000Z');
  });
});
