import assert from 'node:assert/strict';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readLogBytes } from '../../../src/adapters/files/logText';
import { FileJournal } from '../../../src/adapters/journal/fileJournal';
import { WarehouseError } from '../../../src/app/ports';
import { PipelineSession } from '../../../src/app/session/pipelineSession';
import { STATUSES } from '../../../src/base/status';
import { NodeStore, type ViewNode } from '../../../src/client/nodeStore';
import type { BackfillEventBody, Plan } from '../../../src/core/backfill/backfill';
import type { Sightings } from '../../../src/core/checkpoints/elsewhere';
import { applyChange } from '../../../src/protocol/applyChange';
import { type BackfillSummary, GROUPINGS, type ServerNotifications } from '../../../src/protocol/messages';
import type { Pace } from '../../../src/server/pace';
import { PipelineService } from '../../../src/server/pipelineService';
import { day, observed } from '../../support/builders';
import { failureRecord, historyRow, ScriptedRecords } from '../../support/records';
import { planRequest } from '../../support/requests';
import { MemoryCache, ScriptedWarehouse, SILENT, sessionDeps } from '../../support/sessionDeps';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const MANIFEST = `
version: 1
name: test
warehouse: { type: duckdb, path: test.duckdb }
seasons: [{ name: 2021-22, start: 2021-11-01, end: 2021-11-04 }]
phases:
  - id: one
    name: One
    processors:
      - { id: A, table: mart.a, date_column: day, run: { command: [a, "{date}"], each: date } }
      - { id: B, table: mart.b, date_column: day, log: own, needs: [{ processor: A }], run: { command: [b, "{date}"], each: date } }
log_profiles: { own: { date_start: '^run (?<n>\\d+)/(?<total>\\d+): (?<date>\\S+)', success: ^ok } }
`;
const READ_AT = Date.UTC(2021, 11, 1);
const FULL = { '2021-11-01': 9, '2021-11-02': 9, '2021-11-03': 9, '2021-11-04': 9 };
/** Quick enough for a test, and slow where a test does not ask for it. */
const PACE: Pace = {
  poll: 60_000,
  settle: 5,
  retry: [5],
  clock: 600_000,
  progress: 60_000,
  patience: 60_000,
  elsewhere: 60_000,
};

const NO_SIGHTINGS: Sightings = { files: [], processes: [], processesKnown: true, ownCalls: [] };

type Sent = { [M in keyof ServerNotifications]: { method: M; params: ServerNotifications[M] } }[keyof ServerNotifications];

