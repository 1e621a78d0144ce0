import assert from 'node:assert/strict';
import { formatDay } from '../../../../src/base/day';
import type { BackfillEvent, BackfillEventBody, Plan } from '../../../../src/core/backfill/backfill';
import { classify } from '../../../../src/core/coverage/classify';
import type { RunMethod } from '../../../../src/core/pipeline';
import { type BackfillView, viewOf } from '../../../../src/server/backfills/backfillViews';
import { timingHandlers } from '../../../../src/server/timing/timingRequests';
import { backfillTooltip } from '../../../../src/server/trees/tooltips';
import { buildInput, buildPipeline } from '../../../support/builders';
import { planRequest } from '../../../support/requests';

const FIRST = 18_931;
const START = Date.UTC(2022, 0, 1);
const pipeline = buildPipeline({ nodes: [{ id: 'PDC' }, { id: 'MLFS' }] });

/** A backfill of 20 dates, of which so many are done, each of them 25 s slower than the one before. */
function growing(done: number): BackfillView {
  const dates = Array.from({ length: 20 }, (_, index) => formatDay(FIRST + index));
  const plan: Plan = {
    ...{ version: 1, id: 'b1', pipeline: 'p', manifest: '/p/backfill.yaml', createdAt: new Date(START).toISOString() },
    ...{ mode: 'backfill', warnings: [], request: planRequest({ processors: ['PDC'] }) },
    jobs: [{ processor: 'PDC', method: 'date', command: ['job'], slots: 1, hash: '' }],
    partitions: dates.map((date) => ({
      ...{ processor: 'PDC', date, action: 'run', status: 'missing', why: '', preflight: 'allowed' },
    })),
  };
  const owner = { host: '', boot: '', pidNamespace: '', pid: 1, startTime: '' };
  const events: BackfillEvent[] = [];
  let at = START;
  const say = (body: BackfillEventBody) => events.push({ seq: events.length + 1, at: new Date(at).toISOString(), ...body });
  say({ type: 'started', owner });
  for (const [index, date] of dates.slice(0, done).entries()) {
    const of = { attempt: `PDC-${date}-1`, processor: 'PDC', date };
    say({ type: 'attemptStarted', ...of, before: '', rowsBefore: 0, inputs: [], log: `logs/${date}.log` });
    const stages = { dependency_check: 5 + 25 * index, write: 10 };
    at += 1000 * (15 + 25 * index);
    say({ type: 'attemptEnded', ...of, outcome: 'done', seconds: 15 + 25 * index, stages });
  }
  return viewOf({ plan, events, problems: [], ownerAlive: true }, at);
}

/** Only what the handlers ask of a service. */
function serviceOf(views: { current: readonly BackfillView[] }, problem?: string): Parameters<typeof timingHandlers>[0] {
  const runs: [] = [];
  const partial = {
    ...{ remembered: Promise.resolve(), state: undefined, session: { pipeline } },
    notedRuns: async () => ({ runs, ...(problem !== undefined && { problem }) }),
    backfills: {
      get views() {
        return views.current;
      },
    },
  };
  return partial as unknown as Parameters<typeof timingHandlers>[0];
}

