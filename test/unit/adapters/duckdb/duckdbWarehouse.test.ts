import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DuckdbWarehouse } from '../../../../src/adapters/duckdb/duckdbWarehouse';
import { FileStore } from '../../../../src/adapters/duckdb/fileStore';
import { WarehouseError, type WarehouseErrorKind } from '../../../../src/app/ports';
import type { Pipeline, PipelineNode } from '../../../../src/core/pipeline';
import { buildPipeline, DAILY, day, type NodeSpec } from '../../../support/builders';
import { runDuckdb } from '../../../support/duckdb';
import { useTemporaryFolder } from '../../../support/temporaryFolder';

const NODES: readonly NodeSpec[] = [
  { id: 'BOX', phase: 'sources', tables: ['raw.box'], dateColumn: 'game_date' },
  {
    id: 'PGS',
    tables: ['mart.pgs'],
    dateColumn: 'game_date',
    entity: ['player'],
    key: ['game_id', 'player'],
    writtenAt: 'made_at',
  },
];

const TABLES = [
  'CREATE SCHEMA raw; CREATE SCHEMA mart',
  `CREATE TABLE raw.schedule AS SELECT * FROM (VALUES (DATE '2021-11-01', 'g1', 3), (DATE '2021-11-01', 'g2', 3), (DATE '2021-11-02', 'g3', 1)) t(game_date, game_id, game_status)`,
  `CREATE TABLE raw.box AS SELECT DATE '2021-11-01' AS game_date, i AS x FROM range(5) r(i)`,
  `CREATE TABLE mart.pgs AS SELECT * FROM (VALUES
     (DATE '2021-11-01', 'g1', 'ann', 10, TIMESTAMP '2021-11-02 03:04:05.678'),
     (DATE '2021-11-01', 'g1', 'bob', 0, TIMESTAMP '2021-11-02 03:04:00'),
     (DATE '2021-11-03', 'g4', 'ann', 5, NULL),
     (DATE '2021-11-03', 'g4', 'ann', 7, NULL),
     (NULL, 'g9', 'eve', 7, NULL)) t(game_date, game_id, player, points, made_at)`,
];

function node(pipeline: Pipeline, id: string): PipelineNode {
  const found = pipeline.nodes.find((node) => node.id === id);
  assert.ok(found);
  return found;
}

async function rejectsWith(promise: Promise<unknown>, kind: WarehouseErrorKind, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof WarehouseError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
    return true;
  });
}

