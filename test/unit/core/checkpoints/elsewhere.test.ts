import assert from 'node:assert/strict';
import fc from 'fast-check';
import { preparePlan } from '../../../../src/app/planning/preparePlan';
import { type Day, formatDay } from '../../../../src/base/day';
import { readCheckpoint } from '../../../../src/core/checkpoints/checkpointText';
import { type CheckpointFile, judgeElsewhere, type Sightings } from '../../../../src/core/checkpoints/elsewhere';
import type { ElsewhereJob } from '../../../../src/core/checkpoints/elsewhereJob';
import { elsewhereLine, findingAdvice, findingText, resumeText } from '../../../../src/core/checkpoints/elsewhereWords';
import type { JobProcess } from '../../../../src/core/checkpoints/jobProcesses';
import { planConflicts } from '../../../../src/core/checkpoints/planConflicts';
import { resumeOf } from '../../../../src/core/checkpoints/resume';
import { classify } from '../../../../src/core/coverage/classify';
import type { RunMethod } from '../../../../src/core/pipeline';
import { conflictWords } from '../../../../src/core/plan/preflight';
import { buildInput, day, GAMES, type Held, READ_AT } from '../../../support/builders';
import { planRequest } from '../../../support/requests';

const MINUTE = 60_000;
/** After everything was read. */
const NOW = READ_AT + 60 * MINUTE;
/** Before everything was read. */
const WRITTEN = READ_AT - MINUTE;
/** 2021-11-03 and the last two days of the range are without games; the first day is bootstrap. */
const GAME_DATES = ['01', '02', '04', '05', '06', '07', '08'].map((date) => `2021-11-${date}`);
const RANGE = { from: day('2021-11-01'), to: day('2021-11-10') };

function coverage(rows: Readonly<Record<string, Held>> = full()) {
  const input = buildInput({
    seasons: [['2021-11-01', '2021-11-30']],
    calendars: [GAMES],
    calendarDates: { games: Object.fromEntries(GAME_DATES.map((date) => [date, 5])) },
    nodes: [
      {
        id: 'TDZA',
        aliases: ['team_defense_zone_analysis'],
        bootstrapDays: 1,
        run: [{ kind: 'command', each: 'list', argv: ['py', 'tdza.py', '--dates', '{dates}'], overrides: {} }],
      },
    ],
    data: { TDZA: rows },
    now: NOW,
  });
  return { input, grid: classify(input) };
}

function full(but: readonly string[] = []): Record<string, number> {
  return Object.fromEntries(GAME_DATES.filter((date) => !but.includes(date)).map((date) => [date, 30]));
}

interface Lists {
  readonly done?: readonly number[];
  readonly failed?: readonly number[];
  readonly skipped?: readonly number[];
}

const november = (date: number) => `2021-11-${String(date).padStart(2, '0')}`;

function file(
  lists: Lists,
  change: Partial<CheckpointFile> & { readonly end?: string; readonly minutes?: number } = {},
): CheckpointFile {
  const { end = '2021-11-10', minutes = 30, ...rest } = change;
  const done = (lists.done ?? []).map(november);
  const checkpoint = readCheckpoint(
    JSON.stringify({
      job_name: 'team_defense_zone_analysis',
      start_date: '2021-11-01',
      end_date: end,
      created_at: '2021-12-02T06:00:00.000000',
      last_updated: `2021-12-02T06:${String(minutes).padStart(2, '0')}:00.000000`,
      last_successful_date: done.toSorted().at(-1) ?? null,
      successful_dates: done,
      failed_dates: (lists.failed ?? []).map(november),
      skipped_dates: (lists.skipped ?? []).map(november),
    }),
    {},
  );
  assert.ok(typeof checkpoint === 'object');
  return { path: `/cp/${end}.json`, name: {}, writtenAt: WRITTEN, checkpoint, seen: [], ...rest };
}

function running(pid: number, change: Partial<Omit<JobProcess, 'process'>> & { readonly startedAt?: number } = {}): JobProcess {
  const { startedAt = WRITTEN - 30 * MINUTE, ...rest } = change;
  const process = { pid, ancestors: [1], group: pid, session: pid, startedAt, argv: ['py', 'tdza.py'] };
  return { processor: 0, process, start: RANGE.from, end: RANGE.to, ...rest };
}

