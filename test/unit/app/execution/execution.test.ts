import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildCommand, ChildExit, ChildRunner } from '../../../../src/app/execution/children';
import { launchPlan, preparePlan } from '../../../../src/app/planning/preparePlan';
import { formatDay, parseDay } from '../../../../src/base/day';
import type { Plan } from '../../../../src/core/backfill/backfill';
import { classify } from '../../../../src/core/coverage/classify';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import { day } from '../../../support/builders';
import { type Executed, ExecutionFixture } from '../../../support/execution';
import { MemoryWarehouse } from '../../../support/memoryWarehouse';
import { planRequest, type RequestParts } from '../../../support/requests';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const MANIFEST = `
version: 1
name: Test
warehouse: { type: parquet, path: data }
seasons: [{ name: s1, start: 2021-11-01, end: 2021-11-30 }, { name: s2, start: 2022-11-01, end: 2022-11-30 }]
calendars: { daily: { every: day } }
sources: [{ id: RAW, table: t.raw, date_column: day }]
phases:
  - id: one
    processors:
      - { id: A, table: t.a, date_column: day, needs: [{ source: RAW }], run: { command: [run, A, "{date}"], each: date } }
      - { id: B, table: t.b, date_column: day, needs: [{ processor: A }], run: { command: [run, B, "{date}"], each: date, slots: 2 } }
      - { id: C, table: t.c, date_column: day, needs: [{ processor: A, last_dates: 3, at_least: 1 }], run: { command: [run, C, "{dates}"], each: list, max_dates: 4 } }
`;

/** Runs `run NODE DATES` in memory. What a test wants to see or to hold back it does in `during`. */
class MemoryChildren implements ChildRunner {
  readonly started: string[] = [];
  readonly #warehouse: MemoryWarehouse;
  during: (call: string, signal: AbortSignal) => Promise<ChildExit | undefined> = async () => undefined;

  constructor(warehouse: MemoryWarehouse) {
    this.#warehouse = warehouse;
  }

  async run({ argv }: ChildCommand, signal: AbortSignal): Promise<ChildExit> {
    const [, node = '', dates = ''] = argv;
    const call = `${node} ${dates}`;
    this.started.push(call);
    const exit = await this.during(call, signal);
    if (exit !== undefined) return exit;
    for (const date of dates.split(',')) this.#warehouse.set(node, parseDay(date) ?? 0, 5);
    return { how: 'exited', code: 0, tellingLine: '' };
  }
}