describe('DuckdbWarehouse on a file', () => {
  const folder = useTemporaryFolder();
  let opened = 0;
  const path = () => join(folder(), 'warehouse.duckdb');
  const warehouse = (file = path()) =>
    new DuckdbWarehouse(new FileStore(file, { onOpen: () => opened++, patienceMs: 0 }), { now: () => 1_000 });
  beforeEach(() => {
    opened = 0;
  });

  it('describes tables and views, and which columns must have a value', async () => {
    await runDuckdb(
      path(),
      'CREATE TABLE dated (day DATE NOT NULL, scores DOUBLE[])',
      'CREATE SCHEMA mart; CREATE VIEW mart.newest AS SELECT day FROM dated',
    );
    const column = (name: string, type: string, nullable: boolean) => ({ name, type, nullable });
    assert.deepEqual(await warehouse().schema(), [
      {
        table: 'dated',
        project: 'warehouse',
        kind: 'table',
        columns: [column('day', 'DATE', false), column('scores', 'DOUBLE[]', true)],
      },
      { table: 'mart.newest', project: 'warehouse', kind: 'view', columns: [column('day', 'DATE', true)] },
    ]);
  });

  it('opens nothing for a probe, which changes with every commit and with nothing else', async () => {
    await runDuckdb(path(), 'CREATE TABLE t AS SELECT 1 AS a');
    const probe = () => warehouse().probe(buildPipeline({ nodes: NODES }));
    const before = await probe();
    await runDuckdb(path(), 'SELECT * FROM t');
    const read = await probe();
    await runDuckdb(path(), 'INSERT INTO t VALUES (2)');
    const written = await probe();
    assert.equal(opened, 0);
    assert.equal(read, before);
    assert.notEqual(written, before);
    await rejectsWith(
      warehouse(join(folder(), 'none.duckdb')).probe(buildPipeline({ nodes: NODES })),
      'missingFile',
      /does not exist: run the job that creates it/,
    );
  });

  it('tells why the whole cannot be read', async () => {
    const pipeline = buildPipeline({ nodes: NODES });
    const observe = (name: string) => warehouse(join(folder(), name)).observe(pipeline);
    await rejectsWith(observe('none.duckdb'), 'missingFile', /none\.duckdb does not exist/);
    await rejectsWith(warehouse(folder()).observe(pipeline), 'unsupported', /is a folder: .*type: parquet/);
    writeFileSync(join(folder(), 'text.duckdb'), 'not a database'.repeat(1_000));
    await rejectsWith(observe('text.duckdb'), 'unsupported', /text\.duckdb is not a DuckDB database/);
    writeFileSync(join(folder(), 'empty.duckdb'), '');
    await rejectsWith(observe('empty.duckdb'), 'unsupported', /is not a DuckDB database/);
    assert.equal(existsSync(join(folder(), 'none.duckdb')), false);
  });

  it('leaves the others readable when one node or calendar cannot be read', async () => {
    await runDuckdb(path(), ...TABLES);
    const base = { ...NODES[1] } as NodeSpec;
    const schedule = { kind: 'table', name: 'games', table: 'raw.schedule', dateColumn: 'game_date' } as const;
    const pipeline = buildPipeline({
      calendars: [
        schedule,
        { ...schedule, name: 'typo', table: 'raw.schedul' },
        { ...schedule, name: 'wrong', where: 'nonsense = 3' },
      ],
      nodes: [
        ...NODES,
        { ...base, id: 'TABLE', tables: ['mart.pgz'], run: [] },
        { ...base, id: 'COLUMN', entity: ['playr'] },
        { ...base, id: 'DATES', dateColumn: 'points' },
        { ...base, id: 'CHECK', checks: [{ name: 'filled', expression: 'pints > 0', atLeast: 1 }] },
        { ...base, id: 'CAST', checks: [{ name: 'number', expression: 'CAST(player AS INTEGER) > 0', atLeast: 1 }] },
        { ...base, id: 'NEW', tables: ['mart.yet_to_come'] },
      ],
    });
    const reading = await warehouse().observe(pipeline);
    const errors = Object.fromEntries([...reading.errors].map(([key, { kind, message }]) => [key, `${kind} ${message}`]));
    assert.deepEqual(Object.keys(errors).sort(), [
      'CAST',
      'CHECK',
      'COLUMN',
      'DATES',
      'TABLE',
      'calendar:typo',
      'calendar:wrong',
    ]);
    assert.match(errors['TABLE'] ?? '', /^missingTable TABLE: there is no table mart\.pgz\. Did you mean `mart\.pgs`\?/);
    assert.match(errors['COLUMN'] ?? '', /^missingColumn COLUMN: table mart\.pgs has no column playr\. Did you mean `player`\?/);
    assert.match(errors['DATES'] ?? '', /^invalidSql DATES: column points of mart\.pgs must be a date, not INTEGER/);
    assert.match(errors['CHECK'] ?? '', /^invalidSql CHECK: check `filled`: Binder Error.*pints.*points/);
    assert.match(errors['CAST'] ?? '', /^invalidSql CAST: check `number`: Conversion Error/);
    assert.match(errors['calendar:typo'] ?? '', /^missingTable Calendar typo: .*Did you mean `raw\.schedule`/);
    assert.match(errors['calendar:wrong'] ?? '', /^invalidSql Calendar wrong: Binder Error/);
    assert.deepEqual([...reading.nodes.keys()].sort(), ['BOX', 'NEW', 'PGS']);
    assert.equal(reading.nodes.get('NEW')?.days.length, 0);
    assert.deepEqual([...(reading.nodes.get('PGS')?.rows ?? [])], [2, 2]);
    assert.equal(opened, 1);
  });

  it('reads a schema that is called like the file', async () => {
    const file = join(folder(), 'mart.duckdb');
    await runDuckdb(file, 'CREATE SCHEMA mart.mart', "CREATE TABLE mart.mart.pgs AS SELECT DATE '2021-11-01' AS day");
    const pipeline = buildPipeline({ nodes: [{ id: 'PGS', tables: ['mart.pgs'] }] });
    const reading = await warehouse(file).observe(pipeline);
    assert.deepEqual(reading.errors, new Map());
    assert.equal(reading.nodes.get('PGS')?.rows[0], 1);
  });

  it('takes the UTC date of timestamps with a zone, wherever it runs', async () => {
    await runDuckdb(
      path(),
      "CREATE TABLE t AS SELECT TIMESTAMPTZ '2021-11-02 03:00:00+00' AS day UNION ALL SELECT TIMESTAMPTZ '2021-11-02 23:00:00+00'",
    );
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      const reading = await warehouse().observe(buildPipeline({ nodes: [{ id: 'T', tables: ['main.t'], dateColumn: 'day' }] }));
      assert.deepEqual([...(reading.nodes.get('T')?.days ?? [])], [day('2021-11-02')]);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('reads dates that are timestamps or text, and says so where a text is none', async () => {
    await runDuckdb(
      path(),
      "CREATE TABLE stamps AS SELECT TIMESTAMP '2021-11-02 23:59:59.5' AS day UNION ALL SELECT TIMESTAMP 'infinity'",
      "CREATE TABLE texts AS SELECT '2021-11-02' AS day",
      "CREATE TABLE words AS SELECT 'someday' AS day",
    );
    const nodes = ['stamps', 'texts', 'words'].map((id) => ({ id, tables: [`main.${id}`] }));
    const reading = await warehouse().observe(buildPipeline({ nodes }));
    assert.deepEqual([...(reading.nodes.get('stamps')?.days ?? [])], [day('2021-11-02')]);
    assert.deepEqual([...(reading.nodes.get('texts')?.days ?? [])], [day('2021-11-02')]);
    assert.match(reading.errors.get('words')?.message ?? '', /words: Conversion Error.*someday/);
  });

  it('reads what a killed writer left in the log beside the file', async () => {
    await runDuckdb(path(), "CREATE TABLE t AS SELECT DATE '2021-11-01' AS day");
    const { Holder } = await import('../../../support/duckdb');
    const holder = await Holder.open(path());
    await holder.run("INSERT INTO t VALUES (DATE '2021-11-02')");
    await holder.kill();
    assert.ok(readdirSync(folder()).includes('warehouse.duckdb.wal'));
    const reading = await warehouse().observe(buildPipeline({ nodes: [{ id: 'T', tables: ['t'] }] }));
    assert.deepEqual([...(reading.nodes.get('T')?.days ?? [])], [day('2021-11-01'), day('2021-11-02')]);
  });

  describe('and SQL of the manifest', () => {
    const observeWith = async (spec: { where?: string; check?: string }) => {
      const base = buildPipeline({ calendars: [DAILY], nodes: NODES });
      const pgs = {
        ...node(base, 'PGS'),
        ...(spec.where === undefined ? {} : { where: spec.where }),
        checks: spec.check === undefined ? [] : [{ name: 'c', expression: spec.check, atLeast: 1 }],
      };
      const pipeline = { ...base, nodes: base.nodes.map((other) => (other.id === 'PGS' ? pgs : other)) };
      return warehouse().observe(pipeline);
    };
    beforeEach(() => runDuckdb(path(), ...TABLES));

    it('refuses what is no expression, reaches a file or changes a setting, and writes nothing', async () => {
      const victim = join(folder(), 'written');
      const attacks = [
        `1=1); COPY (SELECT 1) TO '${victim}' --`,
        `1=1; COPY (SELECT 1) TO '${victim}'`,
        "(SELECT content FROM read_text('/etc/passwd')) <> ''",
        "EXISTS (SELECT * FROM read_csv('/etc/passwd'))",
        "EXISTS (SELECT * FROM '/etc/passwd')",
        `EXISTS (SELECT * FROM enable_profiling(format = 'json', save_location = '${victim}.json'))`,
        `EXISTS (SELECT * FROM enable_logging(storage = 'file', storage_config = {'path': '${victim}'}))`,
        `EXISTS (SELECT * FROM query('SELECT * FROM enable_logging()'))`,
        "EXISTS (SELECT * FROM json_execute_serialized_sql('{}'))",
        'EXISTS (SELECT * FROM "ENABLE_LOGGING"())',
      ];
      for (const attack of attacks) {
        for (const spec of [{ where: attack }, { check: attack }]) {
          const reading = await observeWith(spec);
          const error = reading.errors.get('PGS');
          assert.ok(error !== undefined, `${attack} was not refused`);
          assert.ok(['refused', 'invalidSql'].includes(error.kind), error.message);
          assert.match(error.message, /^PGS: (`where`|check `c`)/);
          assert.equal(reading.nodes.get('BOX')?.rows[0], 5, 'the others are read');
        }
      }
      assert.deepEqual(readdirSync(folder()), ['warehouse.duckdb']);
    });

    it('prints no query out of which an expression would break', async () => {
      const [box] = buildPipeline({ nodes: NODES }).nodes;
      assert.ok(box);
      const pipeline = { ...buildPipeline({ nodes: NODES }), nodes: [{ ...box, where: "1=1); COPY (SELECT 1) TO 'x' --" }] };
      await assert.rejects(warehouse().coverageSql(pipeline), {
        kind: 'refused',
        message: /BOX: `where` is not one SQL expression/,
      });
    });

    it('never opens the file for writing', async () => {
      const store = new FileStore(path());
      await assert.rejects(
        store.use(undefined, ({ connection }) => connection.run('CREATE TABLE x AS SELECT 1')),
        /read-only mode/,
      );
      await assert.rejects(
        store.use(undefined, ({ connection }) => connection.run("SELECT * FROM read_text('/etc/passwd')")),
        /disabled by configuration/,
      );
      await assert.rejects(
        store.use(undefined, ({ connection }) => connection.run('SET enable_external_access = true')),
        /locked|Cannot/,
      );
    });

    it('accepts expressions with strings, sub-queries, harmless functions and comments', async () => {
      for (const expression of [
        "player <> ');' -- really",
        'points >= (SELECT MIN(points) FROM mart.pgs)',
        'points IN (SELECT i FROM range(100) r(i))',
        "player = $$ann$$ OR player = E'bo\\x62'",
      ]) {
        const reading = await observeWith({ where: expression, check: expression });
        assert.deepEqual(reading.errors, new Map(), expression);
      }
    });

    it('keeps whatever passes the guard inside its parentheses', async () => {
      const pieces = fc.constantFrom(
        '1',
        "'",
        '"',
        '--',
        '\n',
        '/*',
        '*/',
        '$$',
        '$a$',
        '(',
        ')',
        ';',
        'x',
        ' ',
        'OR',
        '=',
        'E',
        ',',
        'FROM',
        'mart.pgs',
      );
      const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
      const { requireExpression } = await import('../../../../src/adapters/duckdb/sqlGuard');
      const { rowsOf } = await import('../../../../src/adapters/duckdb/duckdbEngine');
      const { enclosed } = await import('../../../../src/core/sql/coverage');
      let passed = 0;
      await new FileStore(path()).use(undefined, async ({ connection }) => {
        await fc.assert(
          fc.asyncProperty(texts, async (text) => {
            try {
              await requireExpression(connection, 'text', text);
            } catch (error) {
              assert.ok(error instanceof WarehouseError, String(error));
              return;
            }
            passed++;
            const sql = `SELECT 'before', ${enclosed(text)}, 'after'`;
            const [row] = await rowsOf(connection, 'SELECT json_serialize_sql(CAST($sql AS VARCHAR)) AS tree', { sql });
            const tree = JSON.parse(String(row?.['tree'])) as {
              statements: { node: { select_list?: unknown[]; from_table?: { type: string } } }[];
            };
            assert.equal(tree.statements.length, 1);
            assert.equal(tree.statements[0]?.node.from_table?.type, 'EMPTY');
            assert.equal(tree.statements[0]?.node.select_list?.length, 3);
          }),
          { numRuns: 400 },
        );
      });
      assert.ok(passed > 5, `only ${passed} texts passed the guard`);
    });
  });

  it('reads at once what is asked for at once, through one instance', async () => {
    await runDuckdb(path(), ...TABLES);
    const pipeline = buildPipeline({ nodes: NODES });
    const one = warehouse();
    const other = warehouse();
    await Promise.all([one.observe(pipeline), other.observe(pipeline), other.read(node(pipeline, 'PGS'), [day('2021-11-01')])]);
    assert.equal(opened, 1);
    await one.observe(pipeline);
    assert.equal(opened, 2, 'and nothing stays open');
  });

  it('stops when it is told to', async () => {
    await runDuckdb(path(), "CREATE VIEW endless AS SELECT DATE '2021-11-01' AS day FROM range(1000000000000) r(i)");
    const pipeline = buildPipeline({ nodes: [{ id: 'E', tables: ['endless'], key: ['day'] }] });
    const controller = new AbortController();
    const reading = warehouse().observe(pipeline, { signal: controller.signal });
    const started = performance.now();
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(reading, { name: 'AbortError' });
    assert.ok(performance.now() - started < 5_000);
  });
});