function judge(sightings: Partial<Sightings>, rows?: Readonly<Record<string, Held>>, now = NOW): readonly ElsewhereJob[] {
  return judgeElsewhere({ files: [], processes: [], processesKnown: true, ownCalls: [], ...sightings }, coverage(rows), now).jobs;
}

function only(sightings: Partial<Sightings>, rows?: Readonly<Record<string, Held>>, now = NOW): ElsewhereJob {
  const jobs = judge(sightings, rows, now);
  assert.equal(jobs.length, 1);
  return jobs[0] as ElsewhereJob;
}

const sentences = ({ findings }: ElsewhereJob) => findings.map(findingText);
const kinds = ({ findings }: ElsewhereJob) => findings.map(({ kind }) => kind);

describe('a job elsewhere', () => {
  it('is not complete because its calendar has no date of the range, but when it has come to its end', () => {
    const summer = (lastSuccess: string) => {
      const text = {
        job_name: 'team_defense_zone_analysis',
        start_date: '2021-11-11',
        end_date: '2021-11-20',
        last_successful_date: lastSuccess,
        successful_dates: ['2021-11-11', lastSuccess],
      };
      const checkpoint = readCheckpoint(JSON.stringify(text), {});
      assert.ok(typeof checkpoint === 'object');
      return only({ files: [{ path: '/cp/a.json', name: {}, writtenAt: WRITTEN, checkpoint, seen: [] }] }).state;
    };
    assert.equal(summer('2021-11-12'), 'stopped');
    assert.equal(summer('2021-11-20'), 'complete');
  });

  it('that runs is as far as its checkpoint says, of the dates that its calendar expects', () => {
    const seen = { files: [file({ skipped: [1], done: [2, 4, 5] })], processes: [running(7)] };
    const job = only(seen, full(), READ_AT + MINUTE);
    assert.equal(job.id, 'TDZA/2021-11-01_2021-11-10');
    // Three dates in 30 minutes, three are left, and the next has been worked on for two.
    assert.deepEqual([job.secondsPerDate, job.etaSeconds], [600, 1680]);
    assert.equal(elsewhereLine(job, READ_AT), 'running · 3/6 · at 2021-11-06 · ~28 min left');
    const later = only(seen);
    assert.equal(elsewhereLine(later, NOW), 'running · 3/6 · at 2021-11-06 · quiet for 1 h');
    assert.deepEqual(later.findings, [{ kind: 'quiet', seconds: 3660 }]);
  });

  it('without a process has stopped, and says when and what it would do', () => {
    const files = [file({ skipped: [1], done: [2, 4], failed: [5] })];
    const job = only({ files }, full(['2021-11-05']));
    assert.equal(elsewhereLine(job, NOW), 'stopped after 2021-11-05 · 2/6, 1 failed · 1 h ago · would resume at 2021-11-05');
    assert.deepEqual(job.left.map(formatDay), ['2021-11-06', '2021-11-07', '2021-11-08']);
    assert.deepEqual(only({ files: [file({ skipped: [1], done: [2, 4], failed: [5] })] }, full(['2021-11-05'])).failed, [
      day('2021-11-05'),
    ]);
  });

  it('is complete with the last game date, although days are left', () => {
    const job = only({ files: [file({ skipped: [1], done: [2, 4, 5, 6, 7, 8] })] });
    assert.equal(elsewhereLine(job, NOW), 'complete · 6/6 · 2021-11-01 to 2021-11-10 · 1 h ago');
    const failed = only({ files: [file({ done: [2, 4, 5, 6, 7], failed: [8] })] }, full(['2021-11-08']));
    assert.equal(elsewhereLine(failed, NOW), 'failed · 5/6, 1 failed · 2021-11-01 to 2021-11-10 · 1 h ago');
  });

  it('is known by its process alone before its first date has ended, and where it keeps no checkpoint', () => {
    const job = only({ processes: [running(7, { startedAt: NOW - 3 * MINUTE })] });
    assert.equal(elsewhereLine(job, NOW), 'running for 3 min · 2021-11-01 to 2021-11-10');
    assert.deepEqual([job.done, job.total, job.resume], [0, 6, undefined]);
    const { start: _, end: __, ...bare } = running(8);
    const list = only({ processes: [{ ...bare, dates: [day('2021-11-05'), day('2021-11-07'), day('2021-11-08')] }] });
    assert.equal(elsewhereLine(list, NOW), 'running for 1 h · 3 dates');
    assert.equal(list.id, 'TDZA/8');
    assert.equal(elsewhereLine(only({ processes: [bare] }), NOW), 'running for 1 h');
  });

  it('takes the range that its command line leaves out from the checkpoint that it has written', () => {
    const { end: _, ...open } = running(7);
    const job = only({ files: [file({ done: [2] })], processes: [open] });
    assert.deepEqual([job.id, job.state], ['TDZA/2021-11-01_2021-11-10', 'running']);
    assert.deepEqual(
      judge({ files: [file({ done: [2] })], processes: [{ ...open, process: { ...open.process, startedAt: NOW } }] }).map(
        ({ id }) => id,
      ),
      ['TDZA/7', 'TDZA/2021-11-01_2021-11-10'],
    );
  });

  it('is followed by days where its calendar was never read', () => {
    const { input } = coverage();
    const blind = { ...input, observations: { ...input.observations, calendars: new Map() } };
    const known = { input: blind, grid: classify(blind) };
    const look = (processes: readonly JobProcess[]) =>
      judgeElsewhere({ files: [file({ done: [2, 4] })], processes, processesKnown: true, ownCalls: [] }, known, READ_AT).jobs;
    assert.deepEqual(
      look([running(7)]).map((job) => elsewhereLine(job, READ_AT)),
      ['running · 2 dates · at 2021-11-05'],
    );
    assert.deepEqual(
      look([]).map((job) => elsewhereLine(job, READ_AT)),
      ['stopped after 2021-11-04 · 2 dates · 1 min ago · would resume at 2021-11-05'],
    );
  });

  it('may run where processes cannot be listed', () => {
    const written = { writtenAt: NOW - 2 * MINUTE };
    const job = only({ files: [file({ done: [2, 4] }, { ...written, minutes: 10 })], processesKnown: false });
    assert.equal(elsewhereLine(job, NOW), 'perhaps running · 2/6 · at 2021-11-05 · ~18 min left · wrote 2 min ago');
    assert.equal(only({ files: [file({ done: [2, 4] })], processesKnown: false }).state, 'stopped');
  });

  it('takes its pace from the writes that were seen, else from its own start, else from others of its kind', () => {
    const seen = [10, 12, 14, 40].map((minute, index) => ({
      at: READ_AT + minute * MINUTE,
      ended: index + 1,
      noted: index + 1,
    }));
    assert.equal(only({ files: [file({ done: [2, 4, 5, 6] }, { seen })] }).secondsPerDate, 120);
    const resumed = running(7, { startedAt: WRITTEN - MINUTE });
    assert.equal(only({ files: [file({ done: [2, 4] })], processes: [resumed] }).secondsPerDate, undefined);
    const sibling = file({ done: [2, 4, 5] }, { end: '2021-11-05', minutes: 3 });
    const [job] = judge({ files: [file({ done: [2, 4] }), sibling], processes: [resumed] });
    assert.equal(job?.secondsPerDate, 60);
  });

  it('is none where a backfill made the call', () => {
    const call = { processor: 'TDZA', start: RANGE.from, end: RANGE.to, from: WRITTEN - MINUTE };
    const files = [file({ done: [2, 4] })];
    assert.deepEqual(judge({ files, ownCalls: [call] }), []);
    assert.deepEqual(judge({ files, ownCalls: [{ ...call, to: WRITTEN }] }), []);
    assert.equal(judge({ files, ownCalls: [{ ...call, to: WRITTEN - 30_000 }] }).length, 1);
    assert.equal(judge({ files, ownCalls: [{ ...call, end: day('2021-11-09') }] }).length, 1);
    assert.equal(judge({ files, ownCalls: [call], processes: [running(7)] }).length, 1);
  });

  it('comes before others while it runs; names that no processor has are told', () => {
    const other = file({ done: [2] }, { end: '2021-11-02', writtenAt: NOW });
    const { checkpoint, ...rest } = file({ done: [2] });
    assert.ok(checkpoint !== undefined);
    const files = [other, file({ done: [2] }), { ...rest, checkpoint: { ...checkpoint, job: 'grading_backfill' } }];
    const report = judgeElsewhere({ files, processes: [running(7)], processesKnown: true, ownCalls: [] }, coverage(), NOW);
    assert.deepEqual(
      report.jobs.map(({ id, state }) => `${id} ${state}`),
      ['TDZA/2021-11-01_2021-11-10 running', 'TDZA/2021-11-01_2021-11-02 complete'],
    );
    assert.deepEqual(report.unknownJobs, ['grading_backfill']);
  });

  it('keeps what was last read of a checkpoint that cannot be read now, and says so', () => {
    const kept = only({ files: [file({ done: [2, 4] }, { problem: 'It is empty.' })] });
    assert.equal(kept.done, 2);
    assert.deepEqual(sentences(kept), ['Its checkpoint cannot be read. It is empty.']);
    const { checkpoint: _, ...never } = file(
      {},
      { name: { job: 'TDZA', start: RANGE.from, end: RANGE.to }, problem: 'It is empty.' },
    );
    const job = only({ files: [never] });
    assert.equal(elsewhereLine(job, NOW), 'unreadable · 2021-11-01 to 2021-11-10 · 1 h ago');
  });
});