describe('what a timing panel is answered', () => {
  it('is the dates of one processor in columns, with growth, what is left and what stands out', async () => {
    const { 'backfill/timing': ask } = timingHandlers(serviceOf({ current: [growing(10)] }));
    const { chart, processors } = await ask({ processor: 'PDC' });
    assert.deepEqual(
      processors.map(({ name, mark }) => [name, mark]),
      [['PDC', 'growth']],
    );
    assert.ok(chart);
    assert.deepEqual([chart.days.length, chart.days[0], chart.seconds[9]], [10, FIRST, 240]);
    assert.deepEqual(
      chart.stages.map(({ name, seconds }) => [name, seconds[1]]),
      [
        ['dependency check', 30],
        ['write', 10],
      ],
    );
    assert.match(chart.marks[0]?.text ?? '', /^dependency check grows 25 s a date: the 10 dates left would take 1 h/);
    assert.equal(chart.left?.what, '10 dates left');
    assert.deepEqual([chart.lines[0]?.days.length, chart.lines[0]?.seconds[0]], [10, 15]);
  });

  it('is computed again only where something changed', async () => {
    const views = { current: [growing(10)] };
    const { 'backfill/timing': ask } = timingHandlers(serviceOf(views));
    const first = await ask({});
    assert.equal((await ask({})).asOf, first.asOf);
    views.current = [growing(11)];
    assert.equal((await ask({})).chart?.days.length, 11);
  });

  it('says what could not be read, and shows what is known', async () => {
    const { 'backfill/timing': ask } = timingHandlers(serviceOf({ current: [growing(3)] }, 'There is no table ops.runs.'));
    const { problem, chart } = await ask({ processor: 'unknown' });
    assert.equal(problem, 'The run history was not read: There is no table ops.runs.');
    assert.equal(chart?.processor, 'PDC');
    assert.equal((await timingHandlers(serviceOf({ current: [] }))['backfill/timing']({})).chart, undefined);
  });

  it('is of gaps where no backfill is open: what can be filled, at what the warehouse allows, and nothing of it while one runs', async () => {
    const run: readonly RunMethod[] = [{ kind: 'command', each: 'date', argv: ['job', '{date}'], overrides: {} }];
    const of = (type: 'duckdb' | 'bigquery') => {
      const input = buildInput({
        seasons: [['2021-11-01', '2021-11-06']],
        nodes: [
          { id: 'PDC', run },
          { id: 'MLFS', run, needs: ['PDC'] },
          { id: 'LOST', run, needs: ['SOURCE'] },
          { id: 'SOURCE', phase: 'sources' },
        ],
      });
      const warehouse = type === 'duckdb' ? input.pipeline.warehouse : { type, project: 'p', location: 'EU' };
      const changed = { ...input, pipeline: { ...input.pipeline, warehouse } } as typeof input;
      return { input: changed, grid: classify(changed) };
    };
    const ask = async (type: 'duckdb' | 'bigquery', views: readonly BackfillView[]) => {
      const state = of(type);
      const service = { ...serviceOf({ current: views }), state, session: { pipeline: state.input.pipeline } };
      return (await timingHandlers(service as unknown as Parameters<typeof timingHandlers>[0])['backfill/timing']({})).left;
    };
    // Two dates of PDC that took 15 and 40 s; MLFS, of which nothing is known, is taken for as long.
    const { record } = growing(2);
    const over = viewOf(
      {
        ...record,
        events: [...record.events, { seq: 99, at: new Date(START).toISOString(), type: 'ended', result: 'cancelled' }],
      },
      START,
    );
    const [atOnce, ...others] = await ask('bigquery', [over]);
    assert.equal(others.length, 0);
    assert.deepEqual([atOnce?.what, atOnce?.runs, atOnce?.slots], ['12 gaps that can be filled, of PDC and MLFS', false, 1]);
    const [one = 0, two = 0] = atOnce?.seconds ?? [];
    assert.ok(one > 12 * 15 && one < 12 * 41 && two < 0.6 * one, `${one} ${two}`);
    const [alone] = await ask('duckdb', [over]);
    assert.deepEqual([alone?.seconds.length, alone?.limit], [1, 'a DuckDB file has one writer at a time']);
    assert.deepEqual(await ask('bigquery', [growing(2)]), [], 'of one processor its own line tells');
  });

  it('is in the tooltip of the backfill, too', () => {
    assert.match(backfillTooltip(growing(10), START), /PDC: dependency check grows 25 s a date: the 10 dates left would take /);
    assert.doesNotMatch(backfillTooltip(growing(3), START), / grows /);
  });
});