describe('PipelineService', () => {
  const folder = useTemporaryFolder();
  const elsewhere = { look: () => Promise.resolve(NO_SIGHTINGS), watch: () => () => {} };
  let warehouse: ScriptedWarehouse;
  let cache: MemoryCache;
  let journal: FileJournal;
  let manifest: string;
  let sent: Sent[];
  let waiting: { matches: (sent: Sent) => boolean; resolve: () => void }[];
  let services: PipelineService[];
  /** Runs whenever a service looks at files, which it does first when it looks at all. */
  let looked: () => void;
  let now: number;

  function hold(a: Record<string, number>, b: Record<string, number>): void {
    warehouse.fingerprint = JSON.stringify([a, b]);
    const nodes = new Map([
      ['A', observed({ id: 'A' }, a, READ_AT)],
      ['B', observed({ id: 'B' }, b, READ_AT)],
    ]);
    warehouse.answer = () => Promise.resolve({ nodes, calendars: new Map(), errors: new Map<string, WarehouseError>() });
  }

  function newService(pace = PACE): PipelineService {
    const service = new PipelineService(
      {
        manifest: '/pipeline/backfill.yaml',
        session: (mode) =>
          new PipelineSession(
            sessionDeps({
              mode,
              openWarehouse: () => warehouse,
              cache,
              ledger: () => journal.ledger(),
              readText: (path) => Promise.resolve(path.endsWith('backfill.yaml') ? manifest : undefined),
            }),
          ),
        journal,
        elsewhere,
        clock: { now: () => now },
        logger: SILENT,
        send: (method, params) => {
          const message = { method, params } as Sent;
          sent.push(message);
          for (const waiter of waiting.filter(({ matches }) => matches(message))) waiter.resolve();
        },
        judged: () => {},
        looked: () => Promise.resolve(),
        readLogBytes,
        lookAtFiles: () => Promise.resolve(looked()),
        pace,
      },
      'backfill',
    );
    services.push(service);
    return service;
  }

  /** Ends when a message is sent that matches. */
  function message(matches: (sent: Sent) => boolean): Promise<void> {
    return new Promise((resolve) => waiting.push({ matches, resolve }));
  }

  /** A tree with every node open. `follow` takes what was announced since; `check` compares it with one that is composed anew. */
  function openView(service: PipelineService, tree: 'coverage' | 'backfills') {
    const view = new NodeStore();
    let seen = sent.length;
    const follow = (): void => {
      for (const { method, params } of sent.slice(seen)) {
        if (method === 'backfill/treeChanged' && params.view === tree) view.change(params.updated, params.reordered);
      }
      seen = sent.length;
    };
    const check = (parent?: ViewNode): void => {
      const id = parent?.data.id ?? '';
      if (!view.isCurrent(parent)) view.setChildren(parent, service.views.children(tree, id));
      const shown = view.children(parent) ?? [];
      assert.deepEqual(
        shown.map(({ data }) => data),
        service.views.peek(tree, id),
      );
      for (const node of shown) if (node.data.children) check(node);
    };
    return { follow, check };
  }

  const texts = (service: PipelineService, parent: string) =>
    service.views.children('coverage', parent).map(({ label, description }) => `${label}: ${description}`);

  beforeEach(() => {
    warehouse = new ScriptedWarehouse();
    cache = new MemoryCache();
    journal = new FileJournal(join(folder(), '.backfill'), { pollMs: 20 });
    manifest = MANIFEST;
    sent = [];
    waiting = [];
    services = [];
    looked = () => {};
    now = Date.UTC(2021, 11, 2, 12);
    hold(FULL, { '2021-11-01': 9 });
  });

  afterEach(() => {
    for (const service of services) service.dispose();
  });

  it('reads the warehouse once, and tells what it found', async () => {
    const service = newService();
    await service.start();
    assert.deepEqual(texts(service, 'coverage/one'), ['A: 4/4', 'B: 1/4 · 3 missing']);
    assert.deepEqual(service.state?.problem, undefined);
    assert.equal(warehouse.reads, 1);
    await service.read('probe');
    assert.equal(warehouse.reads, 1);
    await service.read('read');
    assert.equal(warehouse.reads, 2);
  });

  it('answers from what an earlier engine knew before it asks the warehouse', async () => {
    await newService().start();
    const again = newService();
    warehouse.fingerprint = new WarehouseError('unreachable', 'The network is down.');
    const started = again.start();
    await again.remembered;
    assert.deepEqual(texts(again, 'coverage/one'), ['A: 4/4', 'B: 1/4 · 3 missing']);
    await started;
    assert.deepEqual(
      again.views.children('coverage', '').map(({ label }) => label),
      ['Warehouse not readable', 'One'],
    );
  });

  it('announces exactly the nodes that were told and changed', async () => {
    const service = newService();
    await service.start();
    openTree(service);
    sent = [];
    hold(FULL, { '2021-11-01': 9, '2021-11-03': 9 });
    await service.read('probe');
    const [change] = sent.flatMap((one) => (one.method === 'backfill/treeChanged' ? [one.params] : []));
    assert.deepEqual(change?.reordered, []);
    assert.deepEqual(
      change?.updated.map(({ id }) => id),
      ['coverage/one', 'coverage/one/B', 'coverage/one/B/2021-11', 'coverage/one/B/2021-11/2021-11-03'],
    );
    sent = [];
    await service.read('read');
    assert.deepEqual(
      sent.filter(({ method }) => method === 'backfill/treeChanged'),
      [],
    );
  });

  it('keeps an open tree what the coverage is, however it is grouped and filtered, by announced changes alone', async () => {
    const service = newService();
    await service.start();
    const { follow, check } = openView(service, 'coverage');
    check();
    const days = Object.keys(FULL);
    for (const group of GROUPINGS) {
      for (const filter of [{}, { gapsOnly: true }, { text: 'B 2021-11-03' }, { statuses: ['complete' as const] }]) {
        service.arrange({ group, ...filter });
        follow();
        check();
        for (const [index, day] of days.entries()) {
          hold({ ...FULL, [day]: 0 }, Object.fromEntries(days.slice(0, index).map((one) => [one, 9])));
          await service.read('probe');
          follow();
          check();
        }
      }
    }
  });

  it('recovers by itself from a warehouse that somebody writes, and keeps the last view until then', async () => {
    const service = newService();
    await service.start();
    service.watch({ views: true, matrix: false, failures: false });
    const usable = warehouse.fingerprint;
    warehouse.fingerprint = new WarehouseError('busy', 'Process 12 holds the warehouse.', 12);
    await service.read('probe');
    assert.equal(service.state?.problem?.kind, 'busy');
    assert.deepEqual(texts(service, 'coverage/one'), ['A: 4/4', 'B: 1/4 · 3 missing']);
    const probes = warehouse.probes;
    const recovered = message((one) => one.method === 'backfill/state' && one.params.problem === undefined);
    await new Promise<void>((resolve) => {
      const answer = warehouse.probe.bind(warehouse);
      warehouse.probe = async () => {
        if (warehouse.probes > probes) {
          warehouse.fingerprint = usable;
          resolve();
        }
        return answer();
      };
    });
    await recovered;
    assert.equal(service.state?.problem, undefined);
  });

  it('asks nothing while nothing is on screen', async () => {
    const service = newService({ ...PACE, poll: 5 });
    await service.start();
    const { probes } = warehouse;
    const looked = () =>
      new Promise<void>((resolve) => {
        const answer = warehouse.probe.bind(warehouse);
        warehouse.probe = () => {
          resolve();
          return answer();
        };
      });
    service.watch({ views: true, matrix: false, failures: false });
    await looked();
    service.watch({ views: false, matrix: false, failures: false });
    // Whatever was under way ends before this does.
    await service.read('probe');
    const after = warehouse.probes;
    await service.judgeAgain();
    await service.judgeAgain();
    assert.ok(after > probes);
    assert.equal(warehouse.probes, after);
  });

  it('goes on paying by itself no longer than it may, and whenever it is asked to', async () => {
    manifest = MANIFEST.replace('{ type: duckdb, path: test.duckdb }', '{ type: bigquery, project: p }');
    const free = warehouse.answer;
    warehouse.answer = async () => ({ ...(await free()), cost: { queries: 2, bytes: 2 ** 31 } });
    const service = newService({ ...PACE, poll: 5 });
    await service.start();
    warehouse.fingerprint = 'changed';
    let looks = 0;
    const thrice = new Promise<void>((resolve) => {
      looked = () => {
        if (++looks === 3) resolve();
      };
    });
    service.watch({ views: true, matrix: false, failures: false });
    await thrice;
    assert.deepEqual([warehouse.probes, warehouse.reads], [1, 1]);
    await service.read('read');
    assert.equal(warehouse.reads, 2);
  });

  it('keeps the last good manifest when the new one is broken, and says so', async () => {
    const service = newService();
    await service.start();
    manifest = 'version: 1\nname: [';
    await service.manifestChanged();
    const [mistakes, one] = service.views.children('coverage', '');
    assert.match(mistakes?.label ?? '', /mistake.* in backfill\.yaml/);
    assert.equal(one?.label, 'One');
    manifest = MANIFEST.replace('name: One', 'name: Renamed');
    await service.manifestChanged();
    assert.deepEqual(
      service.views.children('coverage', '').map(({ label }) => label),
      ['Renamed'],
    );
  });

  it('follows the journal: what runs shows at once, and where partitions end the warehouse is asked', async () => {
    const service = newService();
    await service.start();
    openTree(service);
    const plan = planOf('B', '2021-11-02');
    await journal.create(plan);
    const claim = await journal.claim(plan.id);
    assert.ok(claim);
    try {
      const runs = message((one) => one.method === 'backfill/backfillsChanged' && one.params.backfills[0]?.phase === 'running');
      await journal.append(plan.id, { type: 'started', owner: claim.owner });
      await journal.append(plan.id, {
        type: 'attemptStarted',
        attempt: 'B-1',
        processor: 'B',
        date: '2021-11-02',
        before: '',
        rowsBefore: 0,
        inputs: [],
        log: 'logs/B.log',
      });
      await runs;
      const filled = message(
        (one) =>
          one.method === 'backfill/treeChanged' &&
          one.params.updated.some(({ label, description }) => label === '2021-11-02' && description === 'complete · 9 rows'),
      );
      const done = message((one) => one.method === 'backfill/backfillsChanged' && one.params.backfills[0]?.phase === 'done');
      hold(FULL, { '2021-11-01': 9, '2021-11-02': 9 });
      const { reads } = warehouse;
      await journal.append(plan.id, {
        type: 'attemptEnded',
        attempt: 'B-1',
        processor: 'B',
        date: '2021-11-02',
        outcome: 'done',
        seconds: 1,
      });
      await journal.append(plan.id, { type: 'ended', result: 'done' });
      await Promise.all([filled, done]);
      assert.ok(warehouse.reads > reads);
      assert.deepEqual(texts(service, 'coverage/one/B/2021-11').slice(0, 2), [
        '2021-11-01: complete · 9 rows',
        '2021-11-02: complete · 9 rows',
      ]);
      assert.match(service.views.children('backfills', '')[0]?.description ?? '', /^done · 1\/1/);
    } finally {
      await claim.release();
    }
  });

  it('tells again how long is left of what runs while nothing happens and nobody looks', async () => {
    const service = newService({ ...PACE, progress: 5 });
    await service.start();
    const jobs: Plan['jobs'] = [{ processor: 'B', method: 'date', command: ['b', '{date}'], slots: 1, hash: '' }];
    const plan = { ...planOf('B', '2021-11-02', '2021-11-03'), jobs };
    await journal.create(plan);
    const claim = await journal.claim(plan.id);
    assert.ok(claim);
    const of = (date: string) => ({ attempt: date, processor: 'B', date });
    const started = (date: string): BackfillEventBody => ({
      ...{ type: 'attemptStarted', ...of(date), before: '', rowsBefore: 0, inputs: [], log: `logs/${date}.log` },
    });
    const told = (matches: (backfill: BackfillSummary | undefined) => boolean) =>
      message((one) => one.method === 'backfill/backfillsChanged' && matches(one.params.backfills[0]));
    try {
      now = Date.now();
      const first = told((backfill) => (backfill?.etaSeconds ?? 0) > 590);
      const end: BackfillEventBody = { type: 'attemptEnded', ...of('2021-11-02'), outcome: 'done', seconds: 600 };
      await journal.append(plan.id, { type: 'started', owner: claim.owner }, started('2021-11-02'), end, started('2021-11-03'));
      await first;
      const shorter = told((backfill) => (backfill?.etaSeconds ?? 600) < 310);
      now += 300_000;
      await shorter;
      assert.match(service.views.children('backfills', '')[0]?.description ?? '', /^1\/2 · 5–\d+ min left/);
    } finally {
      await claim.release();
    }
  });

  it('asks the warehouse once for all dates of a backfill that nobody looks at', async () => {
    warehouse.blocksWriters = false;
    const service = newService();
    await service.start();
    openTree(service);
    const plan = planOf('B', '2021-11-02', '2021-11-03');
    const started = (date: string): BackfillEventBody => ({
      ...{
        type: 'attemptStarted',
        attempt: date,
        processor: 'B',
        date,
        before: '',
        rowsBefore: 0,
        inputs: [],
        log: 'logs/B.log',
      },
    });
    const ended = (date: string): BackfillEventBody => ({
      ...{ type: 'attemptEnded', attempt: date, processor: 'B', date, outcome: 'done', seconds: 1 },
    });
    const told = (matches: (backfill: BackfillSummary | undefined) => boolean) =>
      message((one) => one.method === 'backfill/backfillsChanged' && matches(one.params.backfills[0]));
    const { probes } = warehouse;
    const planned = told((backfill) => backfill?.phase === 'planned');
    await journal.create(plan);
    await planned;
    const claim = await journal.claim(plan.id);
    assert.ok(claim);
    try {
      const first = told((backfill) => backfill?.done === 1);
      await journal.append(plan.id, { type: 'started', owner: claim.owner }, started('2021-11-02'), ended('2021-11-02'));
      await first;
      const second = told((backfill) => backfill?.running === 1);
      await journal.append(plan.id, started('2021-11-03'));
      await second;
      assert.equal(warehouse.probes, probes, 'not for the first');
      hold(FULL, { '2021-11-01': 9, '2021-11-02': 9, '2021-11-03': 9 });
      const filled = message(
        (one) =>
          one.method === 'backfill/treeChanged' &&
          one.params.updated.some(({ description }) => description === '3/4 · 1 missing'),
      );
      await journal.append(plan.id, ended('2021-11-03'), { type: 'ended', result: 'done' });
      await filled;
      assert.equal(warehouse.probes, probes + 1);
    } finally {
      await claim.release();
    }
  });

  it('keeps both open trees what the journal and the coverage say after every event, with the counts of the matrix', async () => {
    // Its dates are read while others run.
    warehouse.blocksWriters = false;
    const service = newService();
    await service.start();
    service.watch({ views: true, matrix: true, failures: false });
    const trees = [openView(service, 'coverage'), openView(service, 'backfills')];
    const plan = planOf('B', '2021-11-02', '2021-11-03', '2021-11-04');
    /** What is announced of a backfill, and nothing else, leads to what is known of it. */
    const agrees = (): void => {
      for (const { follow, check } of trees) {
        follow();
        check();
      }
      const shown = service.views.snapshot();
      assert.ok(shown);
      const count = (status: (typeof STATUSES)[number], node: number) =>
        shown.status.subarray(node * shown.dayCount, (node + 1) * shown.dayCount).filter((code) => STATUSES[code] === status)
          .length;
      for (const [index, { id }] of shown.nodes.entries()) {
        const said = service.views.peek('coverage', 'coverage/one').find(({ label }) => label === id)?.description ?? '';
        assert.equal(Number(/^(\d+)\/4/.exec(said)?.[1]), count('complete', index), said);
        for (const status of ['missing', 'running', 'queued', 'failed'] as const) {
          assert.equal(Number(new RegExp(`(\\d+) ${status}`).exec(said)?.[1] ?? 0), count(status, index), said);
        }
      }
      const [summary] = service.views.summaries();
      const [backfill] = service.views.peek('backfills', '');
      assert.equal(summary === undefined, backfill === undefined);
      if (summary === undefined) return;
      const { done, failed, interrupted, skipped, total, phase } = summary;
      const over = phase === 'running' ? done + failed + interrupted + skipped : done;
      assert.match(backfill?.description ?? '', new RegExp(`(^| )${over}/${total}`));
      assert.equal(backfill?.description?.includes(' left') ?? false, summary.etaSeconds !== undefined);
    };
    const of = (date: string) => ({ attempt: `B-${date}`, processor: 'B', date });
    const begun = (date: string): BackfillEventBody => ({
      ...{ type: 'attemptStarted', ...of(date), before: '', rowsBefore: 0, inputs: [], log: 'logs/B.log' },
    });
    const ended = (date: string, outcome: 'done' | 'failed'): BackfillEventBody => ({
      ...{ type: 'attemptEnded', ...of(date), outcome, seconds: 1 },
    });
    agrees();
    await journal.create(plan);
    const claim = await journal.claim(plan.id);
    assert.ok(claim);
    try {
      type Step = readonly [event: BackfillEventBody, told: (backfill: BackfillSummary) => boolean, complete: number];
      const steps: readonly Step[] = [
        [{ type: 'started', owner: claim.owner }, ({ phase }) => phase === 'running', 1],
        [begun('2021-11-02'), ({ running }) => running === 1, 1],
        [ended('2021-11-02', 'done'), ({ done }) => done === 1, 2],
        [begun('2021-11-03'), ({ running }) => running === 1, 2],
        [ended('2021-11-03', 'failed'), ({ failed }) => failed === 1, 2],
        [begun('2021-11-04'), ({ running }) => running === 1, 2],
        [ended('2021-11-04', 'done'), ({ done }) => done === 2, 3],
        [{ type: 'ended', result: 'failed' }, ({ phase }) => phase === 'failed', 3],
      ];
      const filled: Record<string, number> = { '2021-11-01': 9 };
      for (const [event, told, complete] of steps) {
        const read = event.type === 'attemptEnded' && event.outcome === 'done';
        if (read) hold(FULL, Object.assign(filled, { [event.date]: 9 }));
        const isTold = (): boolean =>
          service.views.summaries().some(told) &&
          service.views.peek('coverage', 'coverage/one')[1]?.description?.startsWith(`${complete}/4`) === true;
        const changed = message(isTold);
        await journal.append(plan.id, event);
        await changed;
        // Whatever else follows from the event has been announced, too.
        await service.judgeAgain();
        await service.read('probe');
        agrees();
      }
      assert.deepEqual(
        service.views
          .peek('coverage', 'coverage/one/B/2021-11')
          .map(({ label, description }) => `${label}: ${description?.split(' · ')[0]}`),
        ['2021-11-01: complete', '2021-11-02: complete', '2021-11-03: failed', '2021-11-04: complete'],
      );
    } finally {
      await claim.release();
    }
  });

  it('follows the log of a call for many dates while something is on screen', async () => {
    const service = newService({ ...PACE, poll: 20 });
    await service.start();
    openTree(service);
    const plan = planOf('B', '2021-11-02', '2021-11-03');
    await journal.create(plan);
    const claim = await journal.claim(plan.id);
    assert.ok(claim);
    const log = 'logs/B.log';
    const start = (date: string): BackfillEventBody => ({
      ...{ type: 'attemptStarted', attempt: date, processor: 'B', date, before: '', rowsBefore: 0, inputs: [], log },
    });
    try {
      const runs = message((one) => one.method === 'backfill/backfillsChanged' && one.params.backfills[0]?.running === 2);
      await journal.append(plan.id, { type: 'started', owner: claim.owner }, start('2021-11-02'), start('2021-11-03'));
      await runs;
      service.watch({ views: true, matrix: false, failures: false });
      const told = message(
        (one) =>
          one.method === 'backfill/backfillsChanged' && one.params.backfills[0]?.current === 'B 2021-11-03, 2 of 2 by its log',
      );
      await mkdir(dirname(journal.logPath(plan.id, log)), { recursive: true });
      await appendFile(journal.logPath(plan.id, log), 'run 1/2: 2021-11-02\nok\nrun 2/2: 2021-11-03\n');
      await told;
      assert.match(service.views.children('backfills', '')[0]?.description ?? '', /B 2021-11-03, 2 of 2 by its log/);
    } finally {
      await claim.release();
    }
  });

  it('sends a matrix changes that lead from one snapshot to the next, and asks it to take the whole after it was away', async () => {
    const service = newService();
    await service.start();
    service.watch({ views: false, matrix: true, failures: false });
    const first = service.views.snapshot();
    assert.ok(first);
    hold(FULL, FULL);
    await service.read('probe');
    const changed = sent.flatMap((one) => (one.method === 'backfill/coverageChanged' ? [one.params] : [])).at(-1);
    assert.ok(changed?.change);
    assert.deepEqual(applyChange(first, changed.change), service.views.snapshot());

    service.watch({ views: false, matrix: false, failures: false });
    hold(FULL, {});
    await service.read('probe');
    sent = [];
    service.watch({ views: false, matrix: true, failures: false });
    const [resync] = sent.flatMap((one) => (one.method === 'backfill/coverageChanged' ? [one.params] : []));
    assert.equal(resync?.change, undefined);
    assert.ok((service.views.snapshot()?.version ?? 0) > (resync?.version ?? Number.MAX_VALUE));
    assert.equal(service.views.snapshot()?.gaps, 4);
  });

  it('tells a matrix that asked before anything was read, as one does that a reload restored, to ask again', async () => {
    const service = newService();
    assert.equal(service.views.snapshot(), undefined);
    await service.start();
    const told = sent.flatMap((one) => (one.method === 'backfill/coverageChanged' ? [one.params] : []));
    assert.equal(told.length, 1);
    assert.ok((service.views.snapshot()?.version ?? 0) > (told[0]?.version ?? Number.MAX_VALUE));
  });

  it('judges by other thresholds without reading again', async () => {
    manifest = MANIFEST.replace('{ processor: A }', '{ processor: A, min_rows: 10, backfill_min_rows: 5 }');
    const service = newService();
    await service.start();
    assert.deepEqual(texts(service, 'coverage/one')[1], 'B: 1/4 · 3 missing');
    const { reads } = warehouse;
    await service.setMode('production');
    assert.deepEqual(texts(service, 'coverage/one')[1], 'B: 0/4 · 3 blocked by A, 1 suspect');
    assert.equal(warehouse.reads, reads);
  });

  describe('with failure tables', () => {
    const NOTED = `${MANIFEST}failures:
  - { table: ops.f, processor: p, date: d, entity: e, category: c, stop: [BUG], expected: [FEW] }
history: { table: ops.h, processor: p, date: d, status: s }
`;
    const onScreen = { views: true, matrix: false, failures: true };
    let records: ScriptedRecords;
    const failures = (service: PipelineService) =>
      service.views.children('failures', '').map(({ label, description }) => `${label}: ${description}`);
    const told = () => sent.findLast((one) => one.method === 'backfill/state')?.params;
    const failuresRead = () => message((one) => one.method === 'backfill/state' && one.params.failures?.content === 'some');

    beforeEach(() => {
      manifest = NOTED;
      records = new ScriptedRecords();
      records.records = [
        failureRecord('A', '2021-11-01', 'BUG'),
        failureRecord('B', '2021-11-02', 'BUG'),
        failureRecord('B', '2021-11-03', 'FEW'),
      ];
      warehouse = Object.assign(warehouse, { records });
    });

    it('reads them when somebody looks, within the dates of the pipeline, and counts what stops and is not stale', async () => {
      const service = newService();
      await service.start();
      await service.read('read');
      assert.deepEqual([records.probes, records.reads, told()?.failures], [0, 0, undefined]);
      const read = failuresRead();
      service.watch(onScreen);
      await read;
      assert.deepEqual(failures(service), [
        'BUG: stop · 2 failures of 2 partitions, 1 stale',
        'Expected: no fault · 1 failure of 1 partition',
      ]);
      assert.deepEqual(told()?.failures, { content: 'some', stop: 1 });
      assert.deepEqual([records.reads, records.days], [1, { from: day('2021-11-01'), to: day('2021-11-04') }]);
    });

    it('asks again with the coverage, not at every look, and keeps what it knows', async () => {
      const service = newService();
      await service.start();
      const read = failuresRead();
      service.watch(onScreen);
      await read;
      const { probes } = records;
      await service.read('probe');
      assert.deepEqual([records.probes, records.reads], [probes, 1]);
      failures(service);
      records.failure = new WarehouseError('unreachable', 'The network is down.');
      await service.read('read');
      assert.equal(records.reads, 2);
      assert.match(failures(service)[0] ?? '', /^Failures cannot be read now: shown: /);
      assert.equal(failures(service).length, 3);
      const change = sent.findLast((one) => one.method === 'backfill/treeChanged' && one.params.view === 'failures');
      assert.deepEqual(change?.params, { view: 'failures', updated: [], reordered: [''] });
    });

    it('judges them anew with the coverage', async () => {
      const service = newService();
      await service.start();
      const read = failuresRead();
      service.watch(onScreen);
      await read;
      hold(FULL, FULL);
      await service.read('probe');
      assert.deepEqual(told()?.failures, { content: 'some', stop: 0 });
    });

    it('says what there is where there is nothing to show', async () => {
      records.records = [];
      const service = newService();
      await service.start();
      const empty = message((one) => one.method === 'backfill/state' && one.params.failures?.content === 'empty');
      service.watch(onScreen);
      await empty;
      assert.deepEqual(failures(service), []);
      manifest = MANIFEST;
      await service.manifestChanged();
      assert.deepEqual(told()?.failures, { content: 'none', stop: 0 });
    });

    it('tells what jobs noted of a date, waits only a moment for it, and says when it is there', async () => {
      const service = newService();
      await service.start();
      const node = service.session.pipeline?.processors.find(({ id }) => id === 'B');
      assert.ok(node);
      records.rows = [historyRow('B', '2021-11-02', 'success')];
      const noted = await service.noted(node, day('2021-11-02'));
      assert.ok(typeof noted === 'object');
      assert.deepEqual([noted.failures.length, noted.runs.length], [1, 1]);

      const slow = newService({ ...PACE, patience: 1 });
      await slow.start();
      const open: { answer?: () => void } = {};
      const answered = new Promise<void>((resolve) => {
        open.answer = resolve;
      });
      const history = records.history.bind(records);
      records.history = async (...args) => {
        await answered;
        return history(...args);
      };
      assert.equal(await slow.noted(node, day('2021-11-02')), 'reading');
      const late = message((one) => one.method === 'backfill/treeChanged' && one.params.view === 'failures');
      open.answer?.();
      await late;
    });
  });
});

/** As a view does it: from the root down. */
function openTree(service: PipelineService): void {
  for (const parent of ['', 'coverage/one', 'coverage/one/A', 'coverage/one/B', 'coverage/one/B/2021-11']) {
    service.views.children('coverage', parent);
  }
}

function planOf(processor: string, ...dates: readonly string[]): Plan {
  return {
    version: 1,
    id: `20211202T120000-${processor.toLowerCase()}-ab12`,
    pipeline: 'test',
    manifest: '/pipeline/backfill.yaml',
    createdAt: '2021-12-02T12:00:00.000Z',
    mode: 'backfill',
    request: planRequest({ processors: [processor], dates, choices: ['all'] }),
    jobs: [],
    partitions: dates.map((date) => ({
      processor,
      date,
      action: 'run',
      status: 'missing',
      why: 'no rows',
      preflight: 'allowed',
    })),
    warnings: [],
  };
}