describe('the traps of going on from a checkpoint', () => {
  /** What it does when it is run again, and what is said of that. */
  const table: readonly (readonly [name: string, lists: Lists, resume: string, findings: readonly string[], end?: string])[] = [
    ['nothing yet', {}, 'would start at 2021-11-02', []],
    ['on its way', { skipped: [1], done: [2, 4] }, 'would resume at 2021-11-05', []],
    [
      'T1, dates that failed before the last success',
      { done: [2, 5], failed: [4] },
      'would resume at 2021-11-06',
      ['1 failed date before its last success: going on never comes back to them (2021-11-04).'],
    ],
    [
      'an error that the job did not note',
      { done: [2, 6] },
      'would resume at 2021-11-07',
      ['2 dates before its last success in none of its lists: it noted no end of them (2021-11-04, 2021-11-05).'],
    ],
    [
      'T2, a range that is complete',
      { skipped: [1], done: [2, 4, 5, 6, 7, 8] },
      'would start over from 2021-11-01 (it takes a finished range for one that was never begun)',
      ['Run again over the same dates, it starts over from 2021-11-01: it takes a finished range for one that was never begun.'],
      '2021-11-08',
    ],
    [
      'T3, nothing but off-days left',
      { skipped: [1], done: [2, 4, 5, 6, 7, 8] },
      'would start over from 2021-11-01 (after its last success there are only off-days)',
      ['Run again over the same dates, it starts over from 2021-11-01: after its last success there are only off-days.'],
    ],
    ['no T3 where the job works on every day', { done: [1, 2, 3, 4, 5, 6, 7, 8] }, 'would resume at 2021-11-09', []],
    [
      'T4, dates that were only skipped',
      { skipped: [1] },
      'would start over from 2021-11-01 (so far dates were only skipped or failed)',
      ['Run again over the same dates, it starts over from 2021-11-01: so far dates were only skipped or failed.'],
    ],
    [
      'T5, a date in both lists',
      { done: [2, 4, 5], failed: [4] },
      'would start over from 2021-11-02 (its checkpoint contradicts itself)',
      ['Noted both as successful and as failed: 2021-11-04. When it is loaded next, the whole checkpoint is thrown away.'],
    ],
  ];
  for (const [name, lists, resume, findings, end] of table) {
    it(name, () => {
      const job = only({ files: [file(lists, end === undefined ? {} : { end })] }, full(['2021-11-04']));
      assert.ok(job.resume !== undefined);
      assert.equal(resumeText(job.resume), resume);
      assert.deepEqual(
        sentences(job).filter((text) => !text.includes('without rows')),
        findings,
      );
    });
  }

  it('a job that was started again over a finished range goes through all of it', () => {
    const again = running(7, { startedAt: WRITTEN + MINUTE });
    const finished = file({ skipped: [1], done: [2, 4, 5, 6, 7, 8] });
    const job = only({ files: [finished], processes: [again] });
    assert.equal(elsewhereLine(job, NOW), 'running again from 2021-11-01');
    assert.deepEqual(sentences(job), [
      'It goes through everything again from 2021-11-01, even if it says that it resumes: after its last success there are only off-days.',
    ]);
    assert.equal(job.left.length, 6);
    const later = only({ files: [{ ...finished, writtenAt: WRITTEN + 2 * MINUTE }], processes: [again] });
    assert.deepEqual(kinds(later), ['runsPastItsEnd']);
    // A date ended and nothing was added: it was noted before.
    const seen = [1, 2].map((minute) => ({ at: WRITTEN + minute * MINUTE, ended: 6, noted: 7 }));
    const seenAgain = only({ files: [{ ...finished, writtenAt: WRITTEN + 2 * MINUTE, seen }], processes: [again] });
    assert.deepEqual(kinds(seenAgain), ['runsAgain']);
    // Only skipped dates are skipped again: nothing is lost.
    assert.deepEqual(kinds(only({ files: [file({ skipped: [1] })], processes: [again] })), []);
    const resumed = only({ files: [file({ done: [2, 4] })], processes: [again] });
    assert.deepEqual([resumed.at, resumed.left.length, kinds(resumed)], [day('2021-11-05'), 4, []]);
  });

  it('T6, two processes on one checkpoint', () => {
    const job = only({ files: [file({ done: [2, 4] }, { writtenAt: NOW })], processes: [running(7), running(8)] });
    assert.deepEqual(sentences(job), ['Processes 7 and 8 run the same dates: each overwrites what the others note.']);
  });

  it('T7, other ranges share no progress', () => {
    const other = file({ done: [2, 4, 5, 6, 7, 8] }, { end: '2021-11-08' });
    const [first, second] = judge({ files: [file({ done: [2, 4] }), other] });
    assert.deepEqual(
      [first, second].flatMap((job) => (job?.range?.to === RANGE.to ? sentences(job) : [])),
      ['4 dates still to come are done in another checkpoint (2021-11-01 to 2021-11-08): ranges share no progress.'],
    );
    const both = judge({ processes: [running(7), running(8, { end: day('2021-11-08') })] });
    assert.deepEqual(both.map(kinds), [['overlapsRunning'], ['overlapsRunning']]);
  });

  it('a backfill that runs and holds dates of it', () => {
    const { input } = coverage();
    const active = new Map([[`TDZA 2021-11-06`, { backfill: 'b1', state: 'queued' as const }]]);
    const held = { ...input, attempts: { ...input.attempts, active } };
    const known = { input: held, grid: classify(held) };
    const look = (processes: readonly JobProcess[]) =>
      judgeElsewhere({ files: [file({ done: [2] })], processes, processesKnown: true, ownCalls: [] }, known, READ_AT).jobs;
    assert.deepEqual(look([running(7)]).flatMap(sentences), [
      'Backfill b1 holds 1 date of it: both write the same partitions (2021-11-06).',
    ]);
    assert.deepEqual(look([]).flatMap(sentences), []);
  });

  it('what is noted as successful and has no rows, once the warehouse was read after it', () => {
    const lists = { done: [2, 4, 5] };
    const rows = full(['2021-11-04', '2021-11-05']);
    assert.deepEqual(sentences(only({ files: [file(lists)] }, rows)), [
      '2 dates noted as successful without rows in the table (2021-11-04, 2021-11-05).',
    ]);
    assert.deepEqual(sentences(only({ files: [file(lists, { writtenAt: READ_AT + 1 })] }, rows)), []);
  });

  it('a date that failed and is complete in the warehouse needs nothing', () => {
    assert.deepEqual(kinds(only({ files: [file({ done: [2, 5], failed: [4] })] })), []);
  });

  it('come with what to do', () => {
    const input = coverage(full(['2021-11-04']));
    const job = only({ files: [file({ done: [2, 5], failed: [4] })] }, full(['2021-11-04']));
    const [processor] = input.input.pipeline.processors;
    const [finding] = job.findings;
    assert.ok(processor !== undefined && finding !== undefined);
    assert.deepEqual(findingAdvice(finding, job, processor), {
      text: 'Run them by name.',
      command: 'backfill run --processor TDZA --dates 2021-11-04',
      own: 'py tdza.py --dates 2021-11-04',
    });
  });

  it('never break, and nothing is counted twice, whatever the lists hold', () => {
    const dates = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 14 });
    const lists = fc.record({ done: dates, failed: dates, skipped: dates });
    fc.assert(
      fc.property(lists, fc.boolean(), fc.nat({ max: 120 }), (one, runs, minute) => {
        const sighted = file(one, { writtenAt: WRITTEN + minute * MINUTE });
        const [job] = judge(
          { files: [sighted], processes: runs ? [running(7, { startedAt: READ_AT })] : [] },
          full(['2021-11-05']),
        );
        assert.ok(job?.checkpoint !== undefined && job.resume !== undefined && sighted.checkpoint !== undefined);
        assert.ok(
          job.done + job.failed.filter((date: Day) => GAME_DATES.slice(1).includes(formatDay(date))).length <= (job.total ?? 0),
        );
        assert.ok(elsewhereLine(job, NOW).length > 5 && (job.etaSeconds ?? 0) >= 0);
        const again = resumeOf(sighted.checkpoint, { known: false, expected: [], offDays: new Set() });
        assert.ok(again.at >= RANGE.from && again.at <= RANGE.to);
        for (const finding of job.findings) assert.match(findingText(finding), /^[A-Z0-9].*\.$/);
      }),
    );
  });
});

