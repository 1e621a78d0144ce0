import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import type { CodeAction, Diagnostic } from 'vscode-languageserver';
import type { Requests, ServerNotifications } from '../../../src/protocol/messages';
import { runDuckdb } from '../../support/duckdb';
import { ElsewhereProcess, JOB_SCRIPT } from '../../support/elsewhereJob';
import { planRequest } from '../../support/requests';
import { useTemporaryFolder } from '../../support/temporaryFolder';

const MANIFEST = `version: 1
name: test
warehouse: { type: duckdb, path: test.duckdb }
seasons: [{ name: 2021-22, start: 2021-11-01, end: 2021-11-04 }]
phases:
  - id: one
    name: One
    processors:
      - { id: A, table: mart.a, date_column: day, run: { sql: a.sql } }
      - { id: B, table: mart.b, date_column: day, needs: [{ processor: A }], run: { sql: b.sql } }
`;

interface Engine {
  readonly child: ChildProcess;
  readonly connection: MessageConnection;
  request<M extends keyof Requests>(method: M, params: Requests[M]['params']): Promise<Requests[M]['result']>;
}

describe('the engine process', () => {
  const folder = useTemporaryFolder();
  let bundle: string;
  let running: Engine[];

  before('bundle it as the package does', async () => {
    mkdirSync('out', { recursive: true });
    // Inside the repository: the native binding is found from there.
    bundle = mkdtempSync(resolve('out/engine-'));
    await esbuild.build({
      entryPoints: ['src/server/main.ts'],
      outfile: join(bundle, 'server.js'),
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'cjs',
      mainFields: ['module', 'main'],
      external: ['@duckdb/node-bindings'],
      logLevel: 'warning',
    });
  });
  after(() => rmSync(bundle, { recursive: true, force: true }));

  beforeEach(() => {
    running = [];
    writeFileSync(join(folder(), 'backfill.yaml'), MANIFEST);
    writeFileSync(join(folder(), 'a.sql'), "SELECT DATE '2021-11-01' AS day");
  });
  afterEach(() => {
    for (const { child, connection } of running) {
      connection.dispose();
      child.kill('SIGKILL');
    }
  });

  async function start(trusted: boolean, listen: (connection: MessageConnection) => void = () => {}): Promise<Engine> {
    const child = fork(join(bundle, 'server.js'), [], { serialization: 'advanced', silent: true });
    const listens = new Promise((done) => child.once('message', done));
    await listens;
    const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    listen(connection);
    connection.listen();
    const engine: Engine = { child, connection, request: (method, params) => connection.sendRequest(method, params) };
    running.push(engine);
    const initializationOptions = { manifest: join(folder(), 'backfill.yaml'), trusted, mode: 'backfill' };
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions,
    });
    await connection.sendNotification('initialized', {});
    return engine;
  }

  /** The first notification of the connection that matches. */
  function notification<M extends keyof ServerNotifications>(
    connection: MessageConnection,
    method: M,
    matches: (params: ServerNotifications[M]) => boolean,
  ): Promise<ServerNotifications[M]> {
    return new Promise((done) => {
      connection.onNotification(method, (params: ServerNotifications[M]) => {
        if (matches(params)) done(params);
      });
    });
  }

  /** Ends when a node of the Backfills view reads so; asks whenever the engine says that the view changed. */
  async function treeShows(engine: Engine, pattern: RegExp): Promise<void> {
    for (;;) {
      const changed = notification(engine.connection, 'backfill/treeChanged', ({ view }) => view === 'backfills');
      const nodes = await engine.request('backfill/tree', { view: 'backfills' });
      if (nodes.some(({ label, description = '' }) => pattern.test(`${label}: ${description}`))) return;
      await changed;
    }
  }

  function diagnostics(
    connection: MessageConnection,
    matches: (found: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]> {
    return new Promise((done) => {
      connection.onNotification('textDocument/publishDiagnostics', (params: { diagnostics: readonly Diagnostic[] }) => {
        if (matches(params.diagnostics)) done(params.diagnostics);
      });
    });
  }

  it('shows what the warehouse holds, and hands typed arrays over as they are', async () => {
    await runDuckdb(
      join(folder(), 'test.duckdb'),
      'CREATE SCHEMA mart',
      "CREATE TABLE mart.a AS SELECT DATE '2021-11-01' + (i % 4)::INT AS day, i FROM range(40) t(i)",
      "CREATE TABLE mart.b AS SELECT DATE '2021-11-02' AS day",
    );
    const read: Promise<unknown>[] = [];
    const engine = await start(true, (connection) => {
      read.push(notification(connection, 'backfill/state', ({ coverage }) => coverage?.gaps === 3));
    });
    await Promise.all(read);
    const nodes = await engine.request('backfill/tree', { view: 'coverage', parent: 'coverage/one' });
    assert.deepEqual(
      nodes.map(({ label, description }) => `${label} ${description}`),
      ['A 4/4', 'B 1/4 · 3 missing'],
    );
    const snapshot = await engine.request('backfill/snapshot', {});
    assert.ok(snapshot?.status instanceof Uint8Array && snapshot.rows instanceof Int32Array);
    assert.deepEqual([...snapshot.rows], [10, 10, 10, 10, 0, 1, 0, 0]);
    assert.match(await engine.request('backfill/explain', { node: 'B', date: '2021-11-01' }), /^# B 2021-11-01: missing\n/);
    const tooltip = await engine.request('backfill/tooltip', { view: 'coverage', id: 'coverage/one/B/2021-11/2021-11-01' });
    assert.match(tooltip, /\*\*B 2021-11-01\*\* · Monday · missing/);
    assert.match(tooltip, /command:backfill\.launch/);
  });

  it('shows a job that somebody started in a shell, follows it, and warns of a plan beside it', async () => {
    const job = await ElsewhereProcess.start(folder(), { job: 'A', end: '2021-11-04' });
    try {
      writeFileSync(
        join(folder(), 'backfill.yaml'),
        `${MANIFEST}checkpoints: { path: "checkpoints/{job}_{start}_{end}.json" }\n`.replace(
          '{ sql: a.sql }',
          `{ each: range, command: [node, ${JOB_SCRIPT}, --start-date, "{start}", --end-date, "{end}"] }`,
        ),
      );
      await runDuckdb(
        join(folder(), 'test.duckdb'),
        'CREATE SCHEMA mart',
        'CREATE TABLE mart.a (day DATE)',
        'CREATE TABLE mart.b (day DATE)',
      );
      const engine = await start(true);
      const shown = (pattern: RegExp) => treeShows(engine, pattern);
      const running = shown(/^A elsewhere: running for /);
      await engine.connection.sendNotification('backfill/watch', { views: true, matrix: false });
      await running;
      const followed = shown(/^A elsewhere: 1\/4 · at 2021-11-02/);
      await job.end('successful', '2021-11-01');
      await followed;
      await engine.request('backfill/refresh', {});
      const plan = await engine.request('backfill/plan', planRequest({ processors: ['A'], choices: ['missing'] }));
      assert.match(
        plan.markdown,
        new RegExp(
          `process ${job.pid} \\(2021-11-01 to 2021-11-04\\) *\\| A 2021-11-01 to 2021-11-04 \\(4 dates\\) *\\| It runs outside`,
        ),
      );
      const tooltip = await engine.request('backfill/tooltip', {
        view: 'backfills',
        id: 'backfills/@elsewhere/A/2021-11-01_2021-11-04',
      });
      assert.match(tooltip, new RegExp(`Process ${job.pid}, since `));
      const stopped = shown(/: stopped after 2021-11-01 · 1\/4 · just now · would resume at 2021-11-02/);
      await job.kill();
      // Nothing of the folder changes when a process dies: a view that comes on screen looks.
      await engine.connection.sendNotification('backfill/watch', { views: false, matrix: false });
      await engine.connection.sendNotification('backfill/watch', { views: true, matrix: false });
      await stopped;
    } finally {
      await job.kill();
    }
  });

  it('makes a plan, launches it once, and tells it in the journal', async () => {
    await runDuckdb(
      join(folder(), 'test.duckdb'),
      'CREATE SCHEMA mart',
      'CREATE TABLE mart.a (day DATE)',
      'CREATE TABLE mart.b (day DATE)',
    );
    const read: Promise<unknown>[] = [];
    const engine = await start(true, (connection) => {
      read.push(notification(connection, 'backfill/state', ({ coverage }) => coverage?.gaps === 8));
    });
    await Promise.all(read);
    const plan = await engine.request(
      'backfill/plan',
      planRequest({ processors: ['A'], dates: ['2021-11-01', '2021-11-02'], choices: ['all'] }),
    );
    assert.equal(plan.runs, 2);
    assert.match(plan.markdown, /\| 1 +\| A +\| 2021-11-01 \| missing/);
    assert.equal(plan.commandLine, "backfill run --select 'A & 2021-11-01, 2021-11-02 & all'");
    const runs = join(folder(), '.backfill', 'runs');
    assert.equal(existsSync(runs), false);
    const launched = await engine.request('backfill/launch', { planId: plan.planId });
    assert.deepEqual(await engine.request('backfill/launch', { planId: plan.planId }), launched);
    assert.deepEqual([launched.phase, launched.total, launched.processors], ['planned', 2, ['A']]);
    assert.ok(existsSync(join(runs, launched.id, 'plan.json')));
    assert.deepEqual(
      (await engine.request('backfill/backfills', {})).map(({ id }) => id),
      [launched.id],
    );
    assert.equal(await engine.request('backfill/log', { node: 'A', date: '2021-11-01' }), null);
    assert.match(await engine.request('backfill/diagnostics', {}), /Coverage: 2 x 4 partitions from warehouse/);
  });

  it('tells what a repair makes stale as one plan, and waives gaps until that is taken back', async () => {
    await runDuckdb(
      join(folder(), 'test.duckdb'),
      'CREATE SCHEMA mart',
      'CREATE TABLE mart.a (day DATE)',
      'CREATE TABLE mart.b (day DATE)',
      "INSERT INTO mart.a SELECT DATE '2021-11-01' + i::INTEGER FROM range(4) t(i)",
      "INSERT INTO mart.b SELECT DATE '2021-11-01' + i::INTEGER FROM range(3) t(i)",
    );
    writeFileSync(join(folder(), 'b.sql'), 'SELECT @date AS day');
    const engine = await start(true);
    // A tree is answered once the manifest was read, so that there is something to read the tables of.
    await engine.request('backfill/tree', { view: 'coverage' });
    await engine.request('backfill/refresh', {});

    const impact = await engine.request('backfill/impact', { nodes: ['A'], dates: ['2021-11-02', '2021-11-04'] });
    assert.match(impact.title, /^Downstream of A on 2 dates$/);
    const link = /\[Plan these 2 partitions\]\(command:backfill\.launch\?([^)]+)\)/.exec(impact.markdown)?.[1] ?? '';
    const [{ select }] = JSON.parse(decodeURIComponent(link));
    const plan = await engine.request('backfill/plan', { ...planRequest({}), select });
    assert.equal(plan.runs, 2);
    assert.match(plan.markdown, /2021-11-02/);
    assert.match(plan.markdown, /2021-11-04/);

    const offer = await engine.request('backfill/waivable', { nodes: ['B'] });
    assert.deepEqual(offer.ranges, [{ node: 'B', from: '2021-11-04', to: '2021-11-04' }]);
    const { ranges } = offer;
    const waive = (reason: string, until: string) => engine.request('backfill/waive', { ranges, reason, author: 'ann', until });
    await assert.rejects(waive(' ', 'never'), /needs a reason/);
    await assert.rejects(waive('late', '2021-12-01'), /2021-12-01 is over/);
    const path = join(folder(), '.backfill', 'waivers.yaml');
    assert.equal(existsSync(path), false);
    const { text, undo } = await waive('late', 'never');
    assert.equal(text, 'Waives B, 2021-11-04, with no end (ann): late');
    const one = () => engine.request('backfill/tree', { view: 'coverage', parent: 'coverage/one/B/2021-11' });
    assert.match((await one()).at(-1)?.context ?? '', /\+waived\b/);
    assert.deepEqual((await engine.request('backfill/waivable', { nodes: ['A'] })).ranges, []);
    await engine.request('backfill/undoWaivers', { undo });
    assert.match((await one()).at(-1)?.context ?? '', /\+waivable\b/);
    await assert.rejects(engine.request('backfill/undoWaivers', { undo }), /too long ago/);
    await assert.rejects(engine.request('backfill/removeWaiver', { nodes: ['B'] }), /Nothing waives these dates/);
    writeFileSync(path, 'waivers:\n  - { processor: B }\n');
    await assert.rejects(waive('late', 'never'), /^Error: \.backfill\/waivers\.yaml:2:5: .*Nothing was changed/);
  });

  it('writes a handoff, and tells in the next what changed', async () => {
    const database = join(folder(), 'test.duckdb');
    await runDuckdb(
      database,
      'CREATE SCHEMA mart',
      "CREATE TABLE mart.a AS SELECT DATE '2021-11-01' + (i % 4)::INT AS day, i FROM range(40) t(i)",
      "CREATE TABLE mart.b AS SELECT DATE '2021-11-02' AS day",
    );
    const engine = await start(true);
    const first = await engine.request('backfill/report', { folder: join(folder(), 'my notes') });
    assert.equal(first.summary, '3 gaps');
    assert.match(first.markdown, /This is the first report/);
    assert.match(first.markdown, /\[backfill\.yaml\]\(\.\.\/backfill\.yaml\)/);
    const windows = await engine.request('backfill/reportWindows', {});
    assert.deepEqual([windows[0]?.name, windows.at(-1)?.name], ['Every date', '2021-11']);
    assert.match(windows.at(-1)?.text ?? '', /^2021-11-01 to 2021-11-04 · 3 incomplete$/);

    await runDuckdb(
      database,
      "DELETE FROM mart.a WHERE day = DATE '2021-11-03'",
      "INSERT INTO mart.b VALUES (DATE '2021-11-03')",
    );
    const second = await engine.request('backfill/report', { nodes: ['A'], from: '2021-11-03', to: '2021-11-03' });
    assert.match(second.markdown, /^- \*\*A\*\* 2021-11-03: complete → missing$/m);
    assert.doesNotMatch(second.markdown, /\*\*B\*\*|\]\(/);
    assert.equal(second.summary, '1 gap');
  });

  it('says in one sentence what it cannot do', async () => {
    const engine = await start(true);
    await assert.rejects(engine.request('backfill/launch', { planId: 'x' }), {
      message: 'This plan is not known any more: make it again.',
    });
  });

  it('checks an untrusted manifest, and reads and writes nothing else', async () => {
    await runDuckdb(
      join(folder(), 'test.duckdb'),
      'CREATE SCHEMA mart',
      'CREATE TABLE mart.a (day DATE)',
      'CREATE TABLE mart.b (day DATE)',
    );
    writeFileSync(join(folder(), 'backfill.yaml'), MANIFEST.replace('processor: A', 'processor: AA'));
    const found: Promise<readonly Diagnostic[]>[] = [];
    const engine = await start(false, (connection) => found.push(diagnostics(connection, (all) => all.length > 0)));
    const [mistakes] = await Promise.all(found);
    assert.match(JSON.stringify(mistakes), /`AA`/);
    await engine.connection.sendNotification('backfill/watch', { views: true, matrix: false, failures: false });
    for (const view of ['coverage', 'backfills'] as const) assert.deepEqual(await engine.request('backfill/tree', { view }), []);
    assert.equal(await engine.request('backfill/snapshot', {}), null);
    await assert.rejects(engine.request('backfill/refresh', {}), /not trusted/);
    assert.equal(existsSync(join(folder(), '.backfill')), false);
  });

  it('checks what is typed, offers the fix, and takes what is saved', async () => {
    await runDuckdb(
      join(folder(), 'test.duckdb'),
      'CREATE SCHEMA mart',
      'CREATE TABLE mart.a (day DATE)',
      'CREATE TABLE mart.b (day DATE)',
    );
    const engine = await start(true);
    const uri = pathToFileURL(join(folder(), 'backfill.yaml')).toString();
    const typed = diagnostics(engine.connection, (all) => all.length > 0);
    const text = MANIFEST.replace('processor: A', 'processor: AA');
    await engine.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    const found = await typed;
    const actions = await engine.connection.sendRequest<readonly { title: string }[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: found[0]?.range,
      context: { diagnostics: found },
    });
    assert.match(actions[0]?.title ?? '', /A/);
    // The views follow the file: what is only typed changes nothing.
    assert.equal((await engine.request('backfill/choices', {}).catch(() => undefined))?.processors.length ?? 2, 2);
    const saved = notification(engine.connection, 'backfill/state', ({ coverage }) => coverage?.pipeline === 'saved');
    writeFileSync(join(folder(), 'backfill.yaml'), MANIFEST.replace('name: test', 'name: saved'));
    await saved;
  });

  it('tells what contradicts the tables, offers edits and statements, and takes what was altered', async () => {
    const database = join(folder(), 'test.duckdb');
    await runDuckdb(database, 'CREATE SCHEMA mart', 'CREATE TABLE mart.a (day DATE)', 'CREATE TABLE mart.b (date DATE)');
    const text = MANIFEST.replace('sql: a.sql }', 'sql: a.sql }, writes: { tier: VARCHAR }');
    writeFileSync(join(folder(), 'backfill.yaml'), text);
    const told: Promise<readonly Diagnostic[]>[] = [];
    const engine = await start(true, (connection) => told.push(diagnostics(connection, (all) => all.length === 2)));
    const [found = []] = await Promise.all(told);
    assert.deepEqual(
      found.map(({ code, message, range }) => [code, message, range.start]),
      [
        [
          'missingColumn',
          'A: its job writes tier, and mart.a has no such column: a load fails, or loses it. Add it, or correct the name.',
          { line: 8, character: 81 },
        ],
        ['missingColumn', 'B: mart.b has no column day. Did you mean `date`?', { line: 9, character: 45 }],
      ],
    );
    const actions = await engine.connection.sendRequest<readonly CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: pathToFileURL(join(folder(), 'backfill.yaml')).toString() },
      range: found[0]?.range,
      context: { diagnostics: found },
    });
    const statement = 'ALTER TABLE "mart"."a" ADD COLUMN "tier" VARCHAR;';
    assert.deepEqual(
      actions.map(({ title, command }) => [title, command?.command, command?.arguments]),
      [
        ['Copy ALTER statement', 'backfill.internal.copyText', [statement]],
        ['Replace by `date`', undefined, undefined],
      ],
    );
    // The warehouse was altered: its next look finds less.
    const less = diagnostics(engine.connection, (all) => all.length === 1);
    await runDuckdb(database, statement);
    await engine.request('backfill/refresh', {});
    assert.match(JSON.stringify((await less)[0]?.message), /^"B: /);
    // The manifest was corrected and saved.
    const nothing = diagnostics(engine.connection, (all) => all.length === 0);
    writeFileSync(join(folder(), 'backfill.yaml'), text.replace('mart.b, date_column: day', 'mart.b, date_column: date'));
    await nothing;
  });

  it('ends with the extension host', async () => {
    const { child } = await start(true);
    const ended = new Promise((done) => child.once('exit', done));
    child.disconnect();
    assert.equal(await ended, 0);
  });
});