describe('Execution', () => {
  const folder = useTemporaryFolder();
  let fixture: ExecutionFixture;
  let warehouse: MemoryWarehouse;
  let children: MemoryChildren;
  beforeEach(async () => {
    fixture = new ExecutionFixture(folder());
    warehouse = new MemoryWarehouse();
    children = new MemoryChildren(warehouse);
    fill('RAW', '2021-11-01', '2021-11-30');
    await writeFile(join(folder(), 'backfill.yaml'), MANIFEST);
  });

  function fill(node: string, from: string, to: string): void {
    for (let date = day(from); date <= day(to); date++) warehouse.set(node, date, 5);
  }

  async function launch(request: RequestParts): Promise<Plan> {
    const { pipeline, problems } = readManifest(MANIFEST);
    if (pipeline === undefined) throw new Error(problems[0]?.message);
    const reading = await warehouse.observe(pipeline);
    const input = {
      pipeline,
      observations: { ...reading, unavailableNodes: new Map(), unavailableCalendars: new Map() },
      mode: 'backfill' as const,
      now: Date.now(),
      attempts: await fixture.journal.ledger(),
      waivers: [],
    };
    const plan = await preparePlan({ input, grid: classify(input) }, planRequest({ slots: 4, ...request }), {
      manifest: fixture.manifest,
      readText: async () => '',
    });
    await launchPlan(plan, fixture.journal, fixture.deps().readText);
    warehouse.observes = 0;
    return plan;
  }
  const execute = (plan: Plan): Promise<Executed> =>
    fixture.execute(plan, undefined, fixture.deps({ children, openWarehouse: () => warehouse }));

  it('asks the warehouse for all needs at once, and for each call twice', async () => {
    const plan = await launch({ processors: ['A', 'B'], from: '2021-11-01', to: '2021-11-30' });
    const { result, progress } = await execute(plan);
    assert.deepEqual([result, progress.done], ['done', 60]);
    assert.equal(warehouse.observes, 1);
    assert.equal(warehouse.reads, 120);
  });

  it('has as many at once as there are slots, of the backfill and of a processor', async () => {
    // Nothing ends before the slots were full once.
    const full = { any: new AbortController(), B: new AbortController() };
    const reached = ({ signal }: AbortController) => signal.aborted || once(signal, 'abort');
    children.during = async (call) => {
      if (children.started.length >= 4) full.any.abort();
      if (children.started.filter((one) => one.startsWith('B')).length >= 2) full.B.abort();
      await reached(full.any);
      if (call.startsWith('B')) await reached(full.B);
      return undefined;
    };
    const { events } = await execute(await launch({ processors: ['A', 'B'], from: '2021-11-01', to: '2021-11-20' }));
    const open = new Map<string, string>();
    const most = { all: 0, B: 0 };
    for (const event of events) {
      if (event.type === 'attemptStarted') open.set(event.attempt, event.processor);
      if (event.type === 'attemptEnded') open.delete(event.attempt);
      most.all = Math.max(most.all, open.size);
      most.B = Math.max(most.B, [...open.values()].filter((processor) => processor === 'B').length);
    }
    assert.deepEqual(most, { all: 4, B: 2 });
  });

  it('is a sliding pool: a slow date holds up nothing but what needs it', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    children.during = async (call) => {
      if (call === 'A 2021-11-01') await held;
      if (call === 'B 2021-11-10') release();
      return undefined;
    };
    const { result } = await execute(await launch({ processors: ['A', 'B'], from: '2021-11-01', to: '2021-11-10' }));
    assert.equal(result, 'done');
    assert.equal(children.started.at(-1), 'B 2021-11-01', 'all others had ended before it');
  });

  it('fills calls of many dates before it makes them', async () => {
    fill('A', '2021-11-01', '2021-11-03');
    const plan = await launch({ processors: ['A', 'C'], from: '2021-11-04', to: '2021-11-10' });
    const { result } = await execute(plan);
    assert.equal(result, 'done');
    assert.deepEqual(
      children.started.filter((call) => call.startsWith('C')),
      ['C 2021-11-04,2021-11-05,2021-11-06,2021-11-07', 'C 2021-11-08,2021-11-09,2021-11-10'],
    );
  });

  it('blocks by one failure only what looks at it', async () => {
    fill('A', '2021-11-01', '2021-11-03');
    children.during = async (call) => (call === 'A 2021-11-05' ? { how: 'exited', code: 1, tellingLine: 'no' } : undefined);
    const { events, progress } = await execute(await launch({ from: '2021-11-04', to: '2021-11-10' }));
    const skipped = events.flatMap((event) => (event.type === 'skipped' ? [`${event.processor} ${event.date.slice(-2)}`] : []));
    assert.deepEqual(skipped, ['B 05', 'C 06', 'C 07', 'C 08'], 'three dates look back at the 5th');
    assert.equal(progress.partitions.get('C 2021-11-09'), 'done');
  });

  it('ends what runs when it is to fail fast', async () => {
    const aborted: string[] = [];
    children.during = async (call, signal) => {
      if (call === 'A 2021-11-03') return { how: 'exited', code: 1, tellingLine: '' };
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      aborted.push(call);
      return { how: 'cancelled' };
    };
    const { result, progress } = await execute(
      await launch({ processors: ['A'], from: '2021-11-01', to: '2021-11-10', policy: 'failFast' }),
    );
    assert.equal(result, 'failed');
    assert.deepEqual(
      aborted.sort((a, b) => a.localeCompare(b)),
      ['A 2021-11-01', 'A 2021-11-02', 'A 2021-11-04'],
    );
    assert.deepEqual([progress.partitions.get('A 2021-11-01'), progress.waiting], ['interrupted', 6]);
  });

  it('goes through its dates newest first when that is asked for, upstream first all the same', async () => {
    const days = (node: string) => children.started.filter((call) => call.startsWith(node)).map((call) => call.slice(-2));
    const plan = await launch({ processors: ['A', 'B'], from: '2021-11-01', to: '2021-11-05', order: 'newest', slots: 1 });
    assert.equal((await execute(plan)).result, 'done');
    const newest = ['05', '04', '03', '02', '01'];
    assert.deepEqual([days('A'), days('B')], [newest, newest]);
    for (const date of newest)
      assert.ok(children.started.indexOf(`A 2021-11-${date}`) < children.started.indexOf(`B 2021-11-${date}`), date);
  });

  for (const count of [6, 24]) {
    it(`flows over phases while upstream still runs, and looks at the warehouse no more often for ${count} dates`, async () => {
      const release = new AbortController();
      const last = `2021-11-${String(count).padStart(2, '0')}`;
      children.during = async (call) => {
        // The last date of the first phase ends only when a date has come to the end of the last.
        if (call === `A ${last}`) await (release.signal.aborted || once(release.signal, 'abort'));
        if (call.startsWith('C')) release.abort();
        return undefined;
      };
      const plan = await launch({ from: '2021-11-01', to: last });
      const { result, progress } = await execute(plan);
      assert.deepEqual([result, progress.done], ['done', 3 * count]);
      assert.equal(warehouse.observes, 1);
      assert.ok(children.started.findIndex((call) => call.startsWith('C')) >= 0);
    });
  }

  it('goes on after a pause that ends while it looks for what to do', async () => {
    const plan = await launch({ processors: ['A'], from: '2021-11-01', to: '2021-11-03', slots: 1 });
    children.during = async (call) => {
      if (call !== 'A 2021-11-01') return undefined;
      await fixture.journal.request(plan.id, { kind: 'pause' }, 'ann');
      await fixture.journal.request(plan.id, { kind: 'continue' }, 'ann');
      return undefined;
    };
    const { result, progress } = await execute(plan);
    assert.deepEqual([result, progress.done], ['done', 3]);
  });

  it('judges each season by itself', async () => {
    fill('RAW', '2022-11-01', '2022-11-30');
    fill('A', '2021-11-26', '2021-11-28');
    fill('A', '2022-10-25', '2022-10-31');
    const plan = await launch({ dates: ['2021-11-29', '2021-11-30', '2022-11-01', '2022-11-02'] });
    const { result, progress, events } = await execute(plan);
    assert.deepEqual([result, progress.done, progress.total], ['done', 12, 12]);
    const inputs = (date: string) =>
      events.flatMap((event) =>
        event.type === 'attemptStarted' && event.processor === 'C' && event.date === date
          ? event.inputs.map((one) => formatDay(one.day))
          : [],
      );
    assert.deepEqual(inputs('2021-11-30'), ['2021-11-27', '2021-11-28', '2021-11-29']);
    assert.deepEqual(inputs('2022-11-02'), ['2022-11-01'], 'what lies before the season is no input');
  });
});