describe('a plan beside jobs elsewhere and their checkpoints', () => {
  const NIGHTLY: RunMethod = {
    kind: 'command',
    each: 'range',
    argv: ['py', 'tdza.py', '--start-date', '{start}', '--end-date', '{end}'],
    overrides: { fresh: ['--no-resume'], fast: ['--fast'] },
  };

  async function conflicts(
    sightings: Partial<Sightings>,
    request: { readonly dates: readonly string[]; readonly overrides?: readonly string[] },
  ) {
    const built = coverage({});
    const [processor] = built.input.pipeline.processors;
    assert.ok(processor !== undefined);
    const changed = { ...processor, run: [NIGHTLY] };
    const input = { ...built.input, pipeline: { ...built.input.pipeline, nodes: [changed], processors: [changed] } };
    const known = { input, grid: classify(input) };
    const files = { manifest: '/p/backfill.yaml', readText: () => Promise.reject(new Error('no SQL here')) };
    const plan = await preparePlan(known, planRequest({ processors: ['TDZA'], choices: ['missing'], ...request }), files);
    const report = judgeElsewhere({ files: [], processes: [], processesKnown: true, ownCalls: [], ...sightings }, known, NOW);
    return planConflicts(plan, report, known)
      .map(conflictWords)
      .map(({ who, which, effect, advice }) => `${who}: ${which}. ${effect} ${advice}`);
  }

  it('names dates that both would write, and who', async () => {
    const processes = [running(7)];
    assert.deepEqual(await conflicts({ processes }, { dates: ['2021-11-05', '2021-11-06'] }), [
      'process 7 (2021-11-01 to 2021-11-10): TDZA 2021-11-05 to 2021-11-06 (2 dates). It runs outside of any backfill: both would write the same partitions. Wait for it, or end it first.',
    ]);
    const other = [running(7, { end: day('2021-11-04') })];
    assert.deepEqual(await conflicts({ processes: other }, { dates: ['2021-11-05', '2021-11-06'] }), []);
    assert.deepEqual(await conflicts({ files: [file({ done: [2] })] }, { dates: ['2021-11-05'] }), []);
  });

  it('names dates that its own job would leave out, because a checkpoint of that very range says so', async () => {
    const first = file({ done: [2, 4] });
    const range = { job: 'TDZA', start: day('2021-11-02'), end: day('2021-11-06') };
    assert.ok(first.checkpoint !== undefined);
    const files = [{ ...first, name: range, checkpoint: { ...first.checkpoint, from: range.start, to: range.end } }];
    const dates = ['2021-11-02', '2021-11-04', '2021-11-05', '2021-11-06'];
    assert.deepEqual(await conflicts({ files }, { dates }), [
      'the checkpoint of 2021-11-02 to 2021-11-06: TDZA 2021-11-02, 2021-11-04 (2 dates). The job would resume at 2021-11-05 and leave these dates out. The override fresh runs them.',
    ]);
    assert.deepEqual(await conflicts({ files }, { dates, overrides: ['fresh'] }), []);
    assert.equal((await conflicts({ files }, { dates, overrides: ['fast'] })).length, 1);
    assert.deepEqual(await conflicts({ files }, { dates: dates.slice(1) }), []);
    // What a backfill left itself counts as well.
    const ownCalls = [{ processor: 'TDZA', start: range.start, end: range.end, from: WRITTEN - MINUTE }];
    assert.equal((await conflicts({ files, ownCalls }, { dates })).length, 1);
  });
});
